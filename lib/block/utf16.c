/* SPDX-License-Identifier: MIT */
#include "lib/block/utf16.h"

#include <stdbool.h>
#include <string.h>

#include "lib/bytes.h"

/* One character as UTF-8; its length. */
static size_t encode(uint32_t c, char out[4])
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

static bool is_surrogate(uint32_t c)
{
	return c >= 0xd800 && c < 0xe000;
}

/* The character at unit *at, which moves on. */
static uint32_t next_character(const uint8_t *from, size_t n, size_t *at)
{
	uint32_t c = get_le16(from + 2 * (*at)++), low;

	if (c < ' ' || c == 0x7f)
		return '?';
	if (!is_surrogate(c))
		return c;
	low = *at < n ? get_le16(from + 2 * *at) : 0;
	if (c >= 0xdc00 || low < 0xdc00 || low >= 0xe000)
		return '?';
	++*at;
	return 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
}

void utf16_to_utf8(const uint8_t *from, size_t n, char *ret, size_t size)
{
	size_t len = 0, at = 0;

	while (at < n && get_le16(from + 2 * at)) {
		char out[4];
		size_t bytes = encode(next_character(from, n, &at), out);

		if (len + bytes >= size)
			break;
		memcpy(ret + len, out, bytes);
		len += bytes;
	}
	ret[len] = '\0';
}
