/* SPDX-License-Identifier: MIT */
/*
 * zlib: the one codec that every reader knows. Each page is a stream with header and check sum, in
 * a state whose tables fit a page.
 */
#include <errno.h>
#include <stdlib.h>
#include <zlib.h>

#include "dumper/compress/compress_codec.h"
#include "dumper/format/kdump_format.h"

#define OWN_LEVEL 1
/*
 * A hash table of 16 KB, emptied for each page, instead of 64 KB; and still one block of symbols
 * for a page of 4 KiB.
 */
#define MEM_LEVEL 6

/* A window that holds a page; beyond 32 KiB there is none. */
static int window_bits(size_t page_bytes)
{
	int bits = 9;

	while (bits < MAX_WBITS && (1ul << bits) < page_bytes + page_bytes / 8)
		bits++;
	return bits;
}

static int zlib_open(struct compressor *c, int level)
{
	z_stream *z;

	if (level < 0 || level > Z_BEST_COMPRESSION)
		return -EINVAL;
	z = calloc(1, sizeof(*z));
	c->context = z;
	if (!z)
		return -ENOMEM;
	return deflateInit2(z, level ? level : OWN_LEVEL, Z_DEFLATED, window_bits(c->page_bytes),
			    MEM_LEVEL, Z_DEFAULT_STRATEGY) == Z_OK
		       ? 0
		       : -ENOMEM;
}

static size_t zlib_page(struct compressor *c, const void *src, void *dst)
{
	z_stream *z = c->context;

	deflateReset(z);
	z->next_in = (z_const Bytef *)src;
	z->avail_in = (uInt)c->page_bytes;
	z->next_out = dst;
	z->avail_out = (uInt)c->page_bytes - 1;
	return deflate(z, Z_FINISH) == Z_STREAM_END ? z->total_out : 0;
}

static void zlib_close(struct compressor *c)
{
	if (c->context)
		deflateEnd(c->context);
	free(c->context);
	c->context = NULL;
}

static int zlib_unpack_open(struct decompressor *d)
{
	d->zlib = calloc(1, sizeof(z_stream));
	return d->zlib && inflateInit(d->zlib) == Z_OK ? 0 : -ENOMEM;
}

static int zlib_unpack(struct decompressor *d, const void *src, size_t n, void *dst, size_t bytes)
{
	z_stream *z = d->zlib;

	inflateReset(z);
	z->next_in = (z_const Bytef *)src;
	z->avail_in = (uInt)n;
	z->next_out = dst;
	z->avail_out = (uInt)bytes;
	return inflate(z, Z_FINISH) == Z_STREAM_END && !z->avail_out ? 0 : -EBADMSG;
}

static void zlib_unpack_close(struct decompressor *d)
{
	if (d->zlib)
		inflateEnd(d->zlib);
	free(d->zlib);
	d->zlib = NULL;
}

const struct codec codec_zlib = {
	.flag = KDUMP_ZLIB,
	.open = zlib_open,
	.page = zlib_page,
	.close = zlib_close,
};

const struct unpacker unpacker_zlib = {
	.flag = KDUMP_ZLIB,
	.open = zlib_unpack_open,
	.page = zlib_unpack,
	.close = zlib_unpack_close,
};
