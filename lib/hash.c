/* SPDX-License-Identifier: MIT */
/*
 * XXH3 from its header: compiled in, without vector instructions.
 */
#include "lib/hash.h"

#include <assert.h>

#define XXH_VECTOR 0 /* plain C: what is summed is small, and emulators are slow at vectors */
#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t hash_bytes(const void *p, size_t n)
{
	return XXH3_64bits(p, n);
}

uint64_t hash_two(const void *a, size_t na, const void *b, size_t nb)
{
	XXH3_state_t state;

	XXH3_64bits_reset(&state);
	XXH3_64bits_update(&state, a, na);
	XXH3_64bits_update(&state, b, nb);
	return XXH3_64bits_digest(&state);
}

static_assert(sizeof(XXH3_state_t) == sizeof(struct hash), "room for the library's state");

void hash_start(struct hash *h)
{
	XXH3_64bits_reset((XXH3_state_t *)(void *)h->state);
}

void hash_add(struct hash *h, const void *p, size_t n)
{
	XXH3_64bits_update((XXH3_state_t *)(void *)h->state, p, n);
}

uint64_t hash_value(const struct hash *h)
{
	return XXH3_64bits_digest((const XXH3_state_t *)(const void *)h->state);
}
