/* SPDX-License-Identifier: MIT */
#include "dumper/pipeline/progress.h"

#define LOOK	   (1.0 / 256) /* of the time that a kept page takes */
#define SURE_MS	   2000u
#define SURE_SHARE (1.0 / 32) /* of the pass */

/* Kept pages of the whole dump: at most as the plan or a counter says, at least as dense as so far. */
static double all_reads(const struct progress *p)
{
	double looked = (double)(p->looked - p->looked_before);
	double to_look = (double)(p->to_look - p->looked_before);
	double most = (double)(p->to_read > p->read ? p->to_read : p->read), dense;

	if (p->planned || !looked || p->read == p->read_before)
		return most;
	dense = (double)p->read_before + (double)(p->read - p->read_before) * to_look / looked;
	return dense < most ? dense : most;
}

unsigned progress_percent(const struct progress *p)
{
	double done = (double)p->read + (double)p->looked * LOOK;
	double all = all_reads(p) + (double)p->to_look * LOOK;
	double percent = all > 0 ? done * 100 / all : 0;

	return percent < 99 ? (unsigned)percent : 99;
}

uint64_t progress_left_ms(const struct progress *p)
{
	double before = (double)p->read_before + (double)p->looked_before * LOOK;
	double done = (double)p->read + (double)p->looked * LOOK - before;
	double all = all_reads(p) + (double)p->to_look * LOOK - before;

	/* before the first page, and in a pass that looks at nothing without a plan, nothing tells */
	if (p->read == p->read_before || (!p->planned && p->looked == p->looked_before) ||
	    p->pass_ms < SURE_MS || done < all * SURE_SHARE)
		return UINT64_MAX;
	return (uint64_t)((double)p->pass_ms * (all - done) / done);
}
