/* SPDX-License-Identifier: MIT */
/*
 * Numbers as Debian's kernels export them, between those by the kernel's history.
 */
#include "tests/unit/fake/fakepage.h"

#include <stdio.h>
#include <string.h>

/* One layout for all: the fields did not move between 5.10 and 7.2. */
enum {
	OFF_FLAGS = 0,
	OFF_COMPOUND = 8,
	OFF_DTOR = 16,
	OFF_ORDER = 17,
	OFF_MAPPING = 24,
	OFF_PRIVATE = 40,
	OFF_MAPCOUNT = 48
};

#define NO_TYPE	     0xffffffffu
#define HUGETLB_DTOR 2

static const struct keys {
	const char *name;
	uint8_t lru, private, swapcache, swapbacked, slab, hwpoison; /* bits; 0: none */
	uint8_t hugetlb;					     /* bit in page[1].flags */
	uint32_t head;						     /* mask */
	int32_t type[FAKE_TYPES];				     /* 0: not a type */
	const char *compound;					     /* keys, without hugetlb's */
} kernels[FAKE_KERNELS] = {
	[FAKE_6_1] = { "6.1",
		       4,
		       13,
		       10,
		       19,
		       9,
		       22,
		       0,
		       65536,
		       { [FAKE_BUDDY] = -129, [FAKE_OFFLINE] = -257, [FAKE_TABLE] = -513 },
		       "OFFSET(page.compound_dtor)=16\nOFFSET(page.compound_order)=17\n"
		       "OFFSET(page.compound_head)=8\n"
		       "NUMBER(HUGETLB_PAGE_DTOR)=2\n" },
	[FAKE_6_4] = { "6.4",
		       5,
		       14,
		       11,
		       18,
		       9,
		       21,
		       0,
		       65536,
		       { [FAKE_BUDDY] = -129, [FAKE_OFFLINE] = -257, [FAKE_TABLE] = -513 },
		       "OFFSET(folio._folio_dtor)=80\nOFFSET(folio._folio_order)=81\n"
		       "OFFSET(page.compound_head)=8\n"
		       "NUMBER(HUGETLB_PAGE_DTOR)=2\n" },
	[FAKE_6_7] = { "6.7",
		       5,
		       14,
		       11,
		       18,
		       9,
		       21,
		       8,
		       65536,
		       { [FAKE_BUDDY] = -129, [FAKE_OFFLINE] = -257, [FAKE_TABLE] = -513 },
		       "OFFSET(page.compound_head)=8\nNUMBER(PG_hugetlb)=8\n" },
	[FAKE_6_9] = { "6.9",
		       5,
		       14,
		       11,
		       18,
		       9,
		       21,
		       0,
		       64,
		       { [FAKE_BUDDY] = -129,
			 [FAKE_OFFLINE] = -257,
			 [FAKE_TABLE] = -513,
			 [FAKE_HUGETLB] = -2049 },
		       "OFFSET(page.compound_head)=8\n" },
	[FAKE_6_10] = { "6.10",
			5,
			14,
			10,
			17,
			0,
			20,
			0,
			64,
			{ [FAKE_BUDDY] = -129,
			  [FAKE_OFFLINE] = -257,
			  [FAKE_TABLE] = -513,
			  [FAKE_HUGETLB] = -2049,
			  [FAKE_SLAB] = -4097 },
			"OFFSET(page.compound_head)=8\n" },
	[FAKE_6_11] = { "6.11",
			5,
			14,
			10,
			17,
			0,
			20,
			0,
			64,
			{ [FAKE_BUDDY] = ~0x40000000,
			  [FAKE_OFFLINE] = ~0x20000000,
			  [FAKE_TABLE] = ~0x10000000,
			  [FAKE_HUGETLB] = ~0x04000000,
			  [FAKE_SLAB] = ~0x02000000 },
			"OFFSET(page.compound_head)=8\n" },
	[FAKE_6_12] = { "6.12",
			5,
			14,
			10,
			17,
			0,
			20,
			0,
			64,
			{ [FAKE_BUDDY] = -268435456,
			  [FAKE_OFFLINE] = -251658240,
			  [FAKE_TABLE] = -234881024,
			  [FAKE_HUGETLB] = -201326592,
			  [FAKE_SLAB] = -184549376 },
			"OFFSET(page.compound_head)=8\n" },
	[FAKE_7_1] = { "7.1",
		       5,
		       14,
		       10,
		       17,
		       0,
		       21,
		       0,
		       64,
		       { [FAKE_BUDDY] = -268435456,
			 [FAKE_OFFLINE] = -251658240,
			 [FAKE_TABLE] = -234881024,
			 [FAKE_HUGETLB] = -201326592,
			 [FAKE_SLAB] = -184549376,
			 [FAKE_UNACCEPTED] = -150994944 },
		       "OFFSET(page.compound_info)=8\n" },
};

static const char *const type_keys[FAKE_TYPES] = {
	[FAKE_BUDDY] = "BUDDY", [FAKE_OFFLINE] = "OFFLINE",	  [FAKE_HUGETLB] = "HUGETLB",
	[FAKE_SLAB] = "SLAB",	[FAKE_UNACCEPTED] = "UNACCEPTED",
};

const char *fake_kernel_name(enum fake_kernel k)
{
	return kernels[k].name;
}

