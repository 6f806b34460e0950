/* SPDX-License-Identifier: MIT */
/*
 * What a dump is to be, and what came of it.
 */
#ifndef DUMPER_WRITE_DUMP_OPTIONS_H
#define DUMPER_WRITE_DUMP_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "dumper/filter/page_class.h"
#include "dumper/filter/selfcheck.h"
#include "lib/dump_format.h"

/* Called about four times a second from inside dump_run, and once at the end. */
struct dump_progress {
	uint64_t pages_done, pages_total; /* RAM pages looked at in this pass, of all */
	uint64_t bytes_in, bytes_out;	  /* kept bytes read, bytes given to the sink */
	unsigned percent;		  /* of the dump; never falls; 100 at its end */
	uint64_t elapsed_ms;
	uint64_t left_ms; /* estimate; UINT64_MAX while unknown */
};

struct dump_options {
	unsigned level;		   /* dump level 0-31 (makedumpfile's bits) */
	bool exclude_struct_pages; /* those of frames that are all excluded */
	enum dump_format format;
	unsigned threads; /* 0: the online CPUs; 1: everything on the caller's thread */
	/* split: only the frames [start_pfn, end_pfn) get descriptors and data */
	bool split;
	bool incomplete; /* the source lacks pages: the dump says so */
	/* So do pages that turn out to be damaged (kdump formats): the source marked none of them. */
	bool damage_is_incomplete;
	uint64_t start_pfn, end_pfn;
	/* When the sink is full: a dump with fewer pages, which says so, instead of none. */
	bool keep_partial;
	bool whole; /* do not look at struct pages at all: everything but zero pages */
	enum dump_codec codec;
	int codec_level; /* zstd: -5 … 3; 0: our own, see compress.c */
	/*
	 * The batches of all threads together take 16 MiB at most. From five threads on they are
	 * smaller for that, and so is a frame of elf.zst, which makes the dump larger.
	 */
	bool little_memory;
	bool adaptive; /* with codec_level 0: harder or easier as the sink is slow or fast */
	void (*progress)(void *ctx, const struct dump_progress *p); /* may be NULL */
	void *progress_ctx;
};

struct dump_stats {
	uint64_t pages_ram;	      /* page frames of RAM */
	uint64_t pages_absent;	      /* of those: without bytes in the core */
	uint64_t pages[PAGE_CLASSES]; /* by class; PAGE_KEEP are the kept ones */
	uint64_t pages_zero;	      /* of the kept ones: the shared zero page */
	uint64_t pages_shared;	      /* of the kept ones: stored once with others */
	uint64_t pages_lost;	      /* of the kept ones: unreadable, marked lost */
	uint64_t units_unfiltered;    /* units whose struct pages were unreadable */
	uint64_t pages_whole;	      /* of the kept ones: in those */
	uint64_t pages_doubt;	      /* and: by struct pages that make no sense */
	bool part;		      /* of a split dump */
	bool live;		      /* the machine ran while it was read */
	bool memory_changed;	      /* and got or lost memory meanwhile */
	bool struct_pages_excluded;   /* they were asked for, and can be */
	const char *struct_pages_why; /* asked for, and why they cannot; else NULL */
	unsigned level_off;	      /* bits of the level that this kernel's names do not allow */
	struct selfcheck_result selfcheck; /* and those that contradict what is there: .off */
	bool incomplete;		   /* keep_partial: pages are missing */
	uint64_t pages_saved;		   /* if so: that are there */
	uint64_t bytes_in, bytes_out;	   /* kept pages; size of the dump */
	uint64_t elapsed_ms;
	uint64_t peak_rss_bytes; /* of this process */
	unsigned threads;	 /* that were used */
};

#endif
