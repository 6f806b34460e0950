/* SPDX-License-Identifier: MIT */
/*
 * Text without repetition, of 20 letters: nothing to match, but none of it needs 8 bits.
 */
#ifndef TESTS_UNIT_FAKE_LETTERS_H
#define TESTS_UNIT_FAKE_LETTERS_H

#include <stddef.h>
#include <stdint.h>

static inline void letters_fill(uint8_t *to, size_t n)
{
	uint32_t x = 11;

	for (size_t i = 0; i < n; i++) {
		x = x * 1664525 + 1013904223;
		to[i] = (uint8_t)('a' + (x >> 16) % 20);
	}
}

#endif
