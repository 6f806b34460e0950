/* SPDX-License-Identifier: MIT */
/*
 * Struct pages of a machine that runs while it is read. They change between two reads and inside
 * one: a unit's are copied at once, and what contradicts itself in the copy is read again. What
 * still does after that is made to look like a struct page that was never initialised: such a page
 * is kept. A page that changes its owner before its bytes are read is not noticed.
 */
#ifndef DUMPER_FILTER_LIVE_H
#define DUMPER_FILTER_LIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "dumper/filter/page_class.h"
#include "dumper/kernel/kmem.h"

/* One owner (thread) each. */
struct live {
	uint8_t *pages; /* the copy; NULL: there is none */
	struct kmem *kmem;
	const struct page_layout *layout;
	uint64_t va; /* of the first of them */
	unsigned n;
	bool any;	/* one at least could be read */
	uint64_t again; /* blocks that were read again, of all units */
};

/* Room for n struct pages; all is borrowed. 0 or -ENOMEM. */
int live_open(struct live *l, struct kmem *k, const struct page_layout *layout, unsigned n);
void live_close(struct live *l);

/* Copies the n struct pages at va, the first of which is pfn's. False: none could be read. */
bool live_copy(struct live *l, uint64_t pfn, uint64_t va);

#endif
