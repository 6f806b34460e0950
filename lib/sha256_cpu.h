/* SPDX-License-Identifier: MIT */
/*
 * SHA-256 with instructions that some CPUs have for it: sha256_cpu_ARCH.c, or sha256_cpu_none.c. Ten
 * times as fast on an EPYC: in a capture kernel, which has one CPU mostly, the checksum is made by the
 * CPU that compresses.
 */
#ifndef LIB_SHA256_CPU_H
#define LIB_SHA256_CPU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool sha256_cpu_usable(void);
/* n blocks of 64 bytes at p into the state h. Only where it is usable. */
void sha256_cpu_blocks(uint32_t h[8], const uint8_t *p, size_t n);

#endif
