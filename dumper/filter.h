/* SPDX-License-Identifier: MIT */
/*
 * Dump level → the kept pages of one unit of memory (at most a section: 128 MiB on x86_64, whose
 * struct pages are one huge page of 2 MiB).
 */
#ifndef DUMPER_FILTER_H
#define DUMPER_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#include "dumper/kmem.h"
#include "dumper/memmap.h"
#include "dumper/page.h"
#include "dumper/protect.h"
#include "dumper/vmcore.h"

#define FILTER_UNIT_MAX		32768			/* frames */
#define FILTER_WORDS		(FILTER_UNIT_MAX / 64)
#define FILTER_GATHER_BYTES	(2u << 20)		/* struct pages of a unit */

/* One owner (thread) each. */
struct filter {
	struct kmem *kmem;
	const struct memmap *memmap;
	const struct protect *protect;
	struct page_layout layout;
	unsigned level;
	unsigned unit_pages;		/* a power of two, <= FILTER_UNIT_MAX */
	bool whole;			/* do not look at struct pages at all */
	struct vmcore_window window;
	uint8_t *gather;		/* FILTER_GATHER_BYTES, borrowed */
	/* A range that began in an earlier unit: 1 GiB hugetlb pages cross sections. */
	uint64_t carry_end;
	enum page_class carry_class;
	uint64_t protected_bits[FILTER_WORDS];
};

struct filter_unit {
	uint64_t pfn;
	unsigned n;				/* frames looked at */
	uint64_t kept[FILTER_WORDS];		/* RAM, in the file, not left out */
	uint64_t pages_ram, pages_absent;	/* absent: RAM without bytes in the file */
	uint64_t pages[PAGE_CLASSES];		/* of what the file has */
	bool unfiltered;			/* struct pages unreadable: kept whole */
};

/*
 * whole: level's zero bit alone is meant. gather and the window's buffer (a page at least) are
 * borrowed. A memory map that is missing makes whole true by itself.
 */
void filter_init(struct filter *f, struct kmem *k, const struct memmap *m, const struct protect *p,
		 const struct vmcoreinfo *vi, unsigned level, bool whole, uint8_t *gather,
		 uint8_t *page_buf, size_t page_buf_size);
void filter_close(struct filter *f);

/*
 * The next unit at or behind pfn that holds RAM: fills *ret. Units must be asked for in ascending
 * order. False: there is no more RAM.
 */
bool filter_next(struct filter *f, uint64_t pfn, struct filter_unit *ret);

#endif
