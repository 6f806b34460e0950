/* SPDX-License-Identifier: MIT */
/*
 * Free pages that wait on the list of a CPU. No name says where these lists are, but the pages'
 * own words do: nobody holds them, nothing uses them, and they are on a list.
 */
#ifndef DUMPER_FILTER_PCP_LIST_H
#define DUMPER_FILTER_PCP_LIST_H

#include <stdbool.h>
#include <stdint.h>

#include "dumper/filter/page_class.h"
#include "dumper/kernel/kmem.h"
#include "dumper/kernel/memmap.h"

/*
 * Is the page of a frame that page_classify calls PAGE_PCP_FREE really on a list, by both of its
 * neighbours? A tail of a block that is not compound looks the same and is on none.
 */
bool pcp_list_listed(struct kmem *k, const struct memmap *m, const struct page_layout *l,
		      uint64_t pfn);

/*
 * Clears the bits of those frames of run that are, where run counts from pfn and ends by bit n.
 * guard as for bits_clear. Returns how many.
 */
uint64_t pcp_list_out(struct kmem *k, const struct memmap *m, const struct page_layout *l,
		       uint64_t pfn, const struct page_run *run, unsigned n, const uint64_t *guard,
		       uint64_t *bits);

#endif
