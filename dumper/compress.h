/* SPDX-License-Identifier: MIT */
/*
 * The compressors: one page in, one block of the kdump format out.
 */
#ifndef DUMPER_COMPRESS_H
#define DUMPER_COMPRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum compress_codec { COMPRESS_STORED, COMPRESS_ZSTD };

struct compressor {
	enum compress_codec codec;
	size_t page_bytes;
	void *context;		/* of the library */
	void *memory;		/* the context's, allocated once */
	size_t memory_bytes;
	bool adapts;		/* our own level: chooses for each page */
	bool literals;		/* the choice for the next page: Huffman coding of literals */
};

/* Flag of a page compressed so, as the descriptor has it. */
uint32_t compress_flag(enum compress_codec codec);
const char *compress_name(enum compress_codec codec);

/*
 * level: the library's; 0 is our own, between -1 and 1. 0, -ENOMEM, or -EINVAL for an
 * impossible level.
 */
int compress_open(struct compressor *c, enum compress_codec codec, int level, size_t page_bytes);
void compress_close(struct compressor *c);

/*
 * Compresses the page at src into dst, which has room for page_bytes. Returns the size, or 0 if
 * that saves nothing and the page is to be stored as it is. No allocation, no failure.
 */
size_t compress_page(struct compressor *c, const void *src, void *dst);

#endif
