/* SPDX-License-Identifier: MIT */
/*
 * How much memory the capture kernel has, and how little of it was left at the worst moment.
 */
#ifndef INIT_SYSTEM_MEMORY_H
#define INIT_SYSTEM_MEMORY_H

#include <stdint.h>

struct memory {
	uint64_t total, available; /* bytes; 0: not known */
	uint64_t least;		   /* the smallest `available` of all samples */
};

/* Takes a sample from /proc/meminfo. */
void memory_sample(struct memory *m);

/*
 * All System RAM in /proc/iomem: what firmware and crashkernel= gave to this kernel, its own image
 * included. 0: it cannot be read.
 */
uint64_t memory_crashkernel(void);

#endif
