/* SPDX-License-Identifier: MIT */
/*
 * What the tail of a dump needs to know about each page, in two bytes a kept page: bitmap and
 * sizes as one stream of tokens. What outgrows the buffer is put into the target between the
 * page data and read back at the end, so that memory stays bounded whatever the RAM size.
 */
#ifndef DUMPER_INDEX_H
#define DUMPER_INDEX_H

#include <stdint.h>

#include "lib/sink.h"

#define INDEX_TOKENS	(1u << 19)	/* in memory: 1 MiB */
#define INDEX_SPILLS	32768		/* 64 TiB of RAM: compressed, the format can hold as much */

enum index_kind {
	INDEX_PACKED,	/* size bytes, compressed */
	INDEX_RAW,	/* a page, stored */
	INDEX_ZERO,	/* the shared zero page: no bytes of its own */
	INDEX_LOST,	/* unreadable: no bytes */
};

struct index {
	uint16_t *tokens;		/* INDEX_TOKENS of them */
	uint32_t n;
	uint64_t next_pfn;
	uint64_t *spills;		/* where in the target; room for INDEX_SPILLS */
	uint32_t n_spills;
};

/* 0 or -ENOMEM. */
int index_open(struct index *x);
void index_close(struct index *x);

/* Is the buffer so full that a page may not fit? Then index_spill comes first. */
int index_full(const struct index *x);

/* The page frames must ascend; what lies between them has no descriptor. */
void index_add(struct index *x, uint64_t pfn, enum index_kind kind, uint32_t size);

/*
 * Puts the buffer at off of the target and empties it; *ret_len bytes. 0, -EFBIG or the sink's
 * error.
 */
int index_spill(struct index *x, struct sink *target, uint64_t off, uint64_t *ret_len);

/*
 * Plays everything back in order. page() is called for each page, spilled() with the length of each
 * piece in the target that is no page data, where it lies between the pages. A non-zero return ends
 * it. May be called several times. Takes a second buffer for the time of the call if there are
 * spills. 0, -ENOMEM, the sink's error, or the visitor's.
 */
struct index_visitor {
	int (*page)(void *ctx, uint64_t pfn, enum index_kind kind, uint32_t size);
	void (*spilled)(void *ctx, uint64_t len);
	void *ctx;
};
int index_replay(struct index *x, struct sink *target, const struct index_visitor *v);

#endif
