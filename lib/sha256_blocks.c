/* SPDX-License-Identifier: MIT */
/*
 * SHA-256's rounds on any CPU, by themselves: loader/arch/x86/purgatory has nothing else of lib/.
 */
#include "lib/bytes.h"
#include "lib/sha256_k.h"
#include "lib/sha256_private.h"

static uint32_t ror(uint32_t x, int n)
{
	return x >> n | x << (32 - n);
}

static void spread(const uint8_t *block, uint32_t w[64])
{
	for (int i = 0; i < 16; i++)
		w[i] = (uint32_t)(get_be64(block + i / 2 * 8) >> (i % 2 ? 0 : 32));
	for (int i = 16; i < 64; i++) {
		uint32_t a = w[i - 15], b = w[i - 2];

		w[i] = w[i - 16] + w[i - 7] + (ror(a, 7) ^ ror(a, 18) ^ a >> 3) +
		       (ror(b, 17) ^ ror(b, 19) ^ b >> 10);
	}
}

static void one_block(uint32_t st[8], const uint8_t *block)
{
	uint32_t a = st[0], b = st[1], c = st[2], d = st[3];
	uint32_t e = st[4], f = st[5], g = st[6], h = st[7], w[64];

	spread(block, w);
	for (int i = 0; i < 64; i++) {
		uint32_t t1 = h + (ror(e, 6) ^ ror(e, 11) ^ ror(e, 25)) + ((e & f) ^ (~e & g)) +
			      sha256_k[i] + w[i];
		uint32_t t2 = (ror(a, 2) ^ ror(a, 13) ^ ror(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));

		h = g, g = f, f = e, e = d + t1;
		d = c, c = b, b = a, a = t1 + t2;
	}
	st[0] += a, st[1] += b, st[2] += c, st[3] += d;
	st[4] += e, st[5] += f, st[6] += g, st[7] += h;
}

void sha256_blocks(uint32_t h[8], const uint8_t *p, size_t n)
{
	for (; n; n--, p += 64)
		one_block(h, p);
}
