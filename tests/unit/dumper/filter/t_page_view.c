/* SPDX-License-Identifier: MIT */
/*
 * Frames classified out of their order: ranges that begin before them, in any memory map.
 */
#include "dumper/filter/page_view_private.h"

#include "dumper/kernel/crash.h"
#include "lib/bits.h"
#include "tests/unit/fake/fakecore.h"
#include "tests/unit/test.h"

struct machine {
	struct fake f;
	struct crash c;
	struct page_layout layout;
	struct protect protect;
	struct page_view v;
};

static void machine_start(struct machine *m)
{
	fake_finish(&m->f);
	CHECK_EQ(crash_open(m->f.path, &m->c), 0);
	page_layout_init(&m->layout, m->c.memmap.page_bytes, &m->c.info);
	protect_clear(&m->protect);
	CHECK_EQ(page_view_open(&m->v, &m->c.kmem, &m->c.memmap, &m->layout, &m->protect, true), 0);
}

static void machine_stop(struct machine *m)
{
	page_view_close(&m->v);
	crash_close(&m->c);
}

/* A machine of 64 MiB: a huge page of 8 MiB at 4096, a free block of 4 MiB at 8192. */
static void machine_open(struct machine *m, enum fake_kernel k)
{
	fake_open(&m->f,
		  &(struct fake_desc){ .kernel = k, .ram_bytes = 64 << 20, .section_bits = 26 });
	fake_kernel_pages(&m->f, 0, 16384);
	fake_page(k, fake_struct(&m->f, 4096), 0, FAKE_ANON);
	fake_compound(k, fake_struct(&m->f, 4096), 11, true);
	fake_free(k, fake_struct(&m->f, 8192), 10);
}

static void expect(struct machine *m, uint64_t pfn, unsigned n, enum page_class c, unsigned want)
{
	CHECK_EQ(page_view_frames(&m->v, LEVEL_ALL, pfn, n), n);
	CHECK_EQ(m->v.pages[c], want);
	CHECK_EQ(bits_count(m->v.kept, n), n - want);
}

TEST(any_piece_in_any_order)
{
	for (enum fake_kernel k = 0; k < FAKE_KERNELS; k++) {
		struct machine m;

		machine_open(&m, k);
		machine_start(&m);
		expect(&m, 4096 + 64, 64, PAGE_USER, 64);
		expect(&m, 4096 + 1984, 128, PAGE_USER, 64);
		expect(&m, 8192 + 960, 128, PAGE_FREE, 64);
		expect(&m, 4096 + 2047, 2, PAGE_USER, 1);
		expect(&m, 4095, 3, PAGE_USER, 2);
		expect(&m, 4097, 4094, PAGE_USER, 2047);
		expect(&m, 8193, 5, PAGE_FREE, 5);
		expect(&m, 1000, 100, PAGE_KEEP, 0);
		machine_stop(&m);
		fake_close(&m.f);
	}
}

/* What one look leaves to the next is told without looking back, and forgotten elsewhere. */
TEST(pieces_in_order)
{
	struct machine m;

	machine_open(&m, FAKE_6_12);
	machine_start(&m);
	for (unsigned i = 0; i < 2048; i += 64)
		expect(&m, 4096 + i, 64, PAGE_USER, 64);
	expect(&m, 4096 + 2048, 64, PAGE_USER, 0);
	expect(&m, 4096 + 1024, 64, PAGE_USER, 64);
	expect(&m, 8192 - 64, 64, PAGE_USER, 0);
	for (unsigned i = 0; i < 1024; i += 128)
		expect(&m, 8192 + i, 128, PAGE_FREE, 128);
	expect(&m, 8192 + 1024, 64, PAGE_FREE, 0);
	machine_stop(&m);
	fake_close(&m.f);
}

/* A protected frame keeps its block, seen from before it, at it and behind it. */
TEST(protected_blocks)
{
	struct machine m;

	machine_open(&m, FAKE_6_12);
	machine_start(&m);
	ranges_add(&m.protect.ranges, 4096 + 500, 4096 + 501);
	expect(&m, 4096, 64, PAGE_USER, 0);
	expect(&m, 4096 + 64, 64, PAGE_USER, 0);
	expect(&m, 4096 + 1024, 64, PAGE_USER, 0);
	expect(&m, 4096 + 480, 64, PAGE_USER, 0);
	expect(&m, 8192 + 64, 64, PAGE_FREE, 64);
	machine_stop(&m);
	fake_close(&m.f);
}

/* No struct pages, or unreadable ones: all is kept. */
TEST(doubt_keeps)
{
	struct machine m;

	machine_open(&m, FAKE_6_12);
	fake_finish(&m.f);
	machine_start(&m);
	page_view_scan(&m.v, LEVEL_ALL, 1ull << 40, 4096, 2048);
	CHECK_EQ(bits_count(m.v.kept, 2048), 2048);
	page_view_scan(&m.v, LEVEL_ALL, (64 << 20) - 4096, 8192, 1024);
	CHECK_EQ(bits_count(m.v.kept, 1024), 1024);
	machine_stop(&m);
	*fake_section(&m.f, 0) = 0;
	machine_start(&m);
	CHECK_EQ(page_view_frames(&m.v, LEVEL_ALL, 4096, 64), 0);
	machine_stop(&m);
	fake_close(&m.f);
}
