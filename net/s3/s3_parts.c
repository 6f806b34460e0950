/* SPDX-License-Identifier: MIT */
#include "net/s3/s3_parts.h"

enum { TENTHS = 10 };

/* What all parts hold if the last `growing` tenths grow. */
static uint64_t capacity(unsigned growing, unsigned n_parts)
{
	uint64_t tenth = n_parts / TENTHS;
	/* 2 + 4 + … 2^growing */
	uint64_t doubled = (2ull << growing) - 2;

	return ((TENTHS - growing) + doubled) * tenth * S3_PART_BYTES;
}

static unsigned growing_tenths(unsigned n_parts, uint64_t most)
{
	unsigned growing = 0;

	while (growing < TENTHS - 1 && (!most || capacity(growing, n_parts) < most))
		growing++;
	return growing;
}

uint64_t s3_part_bytes(unsigned n, unsigned n_parts, uint64_t most)
{
	unsigned tenth = n_parts / TENTHS;
	unsigned even = (TENTHS - growing_tenths(n_parts, most)) * tenth;

	if (n <= even)
		return S3_PART_BYTES;
	return (uint64_t)S3_PART_BYTES << ((n - even - 1) / tenth + 1);
}
