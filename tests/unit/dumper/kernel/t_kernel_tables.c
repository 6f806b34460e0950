/* SPDX-License-Identifier: MIT */
/*
 * The kernel's own page tables: each once, none of a process, and tables that lead in circles.
 */
#include "dumper/kernel/kernel_tables.h"

#include <errno.h>

#include "dumper/kernel/crash.h"
#include "tests/unit/fake/fakecore.h"
#include "tests/unit/test.h"

#define MAX 1000u

struct machine {
	struct fake f;
	struct crash c;
	struct kernel_tables t;
	int error;
};

static void machine_open(struct machine *m, unsigned levels)
{
	fake_open(&m->f, &(struct fake_desc){
				 .kernel = FAKE_6_12, .levels = levels, .small_leaves = true });
}

static void machine_start(struct machine *m)
{
	fake_finish(&m->f);
	CHECK_EQ(crash_open(m->f.path, &m->c), 0);
	m->error = kernel_tables_collect(&m->t, &m->c.kmem, MAX);
}

static void machine_stop(struct machine *m)
{
	kernel_tables_free(&m->t);
	crash_close(&m->c);
}

static bool has(const struct kernel_tables *t, uint64_t frame)
{
	for (size_t i = 0; i < t->n; i++) {
		if (t->frame[i] == frame)
			return true;
	}
	return false;
}

TEST(tables_of_all_levels)
{
	for (unsigned levels = 4; levels <= 5; levels++) {
		struct machine m;
		uint64_t user = 0x7f0000000000, leaf;

		machine_open(&m, levels);
		fake_map(&m.f, user, 0, 12);
		machine_start(&m);
		CHECK_EQ(m.error, 0);
		for (unsigned level = 1; level < levels; level++) {
			CHECK(has(&m.t, *fake_entry(&m.f, FAKE_IMAGE_VA, level) >> 12));
			CHECK(has(&m.t, *fake_entry(&m.f, m.f.vmemmap, level) >> 12));
		}
		leaf = *fake_entry(&m.f, user, 1) >> 12;
		CHECK(!has(&m.t, leaf));
		for (size_t i = 1; i < m.t.n; i++)
			CHECK(m.t.frame[i - 1] < m.t.frame[i]);
		/* the direct map: a page of 1 GiB is no table */
		CHECK(!has(&m.t, 0));
		machine_stop(&m);
		fake_close(&m.f);
	}
}

/* A table of a process that the kernel's half leads to as well is the kernel's. */
TEST(tables_of_both)
{
	struct machine m;
	uint64_t user = 0x7f0000000000;

	machine_open(&m, 4);
	fake_map(&m.f, user, 0, 12);
	*fake_entry(&m.f, 0xffffc90000000000, 3) = *fake_entry(&m.f, user, 3);
	machine_start(&m);
	CHECK(has(&m.t, *fake_entry(&m.f, user, 1) >> 12));
	machine_stop(&m);
	fake_close(&m.f);
}

TEST(circles_and_holes)
{
	struct machine m;
	uint64_t a, *t;

	machine_open(&m, 4);
	/* an upper table whose entries alternate between itself and another one */
	a = fake_alloc(&m.f, 8192);
	t = (uint64_t *)(void *)(m.f.mem + a);
	for (int i = 0; i < 1024; i++)
		t[i] = (i & 1 ? a : a + 4096) | 3;
	*fake_entry(&m.f, 0xffffc90000000000, 3) = a | 3;
	machine_start(&m);
	/* both, each once */
	CHECK_EQ(m.error, -E2BIG);
	CHECK(has(&m.t, a >> 12) && has(&m.t, (a >> 12) + 1));
	machine_stop(&m);
	/* one table over and over is one table */
	for (int i = 0; i < 1024; i++)
		t[i] = (a + 4096) | 3;
	machine_start(&m);
	CHECK(!m.error && has(&m.t, a >> 12) && has(&m.t, (a >> 12) + 1));
	machine_stop(&m);
	/* a table that is in no segment */
	t[5] = 1ull << 40 | 3;
	machine_start(&m);
	CHECK_EQ(m.error, -EFAULT);
	CHECK(has(&m.t, a >> 12) && m.t.n < MAX);
	machine_stop(&m);
	fake_close(&m.f);
}
