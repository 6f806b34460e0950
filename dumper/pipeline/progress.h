/* SPDX-License-Identifier: MIT */
/*
 * How far a dump is, and how long it takes from here. Kept pages are read and written, which is
 * most of the work; of the other RAM pages a pass looks at nothing but their struct pages.
 */
#ifndef DUMPER_PIPELINE_PROGRESS_H
#define DUMPER_PIPELINE_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	bool planned;		  /* to_read is what a plan found; else no more than that */
	uint64_t read, to_read;	  /* kept pages */
	uint64_t looked, to_look; /* RAM pages; of all passes that look at all of them */
	uint64_t read_before, looked_before; /* by the passes before this one */
	uint64_t pass_ms;		     /* since this one began */
};

/* From 0 to 99, as 100 is for a finished dump. May fall where to_read is no plan's. */
unsigned progress_percent(const struct progress *p);

/* UINT64_MAX: not enough is done for an estimate. */
uint64_t progress_left_ms(const struct progress *p);

#endif
