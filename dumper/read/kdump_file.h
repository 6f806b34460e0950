/* SPDX-License-Identifier: MIT */
/*
 * One kdump-compressed file: its headers, its bitmaps and the place of each page's bytes. Either
 * through the descriptors, or, of a tail-index file that has none any more, through the heads
 * of its chunks (kdump_chunks.h). Of bitmaps and descriptors only small pieces are ever in memory.
 */
#ifndef DUMPER_READ_KDUMP_FILE_H
#define DUMPER_READ_KDUMP_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "dumper/format/kdump_format.h"
#include "dumper/read/kdump_chunks.h"
#include "dumper/read/source.h"

#define KDUMP_PIECE 32768u /* page frames that are looked at together */
#define KDUMP_DESCS 64u	   /* descriptors that are read together */

struct kdump_file {
	struct source src;
	struct kdump_header header; /* zeros: missing */
	struct kdump_sub_header sub;
	unsigned shift; /* of a page */
	uint64_t max_mapnr;
	uint64_t start, end;	     /* the frames that this file is for */
	uint64_t note_off, note_len; /* inside the file */
	uint64_t ram_off;	     /* first bitmap; 0: there is none, RAM is what has data */
	uint64_t bits_off;	     /* second bitmap; 0: found through chunks */
	uint64_t desc_off, n_desc;
	/* bits of the second bitmap between start and each group of frames */
	uint64_t *ranks;
	unsigned rank_shift;
	struct kdump_chunks chunks;
	bool truncated; /* not all of it is there */
	bool headless;	/* no header: VMCORE_DAMAGED was needed */
};

/* One reader's place in a part. */
struct kdump_cursor {
	const struct kdump_file *part;
	bool have_piece;
	uint64_t piece;	   /* first frame of bits[] */
	uint64_t at, rank; /* so many bits of the part before frame at */
	uint64_t bits[KDUMP_PIECE / 64];
	uint64_t first; /* descriptors in desc[] */
	unsigned n;
	struct kdump_page desc[KDUMP_DESCS];
	struct kdump_chunk_cursor chunk;
};

/*
 * Takes the source over, also when it fails. damaged: goes without header and index if it must.
 * 0; -ENOEXEC: no kdump file; -EBADMSG: headers that contradict themselves or the file; -ENODATA:
 * damaged, and nothing of it can be read; -ENOMEM; read errors. *why gets a literal.
 */
int kdump_file_open(struct kdump_file *p, struct source *src, bool damaged, const char **why);
void kdump_file_close(struct kdump_file *p);

/* n bits from frame pfn on, whole words: frames of RAM as far as the file knows, and with data. */
void kdump_file_ram(const struct kdump_file *p, uint64_t pfn, unsigned n, uint64_t *ret);
void kdump_file_data(const struct kdump_file *p, uint64_t pfn, unsigned n, uint64_t *ret);

/* No frame before this one, from pfn on, is RAM; UINT64_MAX: none at all. Skips holes. */
uint64_t kdump_file_skip(const struct kdump_file *p, uint64_t pfn);

void kdump_cursor_init(struct kdump_cursor *c, const struct kdump_file *p);

/*
 * Where the page's bytes are; its flags may be KDUMP_ZEROS. 0; -ENOENT: the file has none;
 * -EIO: lost, cut off, or a descriptor that points outside the file; *ret is what it says, or
 * nothing where there is no descriptor either.
 */
int kdump_file_find(struct kdump_cursor *c, uint64_t pfn, struct kdump_page *ret);

#endif
