/* SPDX-License-Identifier: MIT */
/*
 * The rules of filtering on struct pages anywhere in memory, beside the filter's own
 * walk: for the pages that hold struct pages, and for the self-check.
 */
#ifndef DUMPER_FILTER_PAGE_VIEW_H
#define DUMPER_FILTER_PAGE_VIEW_H

#include "dumper/filter/page_class.h"
#include "dumper/filter/protect.h"
#include "dumper/filter/vmemmap.h"
#include "dumper/kernel/kmem.h"
#include "dumper/kernel/memmap.h"
#include "dumper/read/vmcore.h"

#define PAGE_VIEW_MAX	32768u /* frames at a time */
#define PAGE_VIEW_WORDS (PAGE_VIEW_MAX / 64)
#define PAGE_VIEW_CHUNK (16u << 10) /* struct pages read at a time */

/* One owner (thread) each. */
struct page_view {
	struct kmem *kmem;
	const struct memmap *memmap;
	const struct page_layout *layout;
	const struct protect *protect; /* may be NULL */
	struct vmcore_window window;
	uint8_t *page;		 /* the window's buffer; NULL: not open */
	struct page_view *inner; /* for struct pages of struct pages; NULL: none */
	/* The struct pages looked at: as one piece, or chunk by chunk as they are met. */
	uint64_t pa;
	const uint8_t *mapped;
	unsigned n, first, end; /* of them; those in chunk */
	uint8_t chunk[PAGE_VIEW_CHUNK];
	/* The last run, for the frames behind those looked at; next: the first of them. */
	struct {
		uint64_t end, next;
		enum page_class class;
		bool out;
	} last;
	bool guarded;
	uint64_t kept[PAGE_VIEW_WORDS]; /* of the frames: in the file and not excluded */
	uint64_t pages[PAGE_CLASSES];	/* excluded */
	uint64_t guard[PAGE_VIEW_WORDS], ram[PAGE_VIEW_WORDS];
};

/*
 * Everything is borrowed. structs: for page_view_structs. 0 or -ENOMEM; to be closed in both
 * cases.
 */
int page_view_open(struct page_view *v, struct kmem *k, const struct memmap *m,
		   const struct page_layout *l, const struct protect *p, bool structs);
void page_view_close(struct page_view *v);

/*
 * Classifies n <= PAGE_VIEW_MAX frames from pfn on, by their struct pages in the memory map: kept
 * and pages of *v. A range that begins before pfn is found by itself. A run of pages that holds a
 * protected frame is kept whole; so is what cannot be read. A head whose second struct page is not
 * among them counts as one page: let pfn + n be even. Returns for how many of the frames, as their
 * struct pages need not follow each other; 0: there is no map for pfn.
 */
unsigned page_view_frames(struct page_view *v, unsigned level, uint64_t pfn, unsigned n);

/*
 * For the n frames from pfn: clears in kept those whose struct pages all describe frames that are
 * excluded or are no RAM. guard: bits of protected frames, may be NULL. Returns how many.
 * A struct page that is excluded makes its frame an excluded one, but for its own struct page.
 */
uint64_t page_view_structs(struct page_view *v, const struct vmemmap *e, unsigned level,
			   uint64_t pfn, unsigned n, const uint64_t *guard, uint64_t *kept);

#endif
