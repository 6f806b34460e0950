/* SPDX-License-Identifier: MIT */
/*
 * A list of page frames as ranges, in memory of the caller's.
 */
#ifndef DUMPER_FILTER_RANGES_H
#define DUMPER_FILTER_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct frame_range {
	uint64_t first, end; /* page frames; end is the first behind the range */
};

struct ranges {
	struct frame_range *list; /* ascending, apart from each other; borrowed */
	size_t n, max;
};

/*
 * Adds [first, end) and joins it with the ranges that it touches; an empty range is nothing. False:
 * the list is full and stays as it was.
 */
bool ranges_add(struct ranges *r, uint64_t first, uint64_t end);

/* Index of the first range that ends behind pfn; r->n if none. */
size_t ranges_find(const struct ranges *r, uint64_t pfn);

/* Is any frame of [first, end) in the list? Are all of them? */
bool ranges_any(const struct ranges *r, uint64_t first, uint64_t end);
bool ranges_all(const struct ranges *r, uint64_t first, uint64_t end);

/* The first frame of the list at or behind pfn; UINT64_MAX if none. */
uint64_t ranges_next(const struct ranges *r, uint64_t pfn);

/* Sets bit i of n bits for each frame pfn + i of the list, and clears none. */
void ranges_bits(const struct ranges *r, uint64_t pfn, unsigned n, uint64_t *bits);

#endif
