/* SPDX-License-Identifier: MIT */
/*
 * page_classify: each rule on each generation of kernels.
 */
#include "dumper/filter/page_class.h"

#include "tests/unit/fake/fakepage.h"
#include "tests/unit/fake/pagelayout.h"
#include "tests/unit/test.h"

#define ORDER 9
#define N     (1u << ORDER)

static uint8_t pages[N * FAKE_PAGE];

/* The class at a level, and its order. */
static void expect_at(int line, enum fake_kernel k, const struct page_layout *l, unsigned level,
		      uint64_t pfn, enum page_class want, unsigned order)
{
	unsigned got_order = 99;
	enum page_class got = page_classify(l, level, pages, true, pfn, &got_order);

	/* the order of a kept page is another test's matter */
	if (got == want && (got_order == order || got == PAGE_KEEP))
		return;
	printf("t_page.c:%d: kernel %s, level %u: %s of order %u, not %s of order %u\n", line,
	       fake_kernel_name(k), level, page_class_name(got), got_order, page_class_name(want),
	       order);
	test_failures++;
}

/*
 * The page is left out as want at the levels that have one of the bits, and kept at the others.
 */
static void expect(int line, enum fake_kernel k, unsigned bits, enum page_class want,
		   unsigned order)
{
	struct page_layout l = layout(k);

	for (unsigned level = 0; level <= LEVEL_ALL; level++) {
		bool out = level & bits;

		expect_at(line, k, &l, level, 0, out ? want : PAGE_KEEP, out ? order : 0);
	}
}

#define EXPECT(k, bits, class, order) expect(__LINE__, k, bits, class, order)

TEST(kernel_memory_is_kept)
{
	FOR_EACH_KERNEL(k)
	{
		fake_page(k, pages, 0, 0);
		EXPECT(k, 0, PAGE_KEEP, 0);
		fake_page(k, pages, FAKE_UPTODATE | FAKE_PRIVATE, FAKE_FILE);
		EXPECT(k, 0, PAGE_KEEP, 0);
		fake_typed(k, pages, FAKE_TABLE);
		EXPECT(k, 0, PAGE_KEEP, 0);
		/* never initialised */
		memset(pages, 0xff, FAKE_PAGE);
		EXPECT(k, 0, PAGE_KEEP, 0);
		memset(pages, 0, FAKE_PAGE);
		EXPECT(k, 0, PAGE_KEEP, 0);
	}
}

TEST(cache)
{
	FOR_EACH_KERNEL(k)
	{
		fake_page(k, pages, FAKE_LRU | FAKE_UPTODATE, FAKE_FILE);
		EXPECT(k, LEVEL_CACHE | LEVEL_CACHE_PRIVATE, PAGE_CACHE, 0);
		fake_page(k, pages, FAKE_LRU | FAKE_PRIVATE, FAKE_FILE);
		EXPECT(k, LEVEL_CACHE_PRIVATE, PAGE_CACHE_PRIVATE, 0);
		/* shmem: cache by its LRU */
		fake_page(k, pages, FAKE_LRU | FAKE_SWAPBACKED, FAKE_FILE);
		EXPECT(k, LEVEL_CACHE | LEVEL_CACHE_PRIVATE, PAGE_CACHE, 0);
		/* the bit of swapcache belongs to a file system otherwise */
		fake_page(k, pages, FAKE_SWAPCACHE, FAKE_FILE);
		EXPECT(k, 0, PAGE_KEEP, 0);
		fake_page(k, pages, FAKE_SWAPCACHE | FAKE_SWAPBACKED, FAKE_FILE);
		EXPECT(k, LEVEL_CACHE | LEVEL_CACHE_PRIVATE, PAGE_CACHE, 0);
		/* a large folio of a file */
		fake_page(k, pages, FAKE_LRU, FAKE_FILE);
		fake_compound(k, pages, 4, false);
		EXPECT(k, LEVEL_CACHE | LEVEL_CACHE_PRIVATE, PAGE_CACHE, 4);
	}
}

