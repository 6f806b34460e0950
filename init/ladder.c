/* SPDX-License-Identifier: MIT */
/*
 * Three rungs at most: as configured, then either the smallest or the whole.
 */
#include "init/ladder.h"

#include <errno.h>

#include "dumper/page.h"

struct ladder ladder_start(unsigned level)
{
	return (struct ladder){
		.rung = "vmcore",
		.level = level,
		.smallest_tried = level == LEVEL_ALL,
	};
}

bool ladder_next(struct ladder *l, const struct child_end *end)
{
	bool no_space = end->target_at_fault && end->error == -ENOSPC;

	if (no_space && !l->smallest_tried) {
		/* what is too large at its level is too large as a whole */
		*l = (struct ladder){ "smallest vmcore", LEVEL_ALL, false, true, true };
		return true;
	}
	if (end->target_at_fault || l->whole_tried)
		return false;
	*l = (struct ladder){ "whole vmcore", LEVEL_ZERO, true, l->smallest_tried, true };
	return true;
}
