/* SPDX-License-Identifier: MIT */
/*
 * The table of codecs, for both directions.
 */
#include "dumper/compress/compress.h"

#include <errno.h>
#include <string.h>

#include "dumper/compress/compress_codec.h"
#include "lib/cleanup.h"

static int stored_open(struct compressor *c, int level)
{
	(void)c, (void)level;
	return 0;
}

static size_t stored_page(struct compressor *c, const void *src, void *dst)
{
	(void)c, (void)src, (void)dst;
	return 0;
}

static int stored_unpack(struct decompressor *d, const void *src, size_t n, void *dst, size_t bytes)
{
	(void)d;
	if (n != bytes)
		return -EBADMSG;
	memcpy(dst, src, n);
	return 0;
}

static const struct codec codec_stored = {
	.open = stored_open,
	.page = stored_page,
};

static const struct codec *const codecs[] = {
	[DUMP_STORED] = &codec_stored,
	[DUMP_ZSTD] = &codec_zstd,
	[DUMP_ZLIB] = &codec_zlib,
	[DUMP_LZO] = &codec_lzo,
};

static const struct unpacker unpacker_stored = {
	.page = stored_unpack,
};

static const struct unpacker *const unpackers[] = {
	&unpacker_stored, &unpacker_zstd, &unpacker_zlib, &unpacker_lzo, &unpacker_snappy,
};

uint32_t compress_flag(enum dump_codec codec)
{
	return codecs[codec]->flag;
}

int compress_open(struct compressor *c, enum dump_codec codec, int level, size_t page_bytes)
{
	int r;

	*c = (struct compressor){ .codec = codec, .page_bytes = page_bytes };
	if (!codecs[codec]->open)
		return -EOPNOTSUPP;
	r = codecs[codec]->open(c, level);
	if (r)
		compress_close(c);
	return r;
}

void compress_close(struct compressor *c)
{
	if (codecs[c->codec]->close)
		codecs[c->codec]->close(c);
}

size_t compress_page(struct compressor *c, const void *src, void *dst)
{
	return codecs[c->codec]->page(c, src, dst);
}

void compress_set_speed(struct compressor *c, int speed)
{
	if (speed != c->speed && codecs[c->codec]->speed)
		codecs[c->codec]->speed(c, speed);
	c->speed = speed;
}

int decompress_open(struct decompressor *d)
{
	int r = 0;

	*d = (struct decompressor){ 0 };
	for (size_t i = 0; i < ARRAY_LEN(unpackers) && !r; i++) {
		if (unpackers[i]->open)
			r = unpackers[i]->open(d);
	}
	if (r)
		decompress_close(d);
	return r;
}

void decompress_close(struct decompressor *d)
{
	for (size_t i = 0; i < ARRAY_LEN(unpackers); i++) {
		if (unpackers[i]->close)
			unpackers[i]->close(d);
	}
}

int decompress_page(struct decompressor *d, uint32_t flags, const void *src, size_t n, void *dst,
		    size_t page_bytes)
{
	for (size_t i = 0; i < ARRAY_LEN(unpackers); i++) {
		if (unpackers[i]->flag == flags && unpackers[i]->page)
			return unpackers[i]->page(d, src, n, dst, page_bytes);
	}
	return -EOPNOTSUPP;
}
