/* SPDX-License-Identifier: MIT */
#include "lib/keys/base64.h"

#include <errno.h>
#include <string.h>

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

size_t base64_encode(const uint8_t *from, size_t len, bool pad, char *to)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i += 3) {
		uint32_t bits = (uint32_t)from[i] << 16;
		unsigned have = len - i < 3 ? (unsigned)(len - i) : 3;

		bits |= have > 1 ? (uint32_t)from[i + 1] << 8 : 0;
		bits |= have > 2 ? from[i + 2] : 0;
		for (unsigned k = 0; k <= have; k++)
			to[n++] = letters[bits >> (18 - 6 * k) & 63];
		for (unsigned k = have; k < 3 && pad; k++)
			to[n++] = '=';
	}
	to[n] = '\0';
	return n;
}

long base64_decode(const char *from, size_t len, uint8_t *to, size_t size)
{
	uint32_t bits = 0;
	unsigned have = 0;
	size_t n = 0;

	for (unsigned k = 0; k < 2 && len && from[len - 1] == '='; k++)
		len--;
	for (size_t i = 0; i < len; i++) {
		const char *at = from[i] ? strchr(letters, from[i]) : NULL;

		if (!at)
			return -EBADMSG;
		bits = (bits << 6 | (uint32_t)(at - letters)) & 0xfff;
		have += 6;
		if (have < 8)
			continue;
		have -= 8;
		if (n == size)
			return -EBADMSG;
		to[n++] = (uint8_t)(bits >> have);
	}
	return have >= 6 || bits & ((1u << have) - 1) ? -EBADMSG : (long)n;
}
