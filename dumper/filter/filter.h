/* SPDX-License-Identifier: MIT */
/*
 * Dump level → the kept pages of one unit of memory (at most a section: 128 MiB on x86_64, whose
 * struct pages are one huge page of 2 MiB).
 */
#ifndef DUMPER_FILTER_FILTER_H
#define DUMPER_FILTER_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#include "dumper/filter/live.h"
#include "dumper/filter/page_class.h"
#include "dumper/filter/page_view.h"
#include "dumper/filter/protect.h"
#include "dumper/filter/vmemmap.h"
#include "dumper/kernel/kmem.h"
#include "dumper/kernel/memmap.h"
#include "dumper/read/vmcore.h"

#define FILTER_UNIT_MAX	 32768 /* frames */
#define FILTER_WORDS	 (FILTER_UNIT_MAX / 64)
#define FILTER_MAP_BYTES (2u << 20)  /* struct pages of a unit, at most */
#define FILTER_CHUNK	 (16u << 10) /* of them, read at a time */

/* A range that began in an earlier unit: 1 GiB hugetlb pages cross sections. end 0: none. */
struct filter_carry {
	uint64_t end; /* page frame */
	enum page_class class;
};

/* One owner (thread) each. */
struct filter {
	struct kmem *kmem;
	const struct memmap *memmap;
	const struct protect *protect;
	struct page_layout layout;
	unsigned level;
	unsigned unit_pages;	   /* a power of two, <= FILTER_UNIT_MAX */
	bool whole;		   /* do not look at struct pages at all */
	struct filter_carry carry; /* of filter_next */
	struct vmcore_window window;
	/* The unit's struct pages: in the window as one piece, or chunk by chunk as they are met. */
	const uint8_t *mapped;
	struct live live;    /* or as a copy of a running machine's */
	uint64_t va;	     /* of the first one; 0: there are none */
	unsigned first, end; /* those in chunk */
	bool tried, any;     /* to read some; that was possible */
	uint8_t chunk[FILTER_CHUNK];
	uint64_t protected_bits[FILTER_WORDS];
	const struct vmemmap *vmemmap; /* NULL: struct pages are not excluded */
	struct page_view view;	       /* with vmemmap: of the frames that they describe */
};

struct filter_unit {
	uint64_t pfn;
	unsigned n;			   /* frames looked at */
	uint64_t kept[FILTER_WORDS];	   /* RAM, in the file, not excluded */
	uint64_t pages_ram, pages_present; /* present: with bytes in the file */
	uint64_t pages_absent;		   /* the rest of RAM */
	uint64_t pages[PAGE_CLASSES];	   /* of what the file has */
	uint64_t pages_doubt;		   /* kept, as their struct pages contradict themselves */
	bool unfiltered;		   /* struct pages unreadable: kept whole */
};

/*
 * whole: of level the zero bit alone has an effect. page_buf (a page at least) is borrowed. A
 * memory map that is missing makes whole true by itself.
 */
void filter_init(struct filter *f, struct kmem *k, const struct memmap *m, const struct protect *p,
		 const struct vmcoreinfo *vi, unsigned level, bool whole, uint8_t *page_buf,
		 size_t page_buf_size);
void filter_close(struct filter *f);

/*
 * After filter_init: struct pages whose frames are all excluded are excluded too. vmemmap is
 * borrowed. 0 or -ENOMEM.
 */
int filter_exclude_struct_pages(struct filter *f, const struct vmemmap *vmemmap);

/* First frame of the unit that holds the first RAM at or behind pfn; UINT64_MAX: no more RAM. */
uint64_t filter_find(const struct filter *f, uint64_t pfn);

/*
 * Filters the unit that begins at base (from filter_find) in two steps, so that several threads
 * can each work on a unit of their own. True: the unit may begin inside a range whose head an
 * earlier unit holds, and filter_finish needs what that unit carried over. False: it does not.
 */
bool filter_begin(struct filter *f, uint64_t base, struct filter_unit *ret);
void filter_finish(struct filter *f, struct filter_unit *u, struct filter_carry in,
		   struct filter_carry *ret_out);

/*
 * The next unit at or behind pfn that holds RAM, on one thread: fills *ret. Units must be asked
 * for in ascending order. False: there is no more RAM.
 */
bool filter_next(struct filter *f, uint64_t pfn, struct filter_unit *ret);

#endif
