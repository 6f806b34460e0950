/* SPDX-License-Identifier: MIT */
/*
 * SHA-256 with the instructions of x86 (Intel SDM volume 2, SHA256RNDS2, SHA256MSG1, SHA256MSG2),
 * ten times as fast on an EPYC: in a capture kernel, which has one CPU mostly, the checksum is made
 * by the CPU that compresses.
 */
#ifndef LIB_SHA256_X86_H
#define LIB_SHA256_X86_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool sha256_x86_usable(void);
/* n blocks of 64 bytes at p into the state h. Only where it is usable. */
void sha256_x86_blocks(uint32_t h[8], const uint8_t *p, size_t n);

#endif
