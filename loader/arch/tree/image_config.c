/* SPDX-License-Identifier: MIT */
#include "loader/arch/tree/image_config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "lib/cleanup.h"
#include "lib/kernel_file.h"

enum {
	TEXT_MAX = 1 << 20,    /* a distribution's has some 300 KB */
	GZIP_WINDOW = 15 + 16, /* zlib's words for a gzip file */
};

/* The length of the text, of which there may be less than there was; 0: none. */
static size_t unpack_text(const char *packed, size_t len, char *text)
{
	z_stream z = { .next_in = (uint8_t *)(uintptr_t)packed,
		       .avail_in = (unsigned)len,
		       .next_out = (uint8_t *)text,
		       .avail_out = TEXT_MAX };
	int r;

	if (inflateInit2(&z, GZIP_WINDOW) != Z_OK)
		return 0;
	r = inflate(&z, Z_FINISH);
	inflateEnd(&z);
	/* of a damaged one nothing is believed */
	return r == Z_STREAM_END ? TEXT_MAX - z.avail_out : 0;
}

static bool has_line(const char *text, size_t len, const char *line)
{
	const char *end = text + len;
	size_t n = strlen(line);

	for (const char *p = text; (p = memmem(p, (size_t)(end - p), line, n)); p += n) {
		if ((p == text || p[-1] == '\n') && (p + n == end || p[n] == '\n'))
			return true;
	}
	return false;
}

bool image_config_has(const void *kernel, size_t len, const char *line)
{
	_free_ char *text = NULL;
	size_t packed_len;
	const char *packed = ikconfig_find(kernel, len, &packed_len);

	text = packed ? malloc(TEXT_MAX) : NULL;
	return text && has_line(text, unpack_text(packed, packed_len, text), line);
}
