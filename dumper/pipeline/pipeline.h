/* SPDX-License-Identifier: MIT */
/*
 * Units of memory through filter and encoder to the writer, on any number of threads, in the order
 * of page frames. All threads of the program are here; with one, everything runs on the
 * caller's. Work is handed out in tickets: a unit to filter, or a batch of a filtered one to
 * encode. Whoever has nothing to do sleeps.
 */
#ifndef DUMPER_PIPELINE_PIPELINE_H
#define DUMPER_PIPELINE_PIPELINE_H

#include <stdint.h>

#include "dumper/filter/protect.h"
#include "dumper/kernel/crash.h"
#include "dumper/write/dump_options.h"
#include "dumper/write/writer.h"

#define PIPELINE_THREADS_MAX 32

enum pipeline_pass {
	PIPELINE_PLAN,	/* each unit to writer->plan, nothing read */
	PIPELINE_FIRST, /* what a reader of a cut file needs most (dump_first.h) */
	PIPELINE_REST,	/* what that left */
	PIPELINE_ALL,
};

struct pipeline;

/*
 * level: as far as it is to be applied. vmemmap: NULL where struct pages are not excluded. threads: 1
 * to PIPELINE_THREADS_MAX; where fewer can be had, fewer are used. All else is borrowed until
 * pipeline_close. 0, -ENOMEM, -EINVAL.
 */
int pipeline_open(struct pipeline **ret, struct crash *c, const struct dump_options *opt,
		  unsigned level, const struct vmemmap *vmemmap, unsigned threads,
		  const struct protect *protect, struct writer *writer, struct dump_stats *stats);
void pipeline_close(struct pipeline *p);

/* One pass over memory. 0 or the writer's error. */
int pipeline_run(struct pipeline *p, enum pipeline_pass pass);

/* The last progress report. */
void pipeline_report_end(struct pipeline *p);

#endif
