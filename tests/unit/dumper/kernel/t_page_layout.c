/* SPDX-License-Identifier: MIT */
/*
 * What missing and broken keys switch off.
 */
#include "dumper/kernel/page_layout.h"

#include "dumper/filter/page_class.h"
#include "tests/unit/fake/pagelayout.h"
#include "tests/unit/test.h"

static uint8_t pages[2 * FAKE_PAGE];

TEST(rules_are_on)
{
	FOR_EACH_KERNEL(k)
	{
		struct page_layout l = layout(k);

		CHECK_EQ(l.rules, LEVEL_ALL);
		CHECK(l.compound == (k <= FAKE_6_4 ? COMPOUND_BYTES : COMPOUND_FLAGS));
	}
}

TEST(missing_keys_switch_rules_off)
{
	static const struct {
		const char *key;
		unsigned off;
	} cases[] = {
		{ "OFFSET(page.flags)", LEVEL_CACHE | LEVEL_CACHE_PRIVATE | LEVEL_USER },
		{ "OFFSET(page.mapping)", LEVEL_CACHE | LEVEL_CACHE_PRIVATE | LEVEL_USER },
		{ "OFFSET(page._mapcount)", LEVEL_FREE },
		{ "OFFSET(page.private)", LEVEL_FREE },
		{ "NUMBER(PG_lru)", LEVEL_CACHE | LEVEL_CACHE_PRIVATE },
		{ "NUMBER(PG_private)", LEVEL_CACHE | LEVEL_CACHE_PRIVATE },
		{ "BUDDY_MAPCOUNT", LEVEL_FREE },
		{ "NUMBER(PG_head_mask)", 0 },
		{ "compound", 0 },
		{ "LENGTH(zone.free_area)", 0 },
	};

	FOR_EACH_KERNEL(k)
	{
		for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
			unsigned off = LEVEL_ALL & ~layout_without(k, cases[i].key).rules,
				 want = cases[i].off;

			/* slab is told by its type there: without the word no more */
			if (k >= FAKE_6_10 && !strcmp(cases[i].key, "OFFSET(page._mapcount)"))
				want |= LEVEL_USER;
			if (off != want)
				printf("%s without %s\n", fake_kernel_name(k), cases[i].key);
			CHECK_EQ(off, want);
		}
		/* slab cannot be told from user memory */
		CHECK_EQ(layout_without(k, k < FAKE_6_10 ? "PG_slab" : "SLAB_MAPCOUNT").rules,
			 LEVEL_ALL & ~LEVEL_USER);
	}
}

TEST(garbage_keys_count_as_missing)
{
	static const char *const bad[] = {
		"SIZE(page)=64\nOFFSET(page.flags)=57\nOFFSET(page.mapping)=24\n",
		"OFFSET(page.flags)=4\n",
		"OFFSET(page.flags)=-8\n",
		"OFFSET(page.flags)=99999999999999999999\n",
		"OFFSET(page.flags)=0\nOFFSET(page.mapping)=24\nNUMBER(PG_lru)=64\n"
		"NUMBER(PG_private)=3\n",
		"OFFSET(page.flags)=0\nOFFSET(page.mapping)=24\nNUMBER(PG_lru)=-1\n"
		"NUMBER(PG_private)=3\n",
		"OFFSET(page._mapcount)=62\nOFFSET(page.private)=0\n"
		"NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-129\n",
		"OFFSET(page._mapcount)=48\nOFFSET(page.private)=0\n"
		"NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-1\n",
		"OFFSET(page._mapcount)=48\nOFFSET(page.private)=0\n"
		"NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=0\n",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct page_layout l = layout_of(bad[i]);
		unsigned order;

		CHECK_EQ(l.rules, LEVEL_ZERO);
		memset(pages, 0x5a, sizeof(pages));
		CHECK_EQ(page_classify(&l, LEVEL_ALL, pages, true, 0, &order), PAGE_KEEP);
	}
	CHECK_EQ(layout_of("LENGTH(zone.free_area)=0\n").orders, 11);
	CHECK_EQ(layout_of("LENGTH(zone.free_area)=4000\n").orders, 11);
}
