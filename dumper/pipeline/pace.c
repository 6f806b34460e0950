/* SPDX-License-Identifier: MIT */
/*
 * Harder compression (speed 1) takes 1.45 of the default's time and gives 0.91 of its size; easier
 * (speed -1) 0.95 and 1.04. On several threads encoding and writing overlap, so that the slower of
 * the two counts; on one they add up, and 9 % less to write must weigh more than almost half more to
 * compute. A change back needs a clear margin, so that the speed does not swing.
 */
#include "dumper/pipeline/pace.h"

#define DECIDE_BATCHES 64u /* 16 MiB of pages */

/* Writing time in percent of encoding time. */
static const struct limits {
	unsigned harder, not_harder; /* above, harder; below, no longer */
	unsigned easier, not_easier; /* below, easier; above, no longer */
} alone = { 500, 200, 5, 15 }, overlapped = { 160, 90, 10, 30 };

void pace_init(struct pace *p, unsigned threads)
{
	*p = (struct pace){ .threads = threads };
}

static int decide(const struct pace *p)
{
	const struct limits *l = p->threads > 1 ? &overlapped : &alone;
	uint64_t encode = p->encode_ns / p->threads + 1;
	uint64_t percent = p->put_ns / (encode / 100 + 1);

	if (percent > l->harder || (p->speed > 0 && percent > l->not_harder))
		return 1;
	if (percent < l->easier || (p->speed < 0 && percent < l->not_easier))
		return -1;
	return 0;
}

int pace_batch(struct pace *p, uint64_t encode_ns, uint64_t put_ns)
{
	p->encode_ns += encode_ns;
	p->put_ns += put_ns;
	if (++p->batches == DECIDE_BATCHES) {
		p->speed = decide(p);
		p->batches = 0;
		p->encode_ns = p->put_ns = 0;
	}
	return p->speed;
}
