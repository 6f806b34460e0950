/* SPDX-License-Identifier: MIT */
/*
 * LZO1X-1 for readers that know nothing newer. Only in a build with LZO=1: the library is under the
 * GPL. Reading is unpack_lzo.c's in either.
 */
#include <errno.h>
#include <lzo/lzo1x.h>
#include <stdlib.h>
#include <string.h>

#include "dumper/compress/compress_codec.h"
#include "dumper/format/kdump_format.h"

/* What a page can grow to, as the library's documentation has it. */
static size_t most(size_t page_bytes)
{
	return page_bytes + page_bytes / 16 + 64 + 3;
}

/* The memory: the library's table, then room for a page that grew. */
static int lzo_open(struct compressor *c, int level)
{
	if (level < 0 || level > 1 || lzo_init() != LZO_E_OK)
		return -EINVAL;
	c->memory_bytes = LZO1X_1_MEM_COMPRESS + most(c->page_bytes);
	c->memory = malloc(c->memory_bytes);
	return c->memory ? 0 : -ENOMEM;
}

static size_t lzo_page(struct compressor *c, const void *src, void *dst)
{
	uint8_t *out = (uint8_t *)c->memory + LZO1X_1_MEM_COMPRESS;
	lzo_uint n = most(c->page_bytes);

	if (lzo1x_1_compress(src, c->page_bytes, out, &n, c->memory) != LZO_E_OK ||
	    n >= c->page_bytes)
		return 0;
	memcpy(dst, out, n);
	return n;
}

static void lzo_close(struct compressor *c)
{
	free(c->memory);
	c->memory = NULL;
}

const struct codec codec_lzo = {
	.flag = KDUMP_LZO,
	.open = lzo_open,
	.page = lzo_page,
	.close = lzo_close,
};
