/* SPDX-License-Identifier: MIT */
/*
 * A fast hash (XXH3, 64 bits) to find damage and equal pages: no protection against intent.
 */
#ifndef LIB_HASH_H
#define LIB_HASH_H

#include <stddef.h>
#include <stdint.h>

/* p may be NULL if n is 0. The value is the same on every machine. */
uint64_t hash_bytes(const void *p, size_t n);

/* The hash of the bytes of a followed by those of b. */
uint64_t hash_two(const void *a, size_t na, const void *b, size_t nb);

/* The same over bytes that come in pieces. */
struct hash {
	_Alignas(64) unsigned char state[576];
};
void hash_start(struct hash *h);
void hash_add(struct hash *h, const void *p, size_t n);
uint64_t hash_value(const struct hash *h);

#endif
