/* SPDX-License-Identifier: MIT */
/*
 * Ranges of bits in arrays of 64-bit words: bit i is word i / 64, least significant first, which on
 * little-endian machines is the bitmap of the kdump format.
 */
#ifndef LIB_BITS_H
#define LIB_BITS_H

#include <stdint.h>

/* The bits of from's word that [from, to) covers; from < to. */
static inline uint64_t bits_mask(unsigned from, unsigned to)
{
	unsigned n = to - from < 64 - from % 64 ? to - from : 64 - from % 64;

	return (n == 64 ? ~0ull : (1ull << n) - 1) << from % 64;
}

static inline void bits_set(uint64_t *bits, unsigned from, unsigned to)
{
	for (; from < to; from = (from / 64 + 1) * 64)
		bits[from / 64] |= bits_mask(from, to);
}

/* Clears [from, to) except where keep (may be NULL) has a bit. Returns how many were set before. */
static inline unsigned bits_clear(uint64_t *bits, const uint64_t *keep, unsigned from, unsigned to)
{
	unsigned n = 0;

	for (; from < to; from = (from / 64 + 1) * 64) {
		uint64_t mask = bits_mask(from, to) & bits[from / 64];

		if (keep)
			mask &= ~keep[from / 64];
		n += (unsigned)__builtin_popcountll(mask);
		bits[from / 64] &= ~mask;
	}
	return n;
}

static inline unsigned bits_count(const uint64_t *bits, unsigned n)
{
	unsigned sum = 0;

	for (unsigned i = 0; i < (n + 63) / 64; i++)
		sum += (unsigned)__builtin_popcountll(bits[i]);
	return sum;
}

static inline int bits_test(const uint64_t *bits, unsigned i)
{
	return bits[i / 64] >> i % 64 & 1;
}

/* The first bit >= from that is set (want 1) or clear (want 0); n if none. */
static inline unsigned bits_next(const uint64_t *bits, unsigned from, unsigned n, int want)
{
	while (from < n) {
		uint64_t w = (want ? bits[from / 64] : ~bits[from / 64]) >> from % 64;

		if (w) {
			from += (unsigned)__builtin_ctzll(w);
			return from < n ? from : n;
		}
		from = (from / 64 + 1) * 64;
	}
	return n;
}

#endif