bool fake_has_type(enum fake_kernel k, enum fake_type t)
{
	return kernels[k].type[t];
}

size_t fake_page_keys(enum fake_kernel k, char *buf, size_t size)
{
	const struct keys *n = &kernels[k];
	size_t len;

	len = (size_t)snprintf(
		buf, size,
		"SIZE(page)=%d\nOFFSET(page.flags)=%d\nOFFSET(page._refcount)=52\n"
		"OFFSET(page.mapping)=%d\n"
		"OFFSET(page.lru)=8\nOFFSET(page._mapcount)=%d\nOFFSET(page.private)=%d\n"
		"LENGTH(zone.free_area)=%d\nNUMBER(PG_lru)=%u\nNUMBER(PG_private)=%u\n"
		"NUMBER(PG_swapcache)=%u\nNUMBER(PG_swapbacked)=%u\nNUMBER(PG_hwpoison)=%u\n"
		"NUMBER(PG_head_mask)=%u\n%s",
		FAKE_PAGE, OFF_FLAGS, OFF_MAPPING, OFF_MAPCOUNT, OFF_PRIVATE, FAKE_ORDERS, n->lru,
		n->private, n->swapcache, n->swapbacked, n->hwpoison, n->head, n->compound);
	if (n->slab)
		len += (size_t)snprintf(buf + len, size - len, "NUMBER(PG_slab)=%u\n", n->slab);
	for (int t = 0; t < FAKE_TYPES; t++) {
		if (type_keys[t] && n->type[t])
			len += (size_t)snprintf(buf + len, size - len,
						"NUMBER(PAGE_%s_MAPCOUNT_VALUE)=%d\n", type_keys[t],
						n->type[t]);
	}
	return len;
}

static void put32(uint8_t *p, size_t off, uint32_t v)
{
	memcpy(p + off, &v, sizeof(v));
}

static void put64(uint8_t *p, size_t off, uint64_t v)
{
	memcpy(p + off, &v, sizeof(v));
}

static uint64_t take64(const uint8_t *p, size_t off)
{
	uint64_t v;

	memcpy(&v, p + off, sizeof(v));
	return v;
}

void fake_page(enum fake_kernel k, uint8_t *p, unsigned flags, uint64_t mapping)
{
	const struct keys *n = &kernels[k];
	uint64_t word = 0x17ull << 52; /* node, zone */

	word |= flags & FAKE_LRU ? 1ull << n->lru : 0;
	word |= flags & FAKE_PRIVATE ? 1ull << n->private : 0;
	word |= flags & FAKE_SWAPCACHE ? 1ull << n->swapcache : 0;
	word |= flags & FAKE_SWAPBACKED ? 1ull << n->swapbacked : 0;
	word |= flags & FAKE_HWPOISON ? 1ull << n->hwpoison : 0;
	word |= flags & FAKE_HEAD ? n->head : 0;
	word |= flags & FAKE_UPTODATE ? 4 : 0;
	memset(p, 0, FAKE_PAGE);
	put64(p, OFF_FLAGS, word);
	put64(p, OFF_COMPOUND, 0xffffea0000000040ull); /* lru.next */
	put64(p, OFF_MAPPING, mapping);
	put32(p, OFF_MAPCOUNT, NO_TYPE);
}

void fake_private(uint8_t *p, uint64_t value)
{
	put64(p, OFF_PRIVATE, value);
}

void fake_typed(enum fake_kernel k, uint8_t *p, enum fake_type t)
{
	const struct keys *n = &kernels[k];
	uint32_t word = (uint32_t)n->type[t];

	fake_page(k, p, 0, 0);
	if (t == FAKE_SLAB && n->slab) {
		put64(p, OFF_FLAGS, take64(p, OFF_FLAGS) | 1ull << n->slab);
		return;
	}
	/* the owner of a typed page may use the word's low bits since 6.12 */
	if (!(word & 0xffffff))
		word |= 0x1234;
	put32(p, OFF_MAPCOUNT, word);
}

void fake_free(enum fake_kernel k, uint8_t *p, unsigned order)
{
	fake_typed(k, p, FAKE_BUDDY);
	fake_private(p, order);
}

void fake_compound(enum fake_kernel k, uint8_t *p, unsigned order, bool hugetlb)
{
	const struct keys *n = &kernels[k];
	uint8_t *second = p + FAKE_PAGE;

	put64(p, OFF_FLAGS, take64(p, OFF_FLAGS) | n->head);
	for (uint64_t i = 1; i < 1ull << order; i++) {
		fake_page(k, p + i * FAKE_PAGE, 0, 0);
		put64(p + i * FAKE_PAGE, OFF_COMPOUND,
		      k == FAKE_7_1 ? ~((1ull << order) * FAKE_PAGE - 1) | 1 : (uintptr_t)p | 1);
	}
	if (k <= FAKE_6_4) {
		second[OFF_ORDER] = (uint8_t)order;
		second[OFF_DTOR] = hugetlb ? HUGETLB_DTOR : 1;
		return;
	}
	put64(second, OFF_FLAGS,
	      (take64(second, OFF_FLAGS) & ~0xffull) | order |
		      (hugetlb && n->hugetlb ? 1ull << n->hugetlb : 0));
	if (hugetlb && n->type[FAKE_HUGETLB])
		put32(p, OFF_MAPCOUNT, (uint32_t)n->type[FAKE_HUGETLB]);
}
