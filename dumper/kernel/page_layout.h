/* SPDX-License-Identifier: MIT */
/*
 * Where a kernel's struct page has what the rules of filtering ask for. The layout comes from
 * VMCOREINFO by presence of the key, never from a release number; a key that is missing switches off
 * the rules that need it.
 */
#ifndef DUMPER_KERNEL_PAGE_LAYOUT_H
#define DUMPER_KERNEL_PAGE_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "dumper/kernel/vmcoreinfo.h"

/* Bits of the dump level, as makedumpfile's -d. */
enum {
	LEVEL_ZERO = 1,
	LEVEL_CACHE = 2,
	LEVEL_CACHE_PRIVATE = 4,
	LEVEL_USER = 8,
	LEVEL_FREE = 16,
	LEVEL_ALL = 31,
};

/* How a kernel says that a compound head is hugetlb, and its order. */
enum page_compound {
	COMPOUND_NONE,	/* not known: heads count as single pages */
	COMPOUND_BYTES, /* ≤ 6.5: bytes dtor and order at offsets from the head */
	COMPOUND_FLAGS, /* ≥ 6.6 (ebc1baf5c9b4): order in the low byte of page[1].flags */
};

struct page_layout {
	uint32_t bytes;	    /* SIZE(page) */
	uint32_t map_bytes; /* of a page of the memory map: PAGESIZE */
	uint32_t off_flags, off_mapping, off_mapcount, off_private, off_compound, off_refcount;
	uint64_t lru, private, swapcache, swapbacked, slab, hwpoison; /* masks; 0: not known */
	uint64_t head;						      /* mask */
	uint64_t telling; /* all of these; 0: a name is missing without which pages differ */
	bool has_mapping, has_mapcount, has_private, has_compound, has_refcount;
	enum page_compound compound;
	uint32_t off_order, off_dtor; /* COMPOUND_BYTES */
	uint8_t hugetlb_dtor;	      /* 0: the kernel has no hugetlb */
	uint64_t hugetlb_flag;	      /* 6.6–6.8: PG_hugetlb in page[1].flags */
	/* page types: the word at _mapcount, compared under mask */
	struct page_type {
		uint32_t value, mask; /* mask 0: not known */
	} buddy, offline, unaccepted, hugetlb, slab_type;
	unsigned orders; /* LENGTH(zone.free_area) */
	unsigned rules;	 /* level bits whose rules can be applied */
};

/*
 * Takes the layout from the names. Always usable afterwards; ret->rules says which bits of a level
 * have an effect.
 */
void page_layout_init(struct page_layout *ret, uint32_t page_bytes, const struct vmcoreinfo *vi);

#endif