TEST(user)
{
	FOR_EACH_KERNEL(k)
	{
		fake_page(k, pages, FAKE_LRU | FAKE_SWAPBACKED, FAKE_ANON);
		EXPECT(k, LEVEL_USER, PAGE_USER, 0);
		/* with swap entries it stays user memory */
		fake_page(k, pages, FAKE_LRU | FAKE_SWAPBACKED | FAKE_SWAPCACHE, FAKE_ANON);
		EXPECT(k, LEVEL_USER, PAGE_USER, 0);
		fake_page(k, pages, FAKE_LRU | FAKE_SWAPBACKED, FAKE_ANON);
		fake_compound(k, pages, ORDER, false);
		EXPECT(k, LEVEL_USER, PAGE_USER, ORDER);
	}
}

TEST(hugetlb)
{
	FOR_EACH_KERNEL(k)
	{
		/* in use, of a file, and free in its pool */
		fake_page(k, pages, 0, FAKE_ANON);
		fake_compound(k, pages, ORDER, true);
		EXPECT(k, LEVEL_USER, PAGE_USER, ORDER);
		fake_page(k, pages, 0, FAKE_FILE);
		fake_compound(k, pages, ORDER, true);
		EXPECT(k, LEVEL_USER, PAGE_USER, ORDER);
		fake_page(k, pages, 0, 0);
		fake_compound(k, pages, ORDER, true);
		EXPECT(k, LEVEL_USER, PAGE_USER, ORDER);
		/* of the kernel: not hugetlb */
		fake_page(k, pages, 0, 0);
		fake_compound(k, pages, ORDER, false);
		EXPECT(k, 0, PAGE_KEEP, 0);
	}
}

/* Since 6.2 (130d4df57390) a slab's mapping word may have bit 0 set. */
TEST(slab_is_never_user)
{
	FOR_EACH_KERNEL(k)
	{
		uint64_t odd = FAKE_ANON;

		fake_typed(k, pages, FAKE_SLAB);
		memcpy(pages + 24, &odd, sizeof(odd));
		EXPECT(k, 0, PAGE_KEEP, 0);
	}
}

TEST(free_blocks)
{
	FOR_EACH_KERNEL(k)
	{
		for (unsigned order = 0; order < FAKE_ORDERS; order++) {
			fake_free(k, pages, order);
			EXPECT(k, LEVEL_FREE, PAGE_FREE, order);
		}
		/* orders the allocator does not have */
		fake_free(k, pages, FAKE_ORDERS);
		EXPECT(k, 0, PAGE_KEEP, 0);
		fake_typed(k, pages, FAKE_BUDDY);
		fake_private(pages, ~0ull);
		EXPECT(k, 0, PAGE_KEEP, 0);
	}
}

TEST(free_block_not_aligned)
{
	FOR_EACH_KERNEL(k)
	{
		struct page_layout l = layout(k);

		fake_free(k, pages, 3);
		expect_at(__LINE__, k, &l, LEVEL_ALL, 4, PAGE_KEEP, 0);
		expect_at(__LINE__, k, &l, LEVEL_ALL, 8, PAGE_FREE, 3);
	}
}

TEST(offline_and_unaccepted)
{
	FOR_EACH_KERNEL(k)
	{
		struct page_layout l = layout(k);

		fake_typed(k, pages, FAKE_OFFLINE);
		for (unsigned level = 0; level <= LEVEL_ALL; level++)
			expect_at(__LINE__, k, &l, level, 0, PAGE_OFFLINE, 0);
		if (!fake_has_type(k, FAKE_UNACCEPTED))
			continue;
		fake_typed(k, pages, FAKE_UNACCEPTED);
		EXPECT(k, LEVEL_FREE, PAGE_FREE, FAKE_ORDERS - 1);
		/* not where the largest block would begin */
		expect_at(__LINE__, k, &l, LEVEL_FREE, 512, PAGE_FREE, 0);
	}
}

