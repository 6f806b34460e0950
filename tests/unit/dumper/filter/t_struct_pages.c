/* SPDX-License-Identifier: MIT */
/*
 * Struct pages whose frames are all left out: what the filter does with them, and what it keeps.
 */
#include "dumper/filter/filter.h"

#include "dumper/kernel/crash.h"
#include "lib/bits.h"
#include "tests/unit/fake/fakecore.h"
#include "tests/unit/test.h"

struct machine {
	struct fake f;
	struct crash c;
	struct vmemmap map;
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

static void machine_start(struct machine *m, bool exclude)
{
	const char *why = NULL;
	uint64_t pfn = 0;

	fake_finish(&m->f);
	CHECK_EQ(crash_open(m->f.path, &m->c), 0);
	protect_init(&m->protect, &m->c.kmem, &m->c.memmap, &m->c.info);
	CHECK_EQ(vmemmap_init(&m->map, &m->c.kmem, &m->c.memmap, &why), 0);
	CHECK(!why);
	filter_init(&m->filter, &m->c.kmem, &m->c.memmap, &m->protect, &m->c.info, LEVEL_ALL, false,
		    m->page, sizeof(m->page));
	if (exclude)
		CHECK_EQ(filter_exclude_struct_pages(&m->filter, &m->map), 0);
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
	vmemmap_free(&m->map);
	crash_close(&m->c);
}

static void machine_close(struct machine *m)
{
	machine_stop(m);
	fake_close(&m->f);
	free(m);
}

/* 64 MiB, of which three quarters are free: a granule is 64 frames. */
static struct machine *mostly_free(bool small, unsigned section_bits)
{
	struct machine *m = machine_open(&(struct fake_desc){ .kernel = FAKE_6_12,
							      .ram_bytes = 64 << 20,
							      .small_leaves = small,
							      .section_bits = section_bits });

	for (unsigned pfn = 4096; pfn < 16384; pfn += 1024)
		fake_free(FAKE_6_12, fake_struct(&m->f, pfn), 10);
	return m;
}

#define GRANULE(pfn) (FAKE_MEMMAP_PA / 4096 + (pfn) / 64)

TEST(struct_pages_of_free_memory)
{
	for (int i = 0; i < 4; i++) {
		struct machine *m = mostly_free(i & 1, i & 2 ? 27 : 22);

		machine_start(m, false);
		CHECK_EQ(m->pages[PAGE_KEEP], 4096);
		machine_stop(m);
		machine_start(m, true);
		CHECK_EQ(m->map.n, 1);
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
	machine_start(m, true);
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

		machine_start(m, true);
		m->protect.frame = &frame;
		m->protect.n_frames = 1;
		CHECK_EQ(page_view_open(&v, &m->c.kmem, &m->c.memmap, &m->filter.layout,
					&m->protect, true),
			 0);
		page_view_structs(&v, &m->map, LEVEL_ALL, 512, 256, NULL, kept);
		for (unsigned i = 0; i < 8; i++)
			CHECK(bits_test(kept, (unsigned)GRANULE(8192 + 512) - 512 + i));
		CHECK(!bits_test(kept, (unsigned)GRANULE(8192 + 64) - 512));
		/* and the guard of the granules themselves */
		memset(kept, 0xff, sizeof(kept));
		page_view_structs(&v, &m->map, LEVEL_ALL, 512, 256, kept, kept);
		CHECK_EQ(bits_count(kept, 256), 256);
		page_view_close(&v);
	}
	machine_close(m);
}

TEST(struct_pages_of_holes)
{
	struct machine *m = machine_open(
		&(struct fake_desc){ .kernel = FAKE_6_12,
				     .ram_bytes = 64 << 20,
				     .section_bits = 22,
				     .ram = { { 0, 8 << 20 }, { 32 << 20, 33 << 20 } } });

	machine_start(m, true);
	/* of the section at 32 MiB three quarters are no RAM: 768 frames */
	CHECK_EQ(m->pages[PAGE_STRUCT], 768 / 64);
	CHECK(m->kept[GRANULE(8192)] && !m->kept[GRANULE(8192 + 256)]);
	/* nobody speaks of a section that is not there */
	CHECK(m->kept[GRANULE(4096)]);
	machine_close(m);
}
