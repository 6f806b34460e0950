/* SPDX-License-Identifier: MIT */
/*
 * The pipeline: sections of memory → kept pages → compressed pages → a kdump-compressed file in a
 * sink, in one pass.
 */
#ifndef DUMPER_DUMP_H
#define DUMPER_DUMP_H

#include <stdbool.h>
#include <stdint.h>

#include "dumper/core.h"
#include "dumper/page.h"
#include "lib/sink.h"

enum dump_codec { DUMP_STORED, DUMP_ZSTD };

/* Called about four times a second from inside dump_run, and once at the end. */
struct dump_progress {
	uint64_t pages_done, pages_total;	/* RAM pages looked at, of all */
	uint64_t bytes_in, bytes_out;		/* kept bytes read, bytes given to the sink */
	uint64_t elapsed_ms;
	uint64_t left_ms;			/* estimate; UINT64_MAX while unknown */
};

struct dump_options {
	unsigned level;		/* dump level 0-31 (makedumpfile's bits) */
	enum dump_codec codec;
	int codec_level;	/* zstd: -5 … 3; 0 means the default */
	void (*progress)(void *ctx, const struct dump_progress *p);	/* may be NULL */
	void *progress_ctx;
};

struct dump_stats {
	uint64_t pages_ram;			/* page frames in the core */
	uint64_t pages[PAGE_CLASSES];		/* by class, over all of RAM */
	uint64_t pages_kept;			/* with a descriptor in the dump */
	uint64_t pages_zero;			/* of those: the shared zero page */
	uint64_t pages_lost;			/* kept, but unreadable: marked lost */
	uint64_t sections_unfiltered;		/* their struct pages could not be read: kept whole */
	uint64_t bytes_in, bytes_out;
	uint64_t elapsed_ms;
	uint64_t peak_rss_bytes;		/* of this process */
};

/*
 * Dumps the core into out. If !out->rewrites the file's first block comes last, as its format
 * demands: wrap a stream in sink_flat. Commits nothing: the caller commits or aborts the sink.
 * Level 0 or 1 needs no struct pages; any other level with CORE_NO_MEMMAP set gives -ENODATA
 * before the first byte. Otherwise 0, -ENOMEM, or the sink's error; *ret is filled in as far as
 * it went in every case.
 */
int dump_run(const struct core *c, const struct dump_options *opt, struct sink *out,
	     struct dump_stats *ret);

/* The classes counted, without a dump (--info). Same errors. */
int dump_count(const struct core *c, struct dump_stats *ret);

#endif
