/* SPDX-License-Identifier: MIT */
/*
 * The page data of a tail-index dump as it was written: chunks, each with a head that says which
 * pages it holds. The index at the file's end makes them unnecessary; they are what is left of a
 * dump that was not finished, and they carry its checksums.
 */
#ifndef DUMPER_READ_KDUMP_CHUNKS_H
#define DUMPER_READ_KDUMP_CHUNKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dumper/format/kdump_format.h"
#include "dumper/format/kdump_tokens.h"
#include "dumper/read/source.h"

#define CHUNK_WINDOW 1024u /* tokens that are read together */

/* Of a page of zeros that has no bytes in the file. Never in a file. */
#define KDUMP_ZEROS 0x80000000u

/* A walk through one chunk's tokens. */
struct chunk_walk {
	const struct source *src;
	struct kdump_chunk head;
	uint64_t tokens_off; /* in the file */
	uint32_t first;	     /* token of the chunk that window begins with */
	uint64_t end;	     /* of the chunk's page data */
	uint32_t page_bytes;
	struct tokens_cursor cursor; /* in window */
	uint16_t window[CHUNK_WINDOW];
};

struct kdump_chunk_ref {
	uint64_t off;	      /* of the head */
	uint64_t first, last; /* page frames */
	uint64_t reach;	      /* the highest last of this one and all before it */
};

struct kdump_chunks {
	struct source src; /* a copy: parts of a dump are sorted */
	uint32_t page_bytes;
	struct kdump_chunk_ref *list; /* by first */
	size_t n, room;
	uint64_t pages;
	uint64_t zero_off; /* of the zero page, as a descriptor has it; 0: none */
	uint32_t zero_size, zero_flags;
	bool damaged; /* something between chunks was none */
};

struct kdump_chunk_cursor {
	size_t chunk; /* index + 1; 0: none */
	uint64_t pfn; /* the page found last; UINT64_MAX: none any more */
	struct kdump_page page;
	struct chunk_walk walk;
};

/*
 * Reads the head at off and, if ret_summed is not NULL, whether the head's sum is right.
 * -ENOENT: no chunk there; -EBADMSG: one that does not fit the file.
 */
int chunk_read(const struct source *src, uint64_t off, struct kdump_chunk *ret, bool *ret_summed);

/* The first byte behind the chunk, which may be behind the file's end. */
uint64_t chunk_end(uint64_t off, const struct kdump_chunk *h);

/*
 * Finds the chunks from off on, also behind damaged ones. src is borrowed until kdump_chunks_close.
 * 0 (also if there is none), -ENOMEM, -EFBIG: too many to be kept.
 */
int kdump_chunks_open(struct kdump_chunks *c, const struct source *src, uint64_t off,
		      uint32_t page_bytes, uint64_t max_mapnr);
void kdump_chunks_close(struct kdump_chunks *c);

/* As the functions of kdump_file.h; a page behind the cut has no data. */
void kdump_chunks_bits(const struct kdump_chunks *c, uint64_t pfn, unsigned n, uint64_t *ret);
uint64_t kdump_chunks_skip(const struct kdump_chunks *c, uint64_t pfn);
int kdump_chunks_find(const struct kdump_chunks *c, struct kdump_chunk_cursor *cur, uint64_t pfn,
		      struct kdump_page *ret);

#endif