TEST(hwpoison_at_every_level)
{
	FOR_EACH_KERNEL(k)
	{
		struct page_layout l = layout(k);

		fake_page(k, pages, FAKE_HWPOISON, 0);
		for (unsigned level = 0; level <= LEVEL_ALL; level++)
			expect_at(__LINE__, k, &l, level, 0, PAGE_HWPOISON, 0);
		/* a broken tail of a huge page whose head does not know */
		fake_page(k, pages, FAKE_HWPOISON, 0);
		pages[8] |= 1;
		for (unsigned level = 0; level <= LEVEL_ALL; level++)
			expect_at(__LINE__, k, &l, level, 1, PAGE_HWPOISON, 0);
		/* user memory first */
		fake_page(k, pages, FAKE_HWPOISON | FAKE_LRU | FAKE_SWAPBACKED, FAKE_ANON);
		expect_at(__LINE__, k, &l, LEVEL_USER, 0, PAGE_USER, 0);
		expect_at(__LINE__, k, &l, LEVEL_FREE, 0, PAGE_HWPOISON, 0);
	}
}

/*
 * memory_failure() marks the head of a hugetlb page alone, whichever of its pages is broken
 * (folio_set_hugetlb_hwpoison(), 5.19; before, me_huge_page()): none of them may be read.
 */
TEST(hwpoison_of_hugetlb)
{
	FOR_EACH_KERNEL(k)
	{
		struct page_layout l = layout(k);

		fake_page(k, pages, FAKE_HWPOISON, FAKE_ANON);
		fake_compound(k, pages, ORDER, true);
		for (unsigned level = 0; level <= LEVEL_ALL; level++)
			expect_at(__LINE__, k, &l, level, N,
				  level & LEVEL_USER ? PAGE_USER : PAGE_HWPOISON, ORDER);
		/* of others each page has a mark of its own */
		fake_page(k, pages, FAKE_HWPOISON, FAKE_ANON);
		fake_compound(k, pages, ORDER, false);
		expect_at(__LINE__, k, &l, 0, N, PAGE_HWPOISON, 0);
	}
}

/* CONFIG_HUGETLBFS=n: huge pages of processes and files are there all the same. */
TEST(kernels_without_hugetlb)
{
	FOR_EACH_KERNEL(k)
	{
		struct page_layout l = layout_without_hugetlb(k);

		fake_page(k, pages, FAKE_LRU | FAKE_SWAPBACKED, FAKE_ANON);
		fake_compound(k, pages, ORDER, false);
		expect_at(__LINE__, k, &l, LEVEL_USER, N, PAGE_USER, ORDER);
		fake_page(k, pages, FAKE_LRU, FAKE_FILE);
		fake_compound(k, pages, 4, false);
		expect_at(__LINE__, k, &l, LEVEL_CACHE, N, PAGE_CACHE, 4);
		fake_page(k, pages, 0, 0);
		fake_compound(k, pages, ORDER, false);
		expect_at(__LINE__, k, &l, LEVEL_ALL, N, PAGE_KEEP, 0);
		fake_typed(k, pages, FAKE_OFFLINE);
		expect_at(__LINE__, k, &l, 0, 0, PAGE_OFFLINE, 0);
		fake_typed(k, pages, FAKE_TABLE);
		expect_at(__LINE__, k, &l, LEVEL_ALL, 0, PAGE_KEEP, 0);
	}
}

TEST(tails_share_the_fate_of_their_head)
{
	FOR_EACH_KERNEL(k)
	{
		fake_page(k, pages, FAKE_LRU, FAKE_ANON);
		pages[8] |= 1;
		EXPECT(k, 0, PAGE_KEEP, 0);
	}
}

/* The HugeTLB vmemmap optimisation maps struct pages of tails to the head's: fake heads. */
TEST(orders_must_fit_their_frame)
{
	FOR_EACH_KERNEL(k)
	{
		struct page_layout l = layout(k);

		fake_page(k, pages, 0, FAKE_ANON);
		fake_compound(k, pages, ORDER, true);
		expect_at(__LINE__, k, &l, LEVEL_USER, 64, PAGE_USER, 0);
		expect_at(__LINE__, k, &l, LEVEL_USER, 1024, PAGE_USER, ORDER);
	}
}

