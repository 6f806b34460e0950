/* SPDX-License-Identifier: MIT */
/*
 * The protect list: memory that no reader can do without and that is kept whatever its struct pages
 * say. Cheap insurance against page flags that the crash itself corrupted.
 */
#ifndef DUMPER_FILTER_PROTECT_H
#define DUMPER_FILTER_PROTECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dumper/filter/ranges.h"
#include "dumper/kernel/kmem.h"
#include "dumper/kernel/memmap.h"
#include "dumper/kernel/vmcoreinfo.h"

#define PROTECT_MAX 1024

struct protect {
	struct ranges ranges; /* in memory */
	struct frame_range memory[PROTECT_MAX];
	/* single frames beside the ranges, ascending; borrowed, may be NULL */
	const uint64_t *frame;
	size_t n_frames;
};

/* An empty list. */
void protect_clear(struct protect *p);

/*
 * Kernel image as far as it is mapped, top page table, mem_section's root array, the printk ring.
 * What cannot be found is not in the list.
 */
void protect_init(struct protect *p, struct kmem *k, const struct memmap *m,
		  const struct vmcoreinfo *vi);

/*
 * Sets bit i of bits for each protected frame pfn + i of n. Returns 0 if there is none (bits
 * are then not touched), else 1 with all (n + 63) / 64 words written.
 */
int protect_bits(const struct protect *p, uint64_t pfn, unsigned n, uint64_t *bits);

/* Is any frame of [first, end) protected? */
bool protect_any(const struct protect *p, uint64_t first, uint64_t end);

/* The first protected frame at or behind pfn; UINT64_MAX if none. */
uint64_t protect_next(const struct protect *p, uint64_t pfn);

#endif
