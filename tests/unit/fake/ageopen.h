/* SPDX-License-Identifier: MIT */
/*
 * The other direction of seal/age.h, which no program of ours has: opens a sealed file, as strictly
 * as its specification asks for.
 */
#ifndef TESTS_UNIT_FAKE_AGEOPEN_H
#define TESTS_UNIT_FAKE_AGEOPEN_H

#include <stddef.h>
#include <stdint.h>

/* "AGE-SECRET-KEY-1…" → 32 bytes; the checksum is not looked at. */
void ageopen_identity(const char *text, uint8_t ret[32]);

/* "age1…" */
void ageopen_text(const uint8_t key[32], char text[63]);

/* The public key of a secret one, and its text. */
void ageopen_public(const uint8_t secret[32], uint8_t ret[32], char text[63]);

/*
 * The contents of a file of len bytes, which the caller frees, with *ret_len; or NULL: it was not
 * sealed to this key, or something in it is not as it was. ret_file_key (may be NULL): 16 bytes.
 */
uint8_t *ageopen(const uint8_t *file, size_t len, const uint8_t secret[32], size_t *ret_len,
		 uint8_t *ret_file_key);

#endif
