/* SPDX-License-Identifier: MIT */
/*
 * Where struct pages lie: pieces, pages mapped more than once, and maps that cannot be told.
 */
#include "dumper/filter/vmemmap.h"

#include "dumper/kernel/crash.h"
#include "tests/unit/fake/fakecore.h"
#include "tests/unit/test.h"

struct machine {
	struct fake f;
	struct crash c;
	struct vmemmap e;
	const char *why;
};

static void machine_start(struct machine *m)
{
	m->why = NULL;
	fake_finish(&m->f);
	CHECK_EQ(crash_open(m->f.path, &m->c), 0);
	CHECK_EQ(vmemmap_init(&m->e, &m->c.kmem, &m->c.memmap, &m->why), 0);
}

static void machine_stop(struct machine *m)
{
	vmemmap_free(&m->e);
	crash_close(&m->c);
}

static uint64_t total(const struct vmemmap *e)
{
	uint64_t n = 0;

	for (size_t i = 0; i < e->n; i++)
		n += e->piece[i].n;
	return n;
}

#define FIRST (FAKE_MEMMAP_PA / 4096)

TEST(one_piece)
{
	struct machine m;

	fake_open(&m.f, &(struct fake_desc){ .kernel = FAKE_6_12, .small_leaves = true });
	machine_start(&m);
	CHECK(!m.why);
	CHECK_EQ(m.e.n, 1);
	CHECK_EQ(m.e.per, 64);
	CHECK_EQ(m.e.piece[0].frame, FIRST);
	CHECK_EQ(m.e.piece[0].n, 32);
	CHECK_EQ(m.e.piece[0].pfn, 0);
	CHECK_EQ(vmemmap_find(&m.e, FIRST - 1), 0);
	CHECK_EQ(vmemmap_find(&m.e, FIRST + 31), 0);
	CHECK_EQ(vmemmap_find(&m.e, FIRST + 32), 1);
	machine_stop(&m);
	fake_close(&m.f);
}

/* 5.14: the tails' struct pages of a huge page are one page, behind the head's or the same. */
TEST(pages_mapped_more_than_once)
{
	struct machine m;

	fake_open(&m.f, &(struct fake_desc){ .kernel = FAKE_6_12, .small_leaves = true });
	for (uint64_t i = 9; i < 16; i++)
		fake_map(&m.f, m.f.vmemmap + i * 4096, (FIRST + 8) * 4096, 12);
	for (uint64_t i = 17; i < 24; i++)
		fake_map(&m.f, m.f.vmemmap + i * 4096, (FIRST + 17) * 4096, 12);
	machine_start(&m);
	CHECK_EQ(total(&m.e), 8 + 1 + 8);
	CHECK_EQ(m.e.n, 3);
	CHECK_EQ(m.e.piece[1].frame, FIRST + 16);
	CHECK_EQ(m.e.piece[1].pfn, 16 * 64);
	machine_stop(&m);
	/* far from each other */
	fake_map(&m.f, m.f.vmemmap + 30 * 4096, FIRST * 4096, 12);
	machine_start(&m);
	for (size_t i = 0; i < m.e.n; i++)
		CHECK(m.e.piece[i].frame > FIRST);
	machine_stop(&m);
	fake_close(&m.f);
}

/* Pages in any order: by frame afterwards, each with its struct pages. */
TEST(pieces_by_frame)
{
	struct machine m;

	fake_open(&m.f, &(struct fake_desc){ .kernel = FAKE_6_12, .small_leaves = true });
	for (uint64_t i = 0; i < 32; i++)
		fake_map(&m.f, m.f.vmemmap + i * 4096, (FIRST + 31 - i) * 4096, 12);
	machine_start(&m);
	CHECK_EQ(m.e.n, 32);
	for (size_t i = 0; i < 32; i++) {
		CHECK_EQ(m.e.piece[i].frame, FIRST + i);
		CHECK_EQ(m.e.piece[i].pfn, (31 - i) * 64);
	}
	machine_stop(&m);
	/* a page that is not mapped */
	*fake_entry(&m.f, m.f.vmemmap + 5 * 4096, 0) = 0;
	machine_start(&m);
	CHECK_EQ(total(&m.e), 31);
	machine_stop(&m);
	fake_close(&m.f);
}

TEST(too_many_pieces)
{
	struct machine m;
	/* every second page: 70,000 pieces need 4.5 million frames of RAM, all in one table */
	uint64_t pages = 2 * (VMEMMAP_PIECES_MAX + 1000), *pte;

	fake_open(&m.f, &(struct fake_desc){ .kernel = FAKE_6_12,
					     .section_bits = 27,
					     .ram_bytes = pages * 64 * 4096 / 2 });
	/* one table of pages whose neighbours never follow each other, for each 2 MiB of the map */
	pte = (uint64_t *)(void *)(m.f.mem + fake_alloc(&m.f, 4096));
	for (uint64_t i = 0; i < 512; i++)
		pte[i] = (FIRST + (i ^ 1)) * 4096 | 3;
	for (uint64_t off = 0; off < pages / 2 * 4096; off += 2 << 20)
		*fake_entry(&m.f, m.f.vmemmap + off, 1) = (uint64_t)((uint8_t *)pte - m.f.mem) | 3;
	machine_start(&m);
	CHECK(m.why && !m.e.n);
	machine_stop(&m);
	fake_close(&m.f);
}

TEST(struct_pages_across_pages)
{
	struct machine m;

	fake_open(&m.f, &(struct fake_desc){ .kernel = FAKE_6_12 });
	fake_info_drop(&m.f, "SIZE(page)");
	fake_info_add(&m.f, "SIZE(page)=56");
	machine_start(&m);
	CHECK(m.why && !m.e.n);
	machine_stop(&m);
	fake_close(&m.f);
}

TEST(no_memory_map)
{
	struct machine m;

	fake_open(&m.f, &(struct fake_desc){ .kernel = FAKE_6_12 });
	fake_info_drop(&m.f, "SIZE(page)");
	machine_start(&m);
	CHECK(m.why && !m.e.n);
	machine_stop(&m);
	fake_close(&m.f);
}
