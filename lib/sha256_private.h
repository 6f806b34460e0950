/* SPDX-License-Identifier: MIT */
/*
 * What tests hold against the instructions of the CPU.
 */
#ifndef LIB_SHA256_PRIVATE_H
#define LIB_SHA256_PRIVATE_H

#include <stddef.h>
#include <stdint.h>

/* n blocks of 64 bytes at p into the state h, on any CPU. */
void sha256_blocks(uint32_t h[8], const uint8_t *p, size_t n);

#endif
