/* SPDX-License-Identifier: MIT */
/*
 * The configured levels as space demands, then either the smallest or the whole.
 */
#include "init/capture/ladder.h"

#include <errno.h>

#include "dumper/filter/page_class.h"

static void next_level(struct ladder *l)
{
	l->level = *l->levels++;
	l->n_levels--;
	l->smallest_tried |= l->level == LEVEL_ALL;
}

struct ladder ladder_start(const unsigned *levels, unsigned n)
{
	struct ladder l = { .rung = "vmcore", .levels = levels, .n_levels = n };

	next_level(&l);
	return l;
}

struct ladder ladder_smallest(void)
{
	/* what is too large at its level is too large as a whole */
	return (struct ladder){ .rung = "smallest vmcore",
				.level = LEVEL_ALL,
				.smallest_tried = true,
				.whole_tried = true };
}

bool ladder_next(struct ladder *l, const struct child_end *end)
{
	bool no_space = end->target_at_fault && end->error == -ENOSPC;

	if (no_space && !l->whole && l->n_levels) {
		l->rung = "next vmcore";
		l->whole_tried = true;
		next_level(l);
		return true;
	}
	if (no_space && !l->smallest_tried) {
		*l = ladder_smallest();
		return true;
	}
	if (end->target_at_fault || l->whole_tried)
		return false;
	*l = (struct ladder){ .rung = "whole vmcore",
			      .level = LEVEL_ZERO,
			      .whole = true,
			      .smallest_tried = l->smallest_tried,
			      .whole_tried = true };
	return true;
}
