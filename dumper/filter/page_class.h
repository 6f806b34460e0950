/* SPDX-License-Identifier: MIT */
/*
 * struct page → class. What no rule understands is kept.
 */
#ifndef DUMPER_FILTER_PAGE_CLASS_H
#define DUMPER_FILTER_PAGE_CLASS_H

#include <stdbool.h>
#include <stdint.h>

#include "dumper/kernel/page_layout.h"

enum page_class {
	PAGE_KEEP,	    /* kernel memory, or not understood */
	PAGE_FREE,	    /* buddy allocator; level 16 */
	PAGE_CACHE,	    /* page cache without private data; levels 2 and 4 */
	PAGE_CACHE_PRIVATE, /* page cache with private data; level 4 */
	PAGE_USER,	    /* anonymous and hugetlb; level 8 */
	PAGE_HWPOISON,	    /* broken memory; excluded at every level */
	PAGE_OFFLINE,	    /* balloon, offline, hot-plug reserve; excluded at every level */
	PAGE_STRUCT, /* struct pages of excluded frames; excluded by an option (page_view.h) */
	PAGE_CLASSES
};

/*
 * 16 GiB in pages of 4 KiB: more than any huge page. Every order fits frame 0, so that a broken
 * one could hide all memory.
 */
#define PAGE_MAX_ORDER 22

/*
 * The class of the page whose struct page is at p, as far as level excludes it: a page that level
 * keeps is PAGE_KEEP. has_next: the struct page behind p may be read. *ret_order: the verdict
 * counts for the 1 << order frames from pfn on; with PAGE_KEEP these are the pages of a compound
 * page, of which one may still be broken.
 */
enum page_class page_classify(const struct page_layout *l, unsigned level, const uint8_t *p,
			      bool has_next, uint64_t pfn, unsigned *ret_order);

/* Pages [from, to) are of one excluded class; to may lie behind the pages that were looked at. */
struct page_run {
	unsigned from;
	uint64_t to;
	enum page_class class;
	unsigned doubt; /* kept pages in front of it whose struct pages make no sense */
};

/*
 * The first run in [i, end), where pages has n >= end struct pages and the first of them is pfn's.
 * Free blocks and compound pages are decided at their head, and their other struct pages read only
 * for PG_hwpoison. False: all of [i, end) is kept; ret->doubt is good all the same.
 */
bool page_scan(const struct page_layout *l, unsigned level, const uint8_t *pages, uint64_t pfn,
	       unsigned n, unsigned i, unsigned end, struct page_run *ret);

/*
 * For struct pages that were read while their machine ran: the first block from the i-th of n on
 * that contradicts itself, as [from, to) of *ret. The tails of a free block are idle, and those of
 * a compound page are tails. False: there is none.
 */
bool page_torn(const struct page_layout *l, const uint8_t *pages, uint64_t pfn, unsigned n,
	       unsigned i, struct page_run *ret);

/*
 * Could the page at p belong to a compound page whose head lies before it? True for tails, and
 * for heads: with the HugeTLB vmemmap optimisation (up to 7.0) a tail at the beginning of a page
 * of struct pages looks like one.
 */
bool page_may_continue(const struct page_layout *l, const uint8_t *p);

const char *page_class_name(enum page_class c);

#endif