/* No kernel has compound pages beyond a few GiB; pfn 0 is aligned to anything. */
TEST(absurd_orders_are_not_believed)
{
	FOR_EACH_KERNEL(k)
	{
		struct page_layout l = layout(k);

		fake_page(k, pages, FAKE_LRU, FAKE_FILE);
		fake_compound(k, pages, 2, false);
		pages[FAKE_PAGE + (k <= FAKE_6_4 ? 17 : 0)] = 51;
		expect_at(__LINE__, k, &l, LEVEL_ALL, 0, PAGE_CACHE, 0);
		pages[FAKE_PAGE + (k <= FAKE_6_4 ? 17 : 0)] = 255;
		expect_at(__LINE__, k, &l, LEVEL_ALL, 0, PAGE_CACHE, 0);
		/* 1 GiB of hugetlb is */
		pages[FAKE_PAGE + (k <= FAKE_6_4 ? 17 : 0)] = 18;
		expect_at(__LINE__, k, &l, LEVEL_ALL, 1 << 18, PAGE_CACHE, 18);
	}
}

TEST(head_without_a_second_page)
{
	FOR_EACH_KERNEL(k)
	{
		struct page_layout l = layout(k);
		uint8_t *last = malloc(FAKE_PAGE);
		unsigned order;

		fake_page(k, last, FAKE_LRU | FAKE_HEAD, FAKE_ANON);
		CHECK_EQ(page_classify(&l, LEVEL_ALL, last, false, 32767, &order), PAGE_USER);
		CHECK_EQ(order, 0);
		fake_page(k, last, FAKE_HEAD, 0);
		CHECK_EQ(page_classify(&l, LEVEL_ALL, last, false, 32767, &order), PAGE_KEEP);
		free(last);
	}
}

/* Broken memory is not read, whoever used it. */
TEST(broken_slab)
{
	FOR_EACH_KERNEL(k)
	{
		struct page_layout l = layout(k);
		uint8_t flags[FAKE_PAGE];

		fake_page(k, flags, FAKE_HWPOISON, 0);
		fake_typed(k, pages, FAKE_SLAB);
		for (int i = 0; i < 8; i++)
			pages[i] |= flags[i];
		for (unsigned level = 0; level <= LEVEL_ALL; level++)
			expect_at(__LINE__, k, &l, level, 0, PAGE_HWPOISON, 0);
	}
}

/* A type that no key names belongs to somebody. */
TEST(other_types_are_kept)
{
	FOR_EACH_KERNEL(k)
	{
		struct page_layout l = layout(k);

		fake_typed(k, pages, FAKE_TABLE);
		expect_at(__LINE__, k, &l, LEVEL_ALL, 0, PAGE_KEEP, 0);
	}
}

static void scan_is(int line, enum fake_kernel k, unsigned level, unsigned i, unsigned from,
		    uint64_t to, enum page_class class)
{
	struct page_layout l = layout(k);
	struct page_run run = { 0 };
	bool found = page_scan(&l, level, pages, 0, N, i, N, &run);

	if (class == PAGE_KEEP ? !found
			       : found && run.from == from && run.to == to && run.class == class)
		return;
	printf("t_page.c:%d: kernel %s: %s [%u, %u)\n", line, fake_kernel_name(k),
	       found ? page_class_name(run.class) : "nothing", run.from, (unsigned)run.to);
	test_failures++;
}

#define SCAN(k, level, i, from, to, class) scan_is(__LINE__, k, level, i, from, to, class)

TEST(runs_of_one_class)
{
	FOR_EACH_KERNEL(k)
	{
		for (unsigned i = 0; i < N; i++)
			fake_page(k, pages + i * FAKE_PAGE, 0, 0);
		SCAN(k, LEVEL_ALL, 0, 0, 0, PAGE_KEEP);
		fake_page(k, pages + 3 * FAKE_PAGE, FAKE_LRU, FAKE_ANON);
		fake_page(k, pages + 4 * FAKE_PAGE, FAKE_LRU, FAKE_ANON);
		fake_compound(k, pages + 4 * FAKE_PAGE, 2, false);
		fake_page(k, pages + 8 * FAKE_PAGE, FAKE_LRU, FAKE_FILE);
		fake_free(k, pages + 16 * FAKE_PAGE, 4);
		fake_free(k, pages + 32 * FAKE_PAGE, 5);
		fake_free(k, pages + 256 * FAKE_PAGE, 10);
		SCAN(k, LEVEL_ALL, 0, 3, 8, PAGE_USER);
		SCAN(k, LEVEL_ALL, 8, 8, 9, PAGE_CACHE);
		SCAN(k, LEVEL_ALL, 9, 16, 64, PAGE_FREE);
		SCAN(k, LEVEL_FREE, 0, 16, 64, PAGE_FREE);
		/* 256 is no frame for an order of 10 */
		SCAN(k, LEVEL_ALL, 64, 0, 0, PAGE_KEEP);
		SCAN(k, LEVEL_CACHE, 0, 8, 9, PAGE_CACHE);
		fake_free(k, pages, 10);
		SCAN(k, LEVEL_ALL, 0, 0, 1024, PAGE_FREE);
	}
}

