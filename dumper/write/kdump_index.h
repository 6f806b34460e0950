/* SPDX-License-Identifier: MIT */
/*
 * Where each dumped page lies in the file: the tokens (kdump_tokens.h) of all chunks. What
 * outgrows the buffer is put into the target between the page data and read back at the end, so
 * that memory stays bounded whatever the RAM size.
 */
#ifndef DUMPER_WRITE_KDUMP_INDEX_H
#define DUMPER_WRITE_KDUMP_INDEX_H

#include <stdbool.h>
#include <stdint.h>

#include "dumper/format/kdump_tokens.h"
#include "lib/sink.h"

#define INDEX_TOKENS (1u << 19) /* in memory: 1 MiB */
#define INDEX_HELD   4u		/* spills that kdump_index_cut may take into memory */
#define INDEX_SPILLS 32768	/* 64 TiB of RAM: compressed, the format can hold as much */
#define INDEX_EARLY  2		/* passes before the last one */

struct kdump_index {
	uint16_t *tokens; /* INDEX_TOKENS of them: closed chunks */
	uint32_t n;
	struct tokens_chunk chunk; /* the open one */
	uint64_t chunk_off;	   /* where its page data begin */
	uint32_t raw_bytes;	   /* of a stored page */
	struct kdump_index_early {
		uint16_t *tokens; /* chunks before kdump_index_begin_next */
		uint32_t n;
	} early[INDEX_EARLY];
	unsigned n_early;
	uint64_t *spills; /* where in the target; room for INDEX_SPILLS */
	uint32_t n_spills;
	uint64_t cut;		    /* page data from here on are gone; 0: none are */
	uint16_t *held[INDEX_HELD]; /* the last spills, in memory again */
	uint32_t n_held;
};

/* page_bytes: what a stored page takes. 0 or -ENOMEM. */
int kdump_index_open(struct kdump_index *x, uint32_t page_bytes);
void kdump_index_close(struct kdump_index *x);

/*
 * Opens a chunk whose page data will begin at offset data_off of the file; tokens_put() fills it
 * in, page frames ascending until kdump_index_begin_next().
 */
void kdump_index_begin_chunk(struct kdump_index *x, uint64_t data_off);

/* May the open chunk not fit into the buffer? Then kdump_index_spill comes before kdump_index_end_chunk. */
bool kdump_index_full(const struct kdump_index *x);
void kdump_index_end_chunk(struct kdump_index *x);

/*
 * Puts the buffer at off of the target and empties it. 0, -EFBIG or the sink's error.
 * INDEX_SPILL_BYTES are taken.
 */
#define INDEX_SPILL_BYTES (INDEX_TOKENS * 2u)
int kdump_index_spill(struct kdump_index *x, struct sink *target, uint64_t off);

/*
 * The chunks that were ended so far are those of an earlier pass; kdump_index_replay merges them
 * into the order of page frames. At most INDEX_EARLY times, and before any spill. 0 or -ENOMEM.
 */
int kdump_index_begin_next(struct kdump_index *x);

/*
 * The target is full: *ret is the last beginning of a chunk at or before limit. kdump_index_replay
 * skips the pages whose data lie behind it, those of the open chunk too, and does not read the
 * target from there on. head: bytes of a chunk in front of its page data. 0; -ENOSPC: there is no
 * such place, or too much of the index lies behind it; -ENOMEM, or the sink's error.
 */
int kdump_index_cut(struct kdump_index *x, struct sink *target, uint64_t limit, uint32_t head,
		    uint64_t *ret);

/*
 * Plays all pages back in the order of page frames. A non-zero return of page() ends it. May be
 * called several times. Takes a second buffer for the time of the call if there are spills. 0,
 * -ENOMEM, the sink's error, or the visitor's.
 */
struct kdump_index_visitor {
	int (*page)(void *ctx, const struct tokens_page *p);
	void *ctx;
};
int kdump_index_replay(struct kdump_index *x, struct sink *target,
		       const struct kdump_index_visitor *v);

#endif
