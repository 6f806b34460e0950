/* SPDX-License-Identifier: MIT */
/*
 * What the pipeline and a writer agree on: batches of pages, encoded by whichever thread, handed
 * over in the order of page frames on the thread that runs the dump.
 */
#ifndef DUMPER_WRITE_WRITER_H
#define DUMPER_WRITE_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "dumper/filter/filter.h"
#include "dumper/filter/ranges.h"
#include "dumper/read/vmcore.h"
#include "dumper/write/kdump_index.h"
#include "dumper/write/page_share.h"

#define BATCH_PAGES_MAX 256u

/* What threads make of the pages. */
enum writer_encoding {
	WRITER_PAGES,  /* each page by itself, for the kdump format */
	WRITER_BYTES,  /* the pages behind each other as they are; what is not kept is zeros */
	WRITER_FRAMES, /* the same as one zstd frame */
};

struct batch_page {
	struct tokens_page page; /* off: TOKENS_SHARED alone */
	uint64_t hash;		 /* TOKENS_PACKED, TOKENS_RAW: of its contents */
};

struct batch {
	unsigned n;				 /* pages */
	struct batch_page page[BATCH_PAGES_MAX]; /* WRITER_PAGES */
	uint8_t *bytes;	  /* room for the batch's pages, a frame's overhead more */
	uint32_t len;	  /* encoded bytes */
	uint32_t raw_len; /* before that */
	uint32_t sum;	  /* WRITER_FRAMES: of the encoded bytes (elf_seek.h) */
	uint64_t first_pfn;
	uint64_t zero, shared, lost; /* of the pages */
	uint64_t bytes_in;	     /* kept bytes read */
	uint64_t encode_ns;	     /* time that took */
	int error;		     /* encoding failed */
};

struct writer {
	enum writer_encoding encoding;
	unsigned batch_pages; /* at most BATCH_PAGES_MAX */
	uint64_t bytes;	      /* end of the file so far */
	uint64_t saved;	      /* pages the file's index has; set by finish_full */
	bool struct_pages_excluded;
	struct page_share *share;    /* WRITER_PAGES: may be NULL */
	const struct ranges *stored; /* the others: these frames, kept or not */
	void (*moved)(void *ctx);    /* called now and then by what takes long outside emit() */
	void *moved_ctx;
	/*
	 * Sees each unit once before everything else, in order: bit i of n bits says that frame
	 * pfn + i will come. NULL: one pass is enough.
	 */
	int (*plan)(struct writer *w, uint64_t pfn, const uint64_t *bits, unsigned n);
	/* Behind the plan, before the first batch. */
	int (*begin)(struct writer *w);
	/* Between two passes, each of which has its pages in order. NULL: one pass has all pages. */
	int (*begin_next)(struct writer *w);
	int (*emit)(struct writer *w, const struct batch *b);
	/* All is there: completes the file. The sink is the caller's to commit. */
	int (*finish)(struct writer *w);
	/*
	 * After -ENOSPC, in finish()'s place: completes the file with fewer pages, in the room that
	 * it has. -ENOSPC: not even so. NULL: this format cannot.
	 */
	int (*finish_full)(struct writer *w);
	void (*close)(struct writer *w);
};

/*
 * Hands all notes of v to add(), in pieces: device dumps make them gigabytes. 0, -ENOMEM, or the
 * first error of reading or of add().
 */
int writer_put_notes(struct writer *w, const struct vmcore *v,
		     int (*add)(struct writer *w, const void *bytes, uint32_t n));

#endif
