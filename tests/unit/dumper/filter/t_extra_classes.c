/* SPDX-License-Identifier: MIT */
/*
 * Names of classes, which of them a kernel tells apart, and what the filter does with them.
 */
#include "dumper/filter/extra_classes.h"

#include <errno.h>

#include "dumper/filter/filter.h"
#include "dumper/kernel/crash.h"
#include "lib/bits.h"
#include "tests/unit/fake/fakecore.h"
#include "tests/unit/test.h"

TEST(names)
{
	unsigned set = 77;

	CHECK_EQ(extra_parse("struct-pages", &set), 0);
	CHECK_EQ(set, EXTRA_STRUCT_PAGES);
	CHECK_EQ(extra_parse("zsmalloc,user-tables,zsmalloc", &set), 0);
	CHECK_EQ(set, EXTRA_ZSMALLOC | EXTRA_USER_TABLES);
	CHECK_EQ(extra_parse("", &set), -EINVAL);
	CHECK_EQ(extra_parse("zsmalloc,", &set), -EINVAL);
	CHECK_EQ(extra_parse(",zsmalloc", &set), -EINVAL);
	CHECK_EQ(extra_parse("zsmallo", &set), -EINVAL);
	CHECK_EQ(extra_parse("zsmalloc2", &set), -EINVAL);
	CHECK_EQ(set, EXTRA_ZSMALLOC | EXTRA_USER_TABLES);
	for (int i = 0; i < EXTRA_KINDS; i++) {
		CHECK_EQ(extra_parse(extra_kinds[i].name, &set), 0);
		CHECK_EQ(set, 1u << i);
		CHECK_EQ(extra_kinds[i].bit, 1u << i);
	}
}

struct machine {
	struct fake f;
	struct crash c;
	struct extra_classes x;
	struct protect protect;
	struct filter filter;
	struct filter_unit unit;
	uint8_t page[4096];
	uint64_t pages[PAGE_CLASSES];
	uint8_t kept[65536];
};

static struct machine *machine_open(const struct fake_desc *d)
{
	struct machine *m = calloc(1, sizeof(*m));

	fake_open(&m->f, d);
	fake_kernel_pages(&m->f, 0, m->f.desc.ram_bytes / 4096);
	return m;
}

static void machine_start(struct machine *m, unsigned want)
{
	uint64_t pfn = 0;

	fake_finish(&m->f);
	CHECK_EQ(crash_open(m->f.path, &m->c), 0);
	protect_init(&m->protect, &m->c.kmem, &m->c.memmap, &m->c.info);
	CHECK_EQ(extra_classes_init(&m->x, &m->c.kmem, &m->c.memmap, &m->c.info, want), 0);
	m->protect.frame = m->x.tables.frame;
	m->protect.n_frames = m->x.tables.n;
	filter_init(&m->filter, &m->c.kmem, &m->c.memmap, &m->protect, &m->c.info, LEVEL_ALL,
		    false, m->page, sizeof(m->page));
	CHECK_EQ(filter_extra(&m->filter, &m->x), 0);
	memset(m->pages, 0, sizeof(m->pages));
	for (; filter_next(&m->filter, pfn, &m->unit); pfn = m->unit.pfn + m->unit.n) {
		for (int c = 0; c < PAGE_CLASSES; c++)
			m->pages[c] += m->unit.pages[c];
		for (unsigned i = 0; i < m->unit.n; i++)
			m->kept[m->unit.pfn + i] = (uint8_t)bits_test(m->unit.kept, i);
		CHECK_EQ(bits_count(m->unit.kept, m->unit.n), m->unit.pages[PAGE_KEEP]);
	}
}

static void machine_stop(struct machine *m)
{
	filter_close(&m->filter);
	extra_classes_free(&m->x);
	crash_close(&m->c);
}

static void machine_close(struct machine *m)
{
	machine_stop(m);
	fake_close(&m->f);
	free(m);
}

TEST(what_a_kernel_does_not_tell)
{
	for (enum fake_kernel k = 0; k < FAKE_KERNELS; k++) {
		struct machine *m = machine_open(&(struct fake_desc){ .kernel = k });

		machine_start(m, EXTRA_ZSMALLOC);
		CHECK_EQ(m->x.used, k >= FAKE_6_12 ? EXTRA_ZSMALLOC : 0);
		CHECK_EQ(!m->x.why[1], k >= FAKE_6_12);
		machine_stop(m);
		/* no table has the type: as on 5.10, where the number means something else */
		machine_start(m, EXTRA_USER_TABLES);
		CHECK(!m->x.used && m->x.why[2] && !m->x.tables.n);
		machine_stop(m);
		fake_info_drop(&m->f, "SIZE(page)");
		machine_start(m, 15);
		CHECK(!m->x.used && m->x.why[0] && m->x.why[1] && m->x.why[2] && m->x.why[3]);
		machine_close(m);
	}
}

