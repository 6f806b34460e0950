/* SPDX-License-Identifier: MIT */
/*
 * The interface between compress.c and the codecs. Nobody else includes it.
 */
#ifndef DUMPER_COMPRESS_COMPRESS_CODEC_H
#define DUMPER_COMPRESS_COMPRESS_CODEC_H

#include "dumper/compress/compress.h"

struct codec {
	uint32_t flag; /* of a page compressed so */
	/*
	 * Level 0: the codec's own choice. 0 or -errno, and close follows in every case. NULL: the
	 * codec is not built in, and has none of the others.
	 */
	int (*open)(struct compressor *c, int level);
	/* the contract of compress_page() */
	size_t (*page)(struct compressor *c, const void *src, void *dst);
	void (*speed)(struct compressor *c, int speed); /* or NULL */
	void (*close)(struct compressor *c);		/* or NULL */
};

/* The way back is a table of its own: a program that only packs has none of it linked in. */
struct unpacker {
	uint32_t flag;
	int (*open)(struct decompressor *d); /* or NULL */
	/* the contract of decompress_page(); NULL: not built in */
	int (*page)(struct decompressor *d, const void *src, size_t n, void *dst, size_t bytes);
	void (*close)(struct decompressor *d); /* or NULL */
};

extern const struct codec codec_zstd, codec_zlib, codec_lzo;
extern const struct unpacker unpacker_zstd, unpacker_zlib, unpacker_lzo, unpacker_snappy;

#endif
