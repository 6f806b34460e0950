/* SPDX-License-Identifier: MIT */
/*
 * The ranges of page frames that a filtered ELF core stores: the kept ones, with short gaps
 * filled. Bounded: where memory is too scattered for the list, longer gaps are filled too.
 */
#ifndef DUMPER_WRITE_EXTENTS_H
#define DUMPER_WRITE_EXTENTS_H

#include <stdint.h>

#include "dumper/filter/ranges.h"

#define EXTENTS_MAX 32768u /* with the RAM ranges between them fewer than PN_XNUM headers */
#define EXTENTS_GAP 256u   /* frames: a shorter gap is stored, as makedumpfile does */

struct extents {
	struct ranges ranges;
	uint64_t gap;	/* shorter ones are filled */
	uint64_t pages; /* sum; good after extents_end */
};

/* 0 or -ENOMEM. */
int extents_open(struct extents *x);
void extents_close(struct extents *x);

/* The frames pfn + i for which bit i of n bits is set; in ascending order of pfn. */
void extents_add(struct extents *x, uint64_t pfn, const uint64_t *bits, unsigned n);
void extents_end(struct extents *x);

#endif