/* One of many kinds of pages at i; returns how many it is. */
static unsigned any_page(enum fake_kernel k, unsigned i, unsigned kind)
{
	static const unsigned flags[] = { 0,
					  FAKE_LRU,
					  FAKE_LRU | FAKE_PRIVATE,
					  FAKE_PRIVATE,
					  FAKE_LRU | FAKE_SWAPBACKED,
					  FAKE_SWAPCACHE | FAKE_SWAPBACKED,
					  FAKE_SWAPCACHE,
					  FAKE_LRU | FAKE_HWPOISON,
					  FAKE_LRU | FAKE_UPTODATE,
					  FAKE_HEAD };
	uint8_t *p = pages + i * FAKE_PAGE;

	fake_page(k, p, flags[kind % 10], kind & 16 ? FAKE_ANON : kind & 32 ? FAKE_FILE : 0);
	p[48] = kind & 64 ? 3 : p[48]; /* mapped by some */
	if (kind % 16 == 11)
		fake_typed(k, p, kind & 16 ? FAKE_TABLE : FAKE_SLAB);
	if (kind % 16 == 12)
		fake_free(k, p, 0);
	if (kind % 16 == 13)
		memset(p, 0xff, FAKE_PAGE);
	if (kind % 16 == 14)
		p[8] |= 1;
	if (kind % 16 != 15 || i % 4)
		return 1;
	fake_compound(k, p, 2, kind & 128);
	return 4;
}

/* Whatever stands beside each other, a run is what its pages are one by one. */
TEST(runs_are_their_pages)
{
	uint32_t x = 1;

	for (unsigned round = 0; round < 4000; round++) {
		enum fake_kernel k = round % FAKE_KERNELS;
		struct page_layout l = layout(k);
		struct page_run run = { 0 };
		enum page_class c, want;
		unsigned order, i, kind = 0, level = round & LEVEL_ALL;

		for (i = 0; i < 64; i += any_page(k, i, kind)) {
			x = x * 1664525 + 1013904223;
			kind = x >> 30 ? kind : x >> 8;
		}
		for (i = 0; i < 64; i += c == PAGE_KEEP ? 1 : 1u << order) {
			c = page_classify(&l, level, pages + i * FAKE_PAGE, i < 63, i, &order);
			if (run.to <= i && !page_scan(&l, level, pages, 0, 64, i, 64, &run))
				run = (struct page_run){ .from = 64, .to = 64 };
			want = i < run.from ? PAGE_KEEP : run.class;
			if (c == want)
				continue;
			printf("t_page.c: kernel %s, round %u: page %u is %s, in [%u, %u) of %s\n",
			       fake_kernel_name(k), round, i, page_class_name(c), run.from,
			       (unsigned)run.to, page_class_name(run.class));
			test_failures++;
			return;
		}
	}
}

