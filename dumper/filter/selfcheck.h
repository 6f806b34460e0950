/* SPDX-License-Identifier: MIT */
/*
 * Before the dump: do the rules make sense on this kernel? Its own counter of free pages, and
 * memory that surely is the kernel's, must agree with what the rules say of some struct pages. A
 * class that is wrong about them is switched off: a larger dump, not one without the kernel.
 */
#ifndef DUMPER_FILTER_SELFCHECK_H
#define DUMPER_FILTER_SELFCHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "dumper/filter/page_class.h"
#include "dumper/filter/protect.h"
#include "dumper/kernel/crash.h"

#define SELFCHECK_UNITS 64 /* of 32,768 frames: zones up to 8 GiB are counted */

struct selfcheck_result {
	unsigned off;  /* bits of the level that must not be used */
	char why[160]; /* the first reason, for one log line; "" if off is 0 */
	/* The first zones of a node, as far as they are small enough; zones 0: none was compared. */
	unsigned zones;
	uint64_t first_pfn, end_pfn;
	uint64_t free_kernel, free_seen; /* pages in them: by its counter, by the rules */
	uint64_t free_slack;		 /* what may differ: counters of CPUs, pages in flight */
	uint64_t free_all;		 /* the counters of all zones; 0: not known */
	/* The kernel's text, its rings and tables, struct pages */
	uint64_t own;			    /* frames asked for */
	uint64_t own_claimed[PAGE_CLASSES]; /* what the rules take them for */
};

/*
 * level: the bits to be used. Reads no more than the struct pages of SELFCHECK_UNITS * 32,768 and
 * some thousand frames more; nothing without a memory map. 0 or -ENOMEM.
 */
int selfcheck_run(struct crash *c, const struct protect *p, unsigned level,
		  struct selfcheck_result *ret);

/*
 * After the dump, where free pages were excluded: does their number fit the kernel's counters of
 * all zones? True where these are not known, too.
 */
bool selfcheck_free_fits(const struct selfcheck_result *r, uint64_t pages_free);

#endif
