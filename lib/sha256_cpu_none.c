/* SPDX-License-Identifier: MIT */
/*
 * For architectures without such instructions, or without a file for them.
 */
#include "lib/sha256_cpu.h"

bool sha256_cpu_usable(void)
{
	return false;
}

void sha256_cpu_blocks(uint32_t h[8], const uint8_t *p, size_t n)
{
	(void)h, (void)p, (void)n;
}