TEST(zsmalloc)
{
	struct machine *m = machine_open(&(struct fake_desc){ .kernel = FAKE_6_12 });

	for (unsigned i = 1500; i < 1600; i++)
		fake_typed(FAKE_6_12, fake_struct(&m->f, i), FAKE_ZSMALLOC);
	machine_start(m, 0);
	CHECK_EQ(m->pages[PAGE_KEEP], 2048);
	machine_stop(m);
	machine_start(m, EXTRA_ZSMALLOC);
	CHECK_EQ(m->pages[PAGE_ZSMALLOC], 100);
	machine_close(m);
}

/* The kernel's tables have the type as well: they stay. */
TEST(tables_of_processes)
{
	static const enum fake_kernel kernels[] = { FAKE_6_1, FAKE_6_12, FAKE_7_1 };

	for (int i = 0; i < 3; i++) {
		struct machine *m = machine_open(&(struct fake_desc){
			.kernel = kernels[i], .small_leaves = true,
			.levels = kernels[i] == FAKE_7_1 ? 5 : 4 });
		uint64_t end = m->f.next / 4096;

		for (uint64_t pfn = FAKE_TABLES_PA / 4096; pfn < end; pfn++)
			fake_typed(kernels[i], fake_struct(&m->f, pfn), FAKE_TABLE);
		for (uint64_t pfn = 1500; pfn < 1600; pfn++)
			fake_typed(kernels[i], fake_struct(&m->f, pfn), FAKE_TABLE);
		machine_start(m, EXTRA_USER_TABLES);
		CHECK_EQ(m->x.used, EXTRA_USER_TABLES);
		CHECK(m->x.tables.n > 4);
		for (size_t t = 0; t < m->x.tables.n; t++)
			CHECK(m->kept[m->x.tables.frame[t]]);
		CHECK(!m->kept[1500] && !m->kept[1599]);
		/* mem_section's own page is in that area, and no table */
		CHECK(m->pages[PAGE_TABLE] >= 100 && m->pages[PAGE_TABLE] <= 102);
		machine_close(m);
	}
}

/* 64 MiB, of which three quarters are free: a granule is 64 frames. */
static struct machine *mostly_free(bool small, unsigned section_bits)
{
	struct machine *m = machine_open(&(struct fake_desc){ .kernel = FAKE_6_12,
		.ram_bytes = 64 << 20, .small_leaves = small, .section_bits = section_bits });

	for (unsigned pfn = 4096; pfn < 16384; pfn += 1024)
		fake_free(FAKE_6_12, fake_struct(&m->f, pfn), 10);
	return m;
}

#define GRANULE(pfn)	(FAKE_MEMMAP_PA / 4096 + (pfn) / 64)

TEST(struct_pages_of_free_memory)
{
	for (int i = 0; i < 4; i++) {
		struct machine *m = mostly_free(i & 1, i & 2 ? 27 : 22);

		machine_start(m, 0);
		CHECK_EQ(m->pages[PAGE_KEEP], 4096);
		machine_stop(m);
		machine_start(m, EXTRA_STRUCT_PAGES);
		CHECK_EQ(m->x.used, EXTRA_STRUCT_PAGES);
		CHECK_EQ(m->x.map.n, 1);
		/*
		 * and the struct pages of these 192 pages of struct pages; of the section that is
		 * mapped whole, those of the 64 MiB that are not there: 256 pages and their 4
		 */
		CHECK_EQ(m->pages[PAGE_STRUCT], i == 2 ? 192 + 3 + 256 + 4 : 192 + 3);
		CHECK(m->kept[GRANULE(4095)] && !m->kept[GRANULE(4096)]);
		CHECK(!m->kept[GRANULE(16383)]);
		machine_close(m);
	}
}

