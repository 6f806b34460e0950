/* SPDX-License-Identifier: MIT */
#include "lib/sha256.h"

#include <string.h>

#include "lib/bytes.h"
#include "lib/sha256_cpu.h"
#include "lib/sha256_private.h"

void sha256_init(struct sha256 *s)
{
	/* of the square roots of the first 8 primes */
	*s = (struct sha256){ .h = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f,
				     0x9b05688c, 0x1f83d9ab, 0x5be0cd19 },
			      .blocks = sha256_cpu_usable() ? sha256_cpu_blocks : sha256_blocks };
}

void sha256_add(struct sha256 *s, const void *buf, size_t len)
{
	size_t have = s->bytes % sizeof(s->block);
	const uint8_t *p = buf;

	if (!len)
		return;
	s->bytes += len;
	if (have) {
		size_t n = sizeof(s->block) - have < len ? sizeof(s->block) - have : len;

		memcpy(s->block + have, p, n);
		p += n;
		len -= n;
		if (have + n < sizeof(s->block))
			return;
		s->blocks(s->h, s->block, 1);
	}
	s->blocks(s->h, p, len / sizeof(s->block));
	memcpy(s->block, p + len / sizeof(s->block) * sizeof(s->block), len % sizeof(s->block));
}

void sha256_text(struct sha256 *s, char ret[SHA256_TEXT])
{
	static const uint8_t padding[64] = { 0x80 };
	static const char digits[] = "0123456789abcdef";
	size_t have = s->bytes % sizeof(s->block);
	uint8_t bits[8];

	put_be64(bits, s->bytes * 8);
	sha256_add(s, padding, (have < 56 ? 56 : 120) - have);
	sha256_add(s, bits, sizeof(bits));
	for (int i = 0; i < 32; i++) {
		uint8_t b = (uint8_t)(s->h[i / 4] >> (24 - i % 4 * 8));

		ret[2 * i] = digits[b >> 4];
		ret[2 * i + 1] = digits[b & 15];
	}
	ret[64] = '\0';
}
