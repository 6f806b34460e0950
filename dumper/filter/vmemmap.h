/* SPDX-License-Identifier: MIT */
/*
 * Where the struct pages themselves lie: physical pages → the frames they describe. On a machine
 * that did little these are most of a dump, 16 GiB for each TiB of RAM.
 */
#ifndef DUMPER_FILTER_VMEMMAP_H
#define DUMPER_FILTER_VMEMMAP_H

#include <stddef.h>
#include <stdint.h>

#include "dumper/kernel/kmem.h"
#include "dumper/kernel/memmap.h"

#define VMEMMAP_PIECES_MAX 65536u /* pieces: 1.5 MiB */

/* n pages from frame on hold the struct pages of the frames from pfn on. */
struct vmemmap_piece {
	uint64_t frame, pfn;
	uint32_t n, shared;
};

struct vmemmap {
	struct vmemmap_piece *piece; /* by frame, without overlap */
	size_t n, room;
	unsigned per; /* struct pages in a page */
};

/*
 * Walks the memory maps of all sections that hold RAM. A page that is mapped more than once (the
 * HugeTLB vmemmap optimisation) is in no piece. 0, with *why set and no piece if these struct pages
 * have no page of their own each, or lie in more than VMEMMAP_PIECES_MAX pieces; -ENOMEM.
 */
int vmemmap_init(struct vmemmap *e, struct kmem *k, const struct memmap *m, const char **why);
void vmemmap_free(struct vmemmap *e);

/* Index of the first piece that ends behind frame; e->n if none. */
size_t vmemmap_find(const struct vmemmap *e, uint64_t frame);

#endif
