/* SPDX-License-Identifier: MIT */
/*
 * SHA-256 (FIPS 180-4), for checksums of files that sha256sum can check. No secrets go through it:
 * what needs cryptography takes mbedtls.
 *
 * It is ours for two reasons. The loader, its purgatory and a build without the network hash, and
 * link no mbedtls; and each byte of a dump is hashed on its way out: 1,500 MB/s on one core with
 * the CPU's instructions, which mbedtls 3.6 uses on arm64 alone, 330 MB/s by mbedtls.
 */
#ifndef LIB_SHA256_H
#define LIB_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_TEXT 65 /* 64 hex digits and a NUL */

struct sha256 {
	uint32_t h[8];
	uint64_t bytes;
	uint8_t block[64]; /* bytes % 64 of them are filled */
	void (*blocks)(uint32_t h[8], const uint8_t *p, size_t n);
};

void sha256_init(struct sha256 *s);
/* buf may be NULL where len is 0. */
void sha256_add(struct sha256 *s, const void *buf, size_t len);
/* Ends it: the digest as sha256sum prints it. */
void sha256_text(struct sha256 *s, char ret[SHA256_TEXT]);

#endif
