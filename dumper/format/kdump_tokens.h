/* SPDX-License-Identifier: MIT */
/*
 * Which pages a chunk of a tail-layout dump holds and where their data lie, in two bytes a page:
 * one stream of tokens of 16 bits (docs/FORMATS.md has them one by one). The index in memory is
 * made of the same tokens.
 */
#ifndef DUMPER_FORMAT_KDUMP_TOKENS_H
#define DUMPER_FORMAT_KDUMP_TOKENS_H

#include <stdbool.h>
#include <stdint.h>

#define TOKENS_CHUNK_MAX 16384u	 /* of a chunk */
#define TOKENS_PAGE_MAX	 11u	 /* of one page: a long run and a shared page */
#define TOKENS_HEAD	 9u	 /* of a chunk's head, in memory alone */
#define TOKENS_SIZE_MAX	 0x7fefu /* bytes of a page as TOKENS_PACKED */

enum tokens_kind {
	TOKENS_PACKED, /* size bytes, compressed */
	TOKENS_RAW,    /* a page, stored */
	TOKENS_ZERO,   /* the shared zero page: no bytes of its own */
	TOKENS_SHARED, /* the bytes of an earlier page: size bytes at off; size 0: stored */
	TOKENS_LOST,   /* unreadable: no bytes */
};

struct tokens_page {
	uint64_t pfn;
	uint64_t off;  /* in the file; TOKENS_PACKED, TOKENS_RAW, TOKENS_SHARED */
	uint32_t size; /* TOKENS_PACKED, TOKENS_SHARED */
	enum tokens_kind kind;
};

/* A chunk that is being written. */
struct tokens_chunk {
	uint16_t token[TOKENS_CHUNK_MAX];
	uint32_t n;
	uint64_t first_pfn, next_pfn;
	uint64_t same_off; /* of the last shared page; 0: none yet */
	uint32_t same_size;
};

void tokens_begin(struct tokens_chunk *c);

/* May a page not fit any more? */
bool tokens_full(const struct tokens_chunk *c);

/*
 * The page frames must ascend. off is not looked at but for TOKENS_SHARED: pages with bytes of
 * their own lie behind each other.
 */
void tokens_put(struct tokens_chunk *c, const struct tokens_page *p);

/* TOKENS_HEAD tokens: a chunk begins at frame pfn, its page data at off. */
void tokens_put_head(uint16_t *to, uint64_t pfn, uint64_t off);

/* Reads tokens[i, n): of one chunk in a file, or of any number of chunks in memory. */
struct tokens_cursor {
	const uint16_t *tokens;
	uint32_t n, i;
	bool heads;	    /* heads of chunks are among them */
	uint64_t pfn, off;  /* of the next page; set them for a chunk of a file */
	uint64_t chunk_off; /* where the page data of the chunk begin; with heads only */
	uint64_t same_off;
	uint32_t same_size;
	uint32_t raw_bytes; /* of a stored page */
};

/*
 * 1: *ret is the next page. 0: no page in what is left; where i < n, a token is there in part. -EBADMSG:
 * a token that no writer makes. Nothing outside of tokens[0, n) is read.
 */
int tokens_next(struct tokens_cursor *c, struct tokens_page *ret);

#endif
