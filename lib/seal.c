/* SPDX-License-Identifier: MIT */
/*
 * 64 bits of FNV-1a. The version is part of the sum: another version may have another parser.
 */
#include "lib/seal.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static uint64_t add(uint64_t sum, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		sum = (sum ^ (unsigned char)bytes[i]) * 0x100000001b3ull;
	return sum;
}

void seal_line(const char *text, size_t len, char ret[SEAL_BYTES])
{
	uint64_t sum = add(0xcbf29ce484222325ull, KDUMP_VERSION, strlen(KDUMP_VERSION));

	snprintf(ret, SEAL_BYTES, "# seal %016" PRIx64 "\n", add(sum, text, len));
}

bool seal_holds(const char *text, size_t len)
{
	char want[SEAL_BYTES];
	size_t n;

	seal_line("", 0, want);
	n = strlen(want);
	if (len < n)
		return false;
	seal_line(text, len - n, want);
	return !memcmp(text + len - n, want, n);
}
