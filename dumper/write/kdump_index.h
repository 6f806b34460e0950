/* SPDX-License-Identifier: MIT */
/*
 * Where each dumped page lies in the file, in two bytes a page: one stream of tokens, in chunks
 * that stand next to their page data in the file too (kdump_format.h: struct kdump_chunk). What
 * outgrows the buffer is put into the target between the page data and read back at the end, so
 * that memory stays bounded whatever the RAM size.
 */
#ifndef DUMPER_WRITE_KDUMP_INDEX_H
#define DUMPER_WRITE_KDUMP_INDEX_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/sink.h"

#define INDEX_TOKENS	   (1u << 19)	/* in memory: 1 MiB */
#define INDEX_CHUNK_TOKENS 16384u	/* of a chunk, at most */
#define INDEX_HELD	   4u		/* spills that kdump_index_cut may take into memory */
#define INDEX_SPILLS	   32768	/* 64 TiB of RAM: compressed, the format can hold as much */
#define INDEX_EARLY	   2		/* turns before the last one */
#define INDEX_SIZE_MAX	   0x7fefu	/* of a page as INDEX_PACKED */

enum kdump_index_kind {
	INDEX_PACKED,	/* size bytes, compressed */
	INDEX_RAW,	/* a page, stored */
	INDEX_ZERO,	/* the shared zero page: no bytes of its own */
	INDEX_SHARED,	/* the bytes of an earlier page: size bytes at off; size 0: stored */
	INDEX_LOST,	/* unreadable: no bytes */
};

struct kdump_index_page {
	uint64_t pfn;
	uint64_t off;		/* in the file; INDEX_PACKED, INDEX_RAW, INDEX_SHARED */
	uint32_t size;		/* INDEX_PACKED, INDEX_SHARED */
	enum kdump_index_kind kind;
};

struct kdump_index {
	uint16_t *tokens;		/* INDEX_TOKENS of them: closed chunks */
	uint32_t n;
	uint16_t chunk[INDEX_CHUNK_TOKENS];
	uint32_t n_chunk;
	uint64_t chunk_pfn, chunk_off;	/* where the open chunk begins: page frame, page data */
	uint64_t next_pfn;
	uint64_t same_off;		/* of the chunk's last shared page; 0: none yet */
	uint32_t same_size;
	uint32_t raw_bytes;		/* of a stored page */
	struct kdump_index_early {
		uint16_t *tokens;	/* chunks before kdump_index_begin_next */
		uint32_t n;
	} early[INDEX_EARLY];
	unsigned n_early;
	uint64_t *spills;		/* where in the target; room for INDEX_SPILLS */
	uint32_t n_spills;
	uint64_t cut;			/* page data from here on are gone; 0: none are */
	uint16_t *held[INDEX_HELD];	/* the last spills, in memory again */
	uint32_t n_held;
};

/* page_bytes: what a stored page takes. 0 or -ENOMEM. */
int kdump_index_open(struct kdump_index *x, uint32_t page_bytes);
void kdump_index_close(struct kdump_index *x);

/* A chunk whose page data will begin at offset data_off of the file. */
void kdump_index_begin_chunk(struct kdump_index *x, uint64_t data_off);

/*
 * The page frames must ascend within each turn (kdump_index_begin_next). off is not looked at
 * but for INDEX_SHARED: pages with bytes of their own lie behind each other from data_off on.
 */
void kdump_index_add(struct kdump_index *x, const struct kdump_index_page *p);

/* May a page not fit into the open chunk? Then it must be ended. */
bool kdump_index_chunk_full(const struct kdump_index *x);

/* May the open chunk not fit into the buffer? Then kdump_index_spill comes before kdump_index_end_chunk. */
bool kdump_index_full(const struct kdump_index *x);
void kdump_index_end_chunk(struct kdump_index *x);

/*
 * Puts the buffer at off of the target and empties it. 0, -EFBIG or the sink's error.
 * INDEX_SPILL_BYTES are taken.
 */
#define INDEX_SPILL_BYTES	(INDEX_TOKENS * 2u)
int kdump_index_spill(struct kdump_index *x, struct sink *target, uint64_t off);

/*
 * What was ended so far is early: out of its place, to be merged into the order of page frames by
 * kdump_index_replay. At most INDEX_EARLY times, and what was ended must fit the buffer: no spill before.
 * 0 or -ENOMEM.
 */
int kdump_index_begin_next(struct kdump_index *x);

/*
 * The target is full: finds the last place, at most limit, where a chunk begins, so that what
 * lies behind it can be given up: kdump_index_replay then leaves out pages whose data are there, and does
 * not need the target from that place on. The open chunk is given up too. head: what a chunk has
 * in front of its page data. 0 with the place; -ENOSPC: there is none, or too much of the index
 * lies behind it; -ENOMEM, or the sink's error.
 */
int kdump_index_cut(struct kdump_index *x, struct sink *target, uint64_t limit, uint32_t head,
	      uint64_t *ret);

/*
 * Plays all pages back in the order of page frames. A non-zero return of page() ends it. May be
 * called several times. Takes a second buffer for the time of the call if there are spills. 0,
 * -ENOMEM, the sink's error, or the visitor's.
 */
struct kdump_index_visitor {
	int (*page)(void *ctx, const struct kdump_index_page *p);
	void *ctx;
};
int kdump_index_replay(struct kdump_index *x, struct sink *target, const struct kdump_index_visitor *v);

/*
 * Reads tokens: one chunk as it stands in a file, or any number of chunks of the index. For
 * readers of damaged dumps; no token can lead it out of tokens[0, n).
 */
struct kdump_index_cursor {
	const uint16_t *tokens;
	uint32_t n, i;
	uint64_t pfn, off;		/* of the next page; set them for a chunk of a file */
	uint64_t chunk_off;		/* where the page data of the chunk begin; in memory only */
	uint64_t same_off;
	uint32_t same_size;
	uint32_t raw_bytes;
};

/* False: no more pages. */
bool kdump_index_next(struct kdump_index_cursor *c, struct kdump_index_page *ret);

#endif
