/* SPDX-License-Identifier: MIT */
/*
 * The compressors: one page in, one block of the kdump format out; and back.
 */
#ifndef DUMPER_COMPRESS_COMPRESS_H
#define DUMPER_COMPRESS_COMPRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/dump_format.h"

struct compressor {
	enum dump_codec codec;
	size_t page_bytes;
	void *context; /* of the library */
	void *memory;  /* the context's, allocated once */
	size_t memory_bytes;
	int speed;		  /* as compress_set_speed() left it */
	bool switches;		  /* compress_set_speed() has an effect */
	bool adapts;		  /* our own parameters: they choose for each page */
	bool literals;		  /* the choice for the next page: Huffman coding of literals */
	size_t code_on, code_off; /* sizes of a page that change the choice */
};

/* Flag of a page compressed so, as the descriptor has it. */
uint32_t compress_flag(enum dump_codec codec);

/*
 * level: the library's, but that 0 to 2 are our own. zstd: 0 is about as fast as -1 and smaller, 1
 * and 2 are no larger than the library's, in less time. zlib: 0 is 1. 0, -ENOMEM, -EINVAL for an
 * impossible level, -EOPNOTSUPP for a codec that is not known.
 */
int compress_open(struct compressor *c, enum dump_codec codec, int level, size_t page_bytes);
void compress_close(struct compressor *c);

/*
 * Compresses the page at src into dst, which has room for page_bytes. Returns the size, or 0 if
 * that saves nothing and the page is to be stored as it is. No allocation, no failure.
 */
size_t compress_page(struct compressor *c, const void *src, void *dst);

/*
 * Between two pages: -1 faster, 0 as opened, 1 smaller. Only zstd at level 0 can; elsewhere it
 * does nothing. No allocation, and costs less than a page.
 */
void compress_set_speed(struct compressor *c, int speed);

/* For one thread at a time; a good 100 KB, whatever it is given. */
struct decompressor {
	void *zstd, *zstd_memory;
	void *zlib;
};

/* 0 or -ENOMEM. decompress_close() may follow in either case, and twice. */
int decompress_open(struct decompressor *d);
void decompress_close(struct decompressor *d);

/*
 * The page of page_bytes that was packed into the n bytes at src, whose descriptor has these
 * flags (enum kdump_flag; 0: stored). 0; -EBADMSG if src does not give exactly page_bytes;
 * -EOPNOTSUPP for a codec that is not built in. dst is in no defined state after an error; no
 * byte beyond page_bytes is written. src may be anything.
 */
int decompress_page(struct decompressor *d, uint32_t flags, const void *src, size_t n, void *dst,
		    size_t page_bytes);

#endif