/* Behind a kept head its pages are skipped, all but a broken one; a wrong order hides nothing. */
TEST(kept_compounds_are_skipped)
{
	FOR_EACH_KERNEL(k)
	{
		for (unsigned i = 0; i < N; i++)
			fake_page(k, pages + i * FAKE_PAGE, 0, 0);
		fake_compound(k, pages + 16 * FAKE_PAGE, 4, false);
		fake_page(k, pages + 32 * FAKE_PAGE, FAKE_LRU, FAKE_FILE);
		SCAN(k, LEVEL_ALL, 0, 32, 33, PAGE_CACHE);
		/* a tail's flags say nothing but this */
		fake_page(k, pages + 21 * FAKE_PAGE, FAKE_LRU | FAKE_HWPOISON, FAKE_FILE);
		pages[21 * FAKE_PAGE + 8] |= 1;
		SCAN(k, LEVEL_ALL, 0, 21, 22, PAGE_HWPOISON);
		SCAN(k, LEVEL_ALL, 22, 32, 33, PAGE_CACHE);
		/* the order claims pages that are not its tails */
		fake_page(k, pages + 31 * FAKE_PAGE, FAKE_LRU, FAKE_FILE);
		SCAN(k, LEVEL_ALL, 22, 31, 33, PAGE_CACHE);
		fake_page(k, pages + 21 * FAKE_PAGE, FAKE_LRU, FAKE_FILE);
		SCAN(k, LEVEL_ALL, 16, 21, 22, PAGE_CACHE);
	}
}

/* Without CONFIG_MEMORY_FAILURE the bit means something else. */
TEST(no_hwpoison_in_this_kernel)
{
	FOR_EACH_KERNEL(k)
	{
		struct page_layout l = layout_without(k, "PG_hwpoison");

		fake_page(k, pages, FAKE_HWPOISON, 0);
		expect_at(__LINE__, k, &l, LEVEL_ALL, 0, PAGE_KEEP, 0);
	}
}

TEST(names)
{
	for (int c = 0; c < PAGE_CLASSES; c++)
		CHECK(strcmp(page_class_name((enum page_class)c), "?"));
	CHECK_STR(page_class_name(PAGE_CLASSES), "?");
}

/* Doubt is counted, and only that. */
TEST(doubt_is_counted)
{
	struct page_run run;

	FOR_EACH_KERNEL(k)
	{
		struct page_layout l = layout(k);

		for (unsigned i = 0; i < 16; i++)
			fake_page(k, pages + i * FAKE_PAGE, 0, 0);
		CHECK(!page_scan(&l, 31, pages, 0, 16, 0, 16, &run));
		CHECK_EQ(run.doubt, 0);
		/* never initialised; a free block of an order that its frame does not allow */
		memset(pages + 3 * FAKE_PAGE, 0xff, FAKE_PAGE);
		fake_free(k, pages + 5 * FAKE_PAGE, 2);
		CHECK(!page_scan(&l, 31, pages, 0, 16, 0, 16, &run));
		CHECK_EQ(run.doubt, 2);
		fake_free(k, pages + 8 * FAKE_PAGE, 3);
		CHECK(page_scan(&l, 31, pages, 0, 16, 0, 16, &run));
		CHECK_EQ(run.doubt, 2);
		CHECK_EQ(run.from, 8);
		CHECK_EQ(run.to, 16);
	}
}

/* What contradicts itself is found, on every kernel, and what does not is not. */
TEST(torn_blocks)
{
	struct page_run run;

	FOR_EACH_KERNEL(k)
	{
		struct page_layout l = layout(k);

		for (unsigned i = 0; i < 16; i++)
			fake_page(k, pages + i * FAKE_PAGE, 0, 0);
		fake_free(k, pages + 4 * FAKE_PAGE, 2);
		fake_page(k, pages + 8 * FAKE_PAGE, FAKE_LRU, FAKE_ANON);
		fake_compound(k, pages + 8 * FAKE_PAGE, 3, false);
		CHECK(!page_torn(&l, pages, 0, 16, 0, &run));
		/* a page inside the free block has an owner */
		fake_page(k, pages + 6 * FAKE_PAGE, FAKE_LRU, FAKE_FILE);
		CHECK(page_torn(&l, pages, 0, 16, 0, &run));
		CHECK_EQ(run.from, 4);
		CHECK_EQ(run.to, 8);
		CHECK(!page_torn(&l, pages, 0, 16, 8, &run));
		/* the last of the compound page's is no tail */
		fake_page(k, pages + 15 * FAKE_PAGE, 0, 0);
		CHECK(page_torn(&l, pages, 0, 16, 8, &run));
		CHECK_EQ(run.from, 8);
		CHECK_EQ(run.to, 16);
	}
}
