/* SPDX-License-Identifier: MIT */
/*
 * Which is slower, the CPUs or the target? Decides how hard to compress (--zstd-level auto).
 */
#ifndef DUMPER_PIPELINE_PACE_H
#define DUMPER_PIPELINE_PACE_H

#include <stdint.h>

struct pace {
	unsigned threads;	    /* that encode; 1: the one that writes too */
	unsigned batches;	    /* since the last decision */
	uint64_t encode_ns, put_ns; /* in them */
	int speed;		    /* for compress_set_speed */
};

void pace_init(struct pace *p, unsigned threads);

/* One batch's time. Returns the speed to go on with. */
int pace_batch(struct pace *p, uint64_t encode_ns, uint64_t put_ns);

#endif
