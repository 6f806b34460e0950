/* SPDX-License-Identifier: MIT */
/*
 * A walk over the units of memory (128 MiB) as the filter sees them, without a dump.
 */
#ifndef DUMPER_FILTER_UNITS_H
#define DUMPER_FILTER_UNITS_H

#include "dumper/filter/filter.h"
#include "dumper/kernel/crash.h"

/*
 * Calls unit() for each, in ascending order; a non-zero return ends the walk and is returned. 0 or
 * -ENOMEM. Without struct pages every page is kept.
 */
int units_each(struct crash *c, unsigned level, bool exclude_struct_pages,
	       int (*unit)(void *ctx, const struct filter_unit *u), void *ctx);

#endif
