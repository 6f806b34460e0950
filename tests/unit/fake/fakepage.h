/* SPDX-License-Identifier: MIT */
/*
 * Struct pages of kernels 5.10 to 7.x as a test writes them, and the VMCOREINFO keys by which
 * such a kernel describes them. Each entry of enum fake_kernel stands for a range of releases
 * with one set of keys.
 */
#ifndef TESTS_UNIT_FAKE_FAKEPAGE_H
#define TESTS_UNIT_FAKE_FAKEPAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum fake_kernel {
	FAKE_6_1,  /* to 6.2: compound_order, compound_dtor; slab is a flag */
	FAKE_6_4,  /* 6.3–6.5: folio._folio_order, folio._folio_dtor */
	FAKE_6_7,  /* 6.6–6.8: PG_hugetlb and the order in page[1].flags */
	FAKE_6_9,  /* hugetlb is a page type, slab still a flag */
	FAKE_6_10, /* slab is a page type too */
	FAKE_6_11, /* types are bits of the upper half, the lower one may be used */
	FAKE_6_12, /* types in the top byte */
	FAKE_7_1,  /* compound_info; unaccepted memory */
	FAKE_KERNELS
};

enum fake_flag {
	FAKE_LRU = 1,
	FAKE_PRIVATE = 2,
	FAKE_SWAPCACHE = 4,
	FAKE_SWAPBACKED = 8,
	FAKE_HWPOISON = 16,
	FAKE_HEAD = 32,
	FAKE_UPTODATE = 64, /* a bit that no rule knows */
};

enum fake_type {
	FAKE_BUDDY,
	FAKE_OFFLINE,
	FAKE_HUGETLB,
	FAKE_SLAB,
	FAKE_UNACCEPTED,
	FAKE_TABLE, /* no key names it */
	FAKE_TYPES
};

#define FAKE_PAGE   64			  /* SIZE(page) */
#define FAKE_ORDERS 11			  /* LENGTH(zone.free_area) */
#define FAKE_ANON   0xffff888000abc001ull /* a mapping word: an anon_vma */
#define FAKE_FILE   0xffff888000abc000ull /* an address_space */

/* "6.1" and so on. */
const char *fake_kernel_name(enum fake_kernel k);
/* The keys about struct page: "KEY=value\n"…; returns the length. */
size_t fake_page_keys(enum fake_kernel k, char *buf, size_t size);
/* Does this kernel have that type, as a type? */
bool fake_has_type(enum fake_kernel k, enum fake_type t);

/* An ordinary page: flags (enum fake_flag), mapping word, no type. */
void fake_page(enum fake_kernel k, uint8_t *p, unsigned flags, uint64_t mapping);
/* The same word at page.private, for free blocks. */
void fake_private(uint8_t *p, uint64_t value);
/* A page with a type; on kernels where that is a flag, with the flag. */
void fake_typed(enum fake_kernel k, uint8_t *p, enum fake_type t);
/* A free block of 1 << order pages. */
void fake_free(enum fake_kernel k, uint8_t *p, unsigned order);
/*
 * Makes p, which fake_page has written, the head of a compound page of 1 << order struct pages that
 * follow each other in memory.
 */
void fake_compound(enum fake_kernel k, uint8_t *p, unsigned order, bool hugetlb);

#endif
