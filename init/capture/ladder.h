/* SPDX-License-Identifier: MIT */
/*
 * Which vmcore is tried next on a target when one failed. Each rung trusts the crashed kernel's
 * memory less, or needs less room, than the one before.
 */
#ifndef INIT_CAPTURE_LADDER_H
#define INIT_CAPTURE_LADDER_H

#include <stdbool.h>

#include "init/system/child.h"

struct ladder {
	const char *rung;	/* its name, for the report */
	unsigned level;		/* dump level of this rung */
	const unsigned *levels; /* of the config that were not tried yet, borrowed */
	unsigned n_levels;
	bool whole; /* struct pages are not looked at */
	bool smallest_tried, whole_tried;
};

/* The first rung: as the config wants it. levels are tried in their order when space runs out. */
struct ladder ladder_start(const unsigned *levels, unsigned n);

/* Begins at the rung of least space: it is known that no other one fits. */
struct ladder ladder_smallest(void);

/*
 * The next rung after one that ended so. No space: the next level of the config, at last one that
 * excludes all classes. The filter crashed, hung or refused: only zero pages are excluded, and no
 * struct page is read. False: no other rung would do better on this target.
 */
bool ladder_next(struct ladder *l, const struct child_end *end);

#endif
