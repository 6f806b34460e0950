/* SPDX-License-Identifier: MIT */
/*
 * Memory cut into parts with about the same number of kept pages.
 */
#include "dumper/cmd/split.h"

#include <errno.h>

#include "tests/unit/fake/fakecore.h"
#include "tests/unit/test.h"

/* 8 units of 256 pages; of unit i all but free[i] pages are kernel memory. */
static void plan(const unsigned *free, unsigned level, unsigned n, uint64_t *bounds)
{
	struct dump_options opt = { .level = level };
	struct crash c;
	struct fake f;

	fake_open(&f, &(struct fake_desc){ .kernel = FAKE_6_12 });
	fake_kernel_pages(&f, 0, 2048);
	for (unsigned i = 0; i < 8; i++) {
		if (free[i])
			fake_free(f.kernel, fake_struct(&f, i * 256), free[i]);
	}
	fake_finish(&f);
	CHECK_EQ(crash_open(f.path, &c), 0);
	CHECK_EQ(split_plan(&c, &opt, n, bounds), 0);
	crash_close(&c);
	fake_close(&f);
}

static void expect(const uint64_t *bounds, unsigned n, const uint64_t *want)
{
	for (unsigned i = 0; i <= n; i++)
		CHECK_EQ(bounds[i], want[i]);
}

TEST(even_memory_is_cut_evenly)
{
	static const unsigned none[8];
	uint64_t b[9];

	plan(none, 0, 2, b);
	expect(b, 2, (uint64_t[]){ 0, 1024, 2048 });
	plan(none, 0, 4, b);
	expect(b, 4, (uint64_t[]){ 0, 512, 1024, 1536, 2048 });
	plan(none, 0, 8, b);
	expect(b, 8, (uint64_t[]){ 0, 256, 512, 768, 1024, 1280, 1536, 1792, 2048 });
	plan(none, 0, 3, b);
	expect(b, 3, (uint64_t[]){ 0, 768, 1280, 2048 });
}

TEST(free_memory_weighs_nothing)
{
	/* only units 0, 1, 6 and 7 hold something at level 16; orders, not pages */
	static const unsigned free[8] = { 0, 0, 8, 8, 8, 8, 0, 0 };
	uint64_t b[9];

	plan(free, 16, 2, b);
	CHECK(b[1] >= 512 && b[1] <= 1536);
	plan(free, 16, 4, b);
	CHECK_EQ(b[1], 256);
	CHECK(b[2] >= 512 && b[2] <= 1536);
	CHECK_EQ(b[3], 1792);
	plan(free, 0, 2, b);
	CHECK_EQ(b[1], 1024);
}

TEST(more_parts_than_units)
{
	static const unsigned none[8];
	uint64_t b[21];

	plan(none, 0, 20, b);
	CHECK_EQ(b[0], 0);
	CHECK_EQ(b[20], 2048);
	for (unsigned i = 0; i < 20; i++)
		CHECK(b[i] <= b[i + 1]);
}
