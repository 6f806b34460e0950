/* SPDX-License-Identifier: MIT */
/*
 * The pages that the first pass of a dump writes: without them no reader can open a dump that was
 * cut.
 */
#ifndef DUMPER_FILTER_DUMP_FIRST_H
#define DUMPER_FILTER_DUMP_FIRST_H

#include "dumper/filter/protect.h"
#include "dumper/kernel/crash.h"
#include "dumper/kernel/kernel_tables.h"

/* Each takes up to 11 tokens: together they fit the index without a spill. */
#define DUMP_FIRST_PAGES 40000u

struct dump_first {
	struct protect list;
	struct kernel_tables tables;
};

/*
 * The protect list, the areas of the CPUs (current task, run queue, stacks), memory nodes, sections
 * and the kernel's page tables, as far as DUMP_FIRST_PAGES hold them.
 * Uses the caches of c->kmem. Never fails: pages that cannot be found are written by the next pass.
 */
void dump_first_init(struct dump_first *e, const struct protect *p, struct crash *c);
void dump_first_free(struct dump_first *e);

#endif