/* One kept frame keeps its granule; so does a protected one, and then its head's too. */
TEST(struct_pages_of_kept_memory)
{
	struct machine *m = mostly_free(false, 27);

	fake_kernel_pages(&m->f, 8192, 1024);
	fake_page(FAKE_6_12, fake_struct(&m->f, 8192), FAKE_LRU, FAKE_FILE);
	fake_page(FAKE_6_12, fake_struct(&m->f, 8192 + 512), FAKE_LRU, FAKE_FILE);
	fake_compound(FAKE_6_12, fake_struct(&m->f, 8192 + 512), 9, false);
	for (unsigned i = 64; i < 511; i++)
		fake_page(FAKE_6_12, fake_struct(&m->f, 8192 + i), FAKE_LRU, FAKE_FILE);
	machine_start(m, EXTRA_STRUCT_PAGES);
	/* 63 kernel pages; one more at the end of the first half; the compound page is whole */
	CHECK(m->kept[GRANULE(8192)] && !m->kept[GRANULE(8192 + 64)]);
	CHECK(m->kept[GRANULE(8192 + 511)] && !m->kept[GRANULE(8192 + 512)]);
	CHECK_EQ(m->pages[PAGE_STRUCT], 192 + 3 + 256 + 4 - 2 - 1);
	machine_stop(m);
	/* a protected frame in the middle of the compound page */
	{
		const uint64_t frame = 8192 + 800;
		struct page_view v;
		uint64_t kept[4] = { ~0ull, ~0ull, ~0ull, ~0ull };

		machine_start(m, EXTRA_STRUCT_PAGES);
		m->protect.frame = &frame;
		m->protect.n_frames = 1;
		CHECK_EQ(page_view_open(&v, &m->c.kmem, &m->c.memmap, &m->filter.layout,
					 &m->protect, true), 0);
		page_view_structs(&v, &m->x.map, LEVEL_ALL, 512, 256, NULL, kept);
		for (unsigned i = 0; i < 8; i++)
			CHECK(bits_test(kept, (unsigned)GRANULE(8192 + 512) - 512 + i));
		CHECK(!bits_test(kept, (unsigned)GRANULE(8192 + 64) - 512));
		/* and the guard of the granules themselves */
		memset(kept, 0xff, sizeof(kept));
		page_view_structs(&v, &m->x.map, LEVEL_ALL, 512, 256, kept, kept);
		CHECK_EQ(bits_count(kept, 256), 256);
		page_view_close(&v);
	}
	machine_close(m);
}

TEST(struct_pages_of_holes)
{
	struct machine *m = machine_open(&(struct fake_desc){ .kernel = FAKE_6_12,
		.ram_bytes = 64 << 20, .section_bits = 22,
		.ram = { { 0, 8 << 20 }, { 32 << 20, 33 << 20 } } });

	machine_start(m, EXTRA_STRUCT_PAGES);
	/* of the section at 32 MiB three quarters are no RAM: 768 frames */
	CHECK_EQ(m->pages[PAGE_STRUCT], 768 / 64);
	CHECK(m->kept[GRANULE(8192)] && !m->kept[GRANULE(8192 + 256)]);
	/* nobody speaks of a section that is not there */
	CHECK(m->kept[GRANULE(4096)]);
	machine_close(m);
}

/* Two neighbours on a list, a page that was taken off one, and a tail that never was on one. */
TEST(lists_of_cpus)
{
	struct machine *m = machine_open(&(struct fake_desc){ .kernel = FAKE_6_12 });
	uint64_t head = fake_alloc(&m->f, 4096), va[4], link[2];

	for (unsigned i = 0; i < 4; i++)
		va[i] = m->f.vmemmap + (1500 + i) * 64 + 8;
	va[3] = fake_va(&m->f, head);
	/* head, 1500, 1501, head */
	link[0] = va[1]; link[1] = va[3];
	memcpy(fake_struct(&m->f, 1500) + 8, link, 16);
	link[0] = va[3]; link[1] = va[0];
	memcpy(fake_struct(&m->f, 1501) + 8, link, 16);
	link[0] = va[0]; link[1] = va[1];
	memcpy(m->f.mem + head, link, 16);
	/* points to itself; one that the list does not know */
	link[0] = link[1] = va[2];
	memcpy(fake_struct(&m->f, 1502) + 8, link, 16);
	link[0] = va[0]; link[1] = va[1];
	memcpy(fake_struct(&m->f, 1503) + 8, link, 16);
	machine_start(m, 0);
	CHECK_EQ(m->pages[PAGE_KEEP], 2048);
	machine_stop(m);
	machine_start(m, EXTRA_PCP_FREE | EXTRA_STRUCT_PAGES);
	CHECK_EQ(m->pages[PAGE_PCP_FREE], 2);
	CHECK(!m->kept[1500] && !m->kept[1501] && m->kept[1502] && m->kept[1503]);
	machine_stop(m);
	/* held by somebody */
	fake_struct(&m->f, 1500)[52] = 1;
	machine_start(m, EXTRA_PCP_FREE);
	CHECK_EQ(m->pages[PAGE_PCP_FREE], 1);
	machine_stop(m);
	fake_info_drop(&m->f, "OFFSET(page._refcount)");
	machine_start(m, EXTRA_PCP_FREE);
	CHECK(!m->x.used && m->x.why[3]);
	machine_close(m);
}
