/* SPDX-License-Identifier: MIT */
/*
 * The pipeline: sections of memory → kept pages → compressed pages → a kdump-compressed file in a
 * sink, in one pass.
 */
#ifndef DUMPER_DUMP_H
#define DUMPER_DUMP_H

#include "dumper/kernel/crash.h"
#include "dumper/write/dump_options.h"
#include "lib/sink.h"

/*
 * Dumps the core into out. For DUMP_ELF_ZST that may be any sink; the others need one that takes
 * any offset (out->rewrites; wrap a stream in sink_flat), and their first block comes last.
 * Commits nothing: the caller commits or aborts the sink. The sink is only used on the caller's
 * thread. With CORE_NO_MEMMAP a level above 1 gives -ENODATA before the first byte, unless
 * opt->whole; a running machine whose memory moved inside the source, -ESTALE. Otherwise 0, -ENOMEM,
 * -EFBIG, or the sink's error; *ret is filled in as far as it
 * went in every case.
 */
int dump_run(struct crash *c, const struct dump_options *opt, struct sink *out,
	     struct dump_stats *ret);

/*
 * The classes counted at level 31, without a dump (--info). -ENODATA with CORE_NO_MEMMAP,
 * -ENOMEM.
 */
int dump_count(struct crash *c, struct dump_stats *ret);

#endif
