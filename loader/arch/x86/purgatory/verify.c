/* SPDX-License-Identifier: MIT */
/*
 * Are the loaded bytes what they were?
 */
#include "loader/arch/x86/purgatory.h"

#include <stdbool.h>

#include "lib/bytes.h"
#include "lib/sha256_private.h"

/* The rest below a block, a one bit, zeroes and the length in bits, in one block or two. */
static void last_blocks(uint32_t h[8], const uint8_t *rest, uint64_t bytes)
{
	uint8_t block[128] = { 0 };
	size_t n = bytes % 64, end = n < 56 ? 64 : 128;

	memcpy(block, rest, n);
	block[n] = 0x80;
	put_be64(block + end - 8, bytes * 8);
	sha256_blocks(h, block, end / 64);
}

static bool is_whole(const struct purgatory_region *r)
{
	/* of the square roots of the first 8 primes */
	uint32_t h[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
			  0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };
	const uint8_t *p = (const uint8_t *)(uintptr_t)r->start;

	sha256_blocks(h, p, r->bytes / 64);
	last_blocks(h, p + r->bytes / 64 * 64, r->bytes);
	return !memcmp(h, r->digest, sizeof(h));
}

const struct purgatory_region *purgatory_damaged(const struct purgatory_params *p)
{
	for (uint32_t i = 0; i < p->n && i < PURGATORY_REGIONS; i++) {
		if (!is_whole(&p->region[i]))
			return &p->region[i];
	}
	return NULL;
}
