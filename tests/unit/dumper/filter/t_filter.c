/* SPDX-License-Identifier: MIT */
/*
 * Units of memory: what is left out of each, ranges that cross units, the protect list, and
 * units that cannot be judged.
 */
#include "dumper/filter/filter.h"

#include <errno.h>

#include "dumper/kernel/crash.h"
#include "lib/bits.h"
#include "tests/unit/fake/fakelog.h"
#include "tests/unit/test.h"

#define GIB (1ull << 30)

struct machine {
	struct fake f;
	struct crash c;
	struct protect protect;
	struct filter filter;
	struct filter_unit unit;
	uint8_t page[65536];
};

static void machine_open(struct machine *m, const struct fake_desc *d)
{
	fake_open(&m->f, d);
	fake_kernel_pages(&m->f, 0, 2048);
}

static void machine_start(struct machine *m, unsigned level)
{
	fake_finish(&m->f);
	CHECK_EQ(crash_open(m->f.path, &m->c), 0);
	protect_init(&m->protect, &m->c.kmem, &m->c.memmap, &m->c.info);
	filter_init(&m->filter, &m->c.kmem, &m->c.memmap, &m->protect, &m->c.info, level, false,
		    m->page, 1ul << m->c.vmcore.page_shift);
}

static void machine_stop(struct machine *m)
{
	filter_close(&m->filter);
	crash_close(&m->c);
}

static void machine_close(struct machine *m)
{
	machine_stop(m);
	fake_close(&m->f);
}

struct count {
	uint64_t units, kept, ram, absent, unfiltered, pages[PAGE_CLASSES];
};

/* All units in order; kept frames are noted in map, which may be NULL. */
static struct count run(struct machine *m, uint8_t *map, size_t map_len)
{
	struct count n = { 0 };
	uint64_t pfn = 0;

	while (filter_next(&m->filter, pfn, &m->unit)) {
		const struct filter_unit *u = &m->unit;
		uint64_t sum = u->pages_absent;

		CHECK(u->pfn >= pfn && !(u->pfn % u->n));
		for (unsigned i = 0; map && i < u->n && u->pfn + i < map_len; i++)
			map[u->pfn + i] = (uint8_t)bits_test(u->kept, i);
		for (int c = 0; c < PAGE_CLASSES; c++) {
			n.pages[c] += u->pages[c];
			sum += u->pages[c];
		}
		CHECK_EQ(sum, u->pages_ram);
		CHECK_EQ(bits_count(u->kept, u->n), u->pages[PAGE_KEEP]);
		n.units++;
		n.kept += u->pages[PAGE_KEEP];
		n.ram += u->pages_ram;
		n.absent += u->pages_absent;
		n.unfiltered += u->unfiltered;
		pfn = u->pfn + u->n;
	}
	return n;
}

TEST(units_are_sections)
{
	struct machine m;
	struct count n;

	machine_open(&m, &(struct fake_desc){ .kernel = FAKE_6_12,
					      .ram_bytes = 64 << 20,
					      .ram = { { 0x1000, 0x9f000 },
						       { 0x100000, 5 << 20 },
						       { 63 << 20, 64 << 20 } } });
	machine_start(&m, LEVEL_ALL);
	n = run(&m, NULL, 0);
	CHECK_EQ(m.filter.unit_pages, 256);
	CHECK_EQ(n.units, 6);
	CHECK_EQ(n.ram, 0x9e + 4 * 256 + 256);
	CHECK_EQ(n.kept, n.ram);
	machine_close(&m);
}

/* 1 GiB of hugetlb: 8 sections of 128 MiB, or 1024 of 1 MiB; the head alone decides. */
TEST(orders_that_cross_units)
{
	for (int small = 0; small < 2; small++) {
		struct machine m;
		struct count n;
		uint8_t *map = calloc(1, 3 << 18);

		machine_open(&m, &(struct fake_desc){ .kernel = FAKE_6_12,
						      .ram_bytes = 3 * GIB,
						      .section_bits = small ? 22 : 27 });
		fake_page(m.f.kernel, fake_struct(&m.f, 1 << 18), 0, 0);
		fake_compound(m.f.kernel, fake_struct(&m.f, 1 << 18), 18, true);
		machine_start(&m, LEVEL_USER);
		n = run(&m, map, 3 << 18);
		CHECK_EQ(n.pages[PAGE_USER], 1 << 18);
		CHECK_EQ(n.kept, 2 << 18);
		CHECK(map[(1 << 18) - 1] && !map[1 << 18] && !map[(2 << 18) - 1] && map[2 << 18]);
		CHECK_EQ(n.unfiltered, 0);
		machine_stop(&m);
		/* at a level that does not ask for it all stays */
		machine_start(&m, LEVEL_ALL & ~LEVEL_USER);
		n = run(&m, NULL, 0);
		CHECK_EQ(n.kept, 3 << 18);
		machine_close(&m);
		free(map);
	}
}

/*
 * A range that is carried on ends where struct pages cannot be read: the doubt keeps those
 * pages.
 */
TEST(carried_ranges_end_at_doubt)
{
	struct machine m;
	struct count n;

	machine_open(&m, &(struct fake_desc){ .kernel = FAKE_6_12 });
	fake_page(m.f.kernel, fake_struct(&m.f, 1024), 0, 0);
	fake_compound(m.f.kernel, fake_struct(&m.f, 1024), 10, true);
	*fake_section(&m.f, 1024 + 256) = 0;
	machine_start(&m, LEVEL_USER);
	n = run(&m, NULL, 0);
	CHECK_EQ(n.unfiltered, 1);
	CHECK_EQ(n.pages[PAGE_USER], 256);
	CHECK_EQ(n.kept, 2048 - 256);
	machine_close(&m);
}

/* A carried range over a hole of RAM goes on behind it. */
TEST(carried_over_a_hole)
{
	struct machine m;
	struct count n;

	machine_open(&m, &(struct fake_desc){ .kernel = FAKE_6_12,
					      .ram = { { 0, 5 << 20 }, { 6 << 20, 8 << 20 } } });
	fake_page(m.f.kernel, fake_struct(&m.f, 1024), 0, 0);
	fake_compound(m.f.kernel, fake_struct(&m.f, 1024), 10, true);
	machine_start(&m, LEVEL_USER);
	n = run(&m, NULL, 0);
	CHECK_EQ(n.pages[PAGE_USER], 3 * 256);
	CHECK_EQ(n.kept, 4 * 256);
	machine_close(&m);
}

/* Struct pages of 1 MiB sections, four 4 KiB pages each, mapped in another order than they lie. */
TEST(struct_pages_in_pieces)
{
	struct machine m;
	struct count n;
	uint64_t spare;

	machine_open(&m, &(struct fake_desc){ .kernel = FAKE_6_12, .small_leaves = true });
	for (uint64_t pfn = 1024; pfn < 1280; pfn++)
		fake_page(m.f.kernel, fake_struct(&m.f, pfn), FAKE_LRU, FAKE_FILE);
	/* the first page of the unit's map moves elsewhere */
	spare = fake_alloc(&m.f, 4096);
	memcpy(m.f.mem + spare, fake_struct(&m.f, 1024), 4096);
	memset(fake_struct(&m.f, 1024), 0, 4096);
	fake_map(&m.f, m.f.vmemmap + 1024 * 64, spare, 12);
	machine_start(&m, LEVEL_CACHE);
	n = run(&m, NULL, 0);
	CHECK_EQ(n.pages[PAGE_CACHE], 256);
	machine_stop(&m);
	/* one piece is not mapped: its pages are kept, the others judged */
	*fake_entry(&m.f, m.f.vmemmap + (1024 + 64) * 64, 0) = 0;
	machine_start(&m, LEVEL_CACHE);
	n = run(&m, NULL, 0);
	CHECK_EQ(n.pages[PAGE_CACHE], 192);
	CHECK_EQ(n.unfiltered, 0);
	machine_stop(&m);
	for (int i = 0; i < 4; i++)
		*fake_entry(&m.f, m.f.vmemmap + (1024 + 64 * (uint64_t)i) * 64, 0) = 0;
	machine_start(&m, LEVEL_CACHE);
	n = run(&m, NULL, 0);
	CHECK_EQ(n.pages[PAGE_CACHE], 0);
	CHECK_EQ(n.unfiltered, 1);
	machine_close(&m);
}

/* Struct pages of another size than a power of two do not fill whole pages of memory. */
TEST(struct_pages_of_56_bytes)
{
	struct machine m;
	struct count n;

	machine_open(&m, &(struct fake_desc){ .kernel = FAKE_6_12, .small_leaves = true });
	for (uint64_t pfn = 0; pfn < 2048; pfn++)
		fake_page(m.f.kernel, m.f.mem + FAKE_MEMMAP_PA + pfn * 56,
			  pfn >= 1500 && pfn < 1600 ? FAKE_LRU : 0, FAKE_FILE);
	fake_info_drop(&m.f, "SIZE(page)");
	fake_info_add(&m.f, "SIZE(page)=56");
	machine_start(&m, LEVEL_CACHE);
	n = run(&m, NULL, 0);
	CHECK_EQ(n.pages[PAGE_CACHE], 100);
	CHECK_EQ(n.unfiltered, 0);
	machine_close(&m);
}

/* Corrupt flags call the kernel image, its tables and its log user memory. */
TEST(protected_memory_is_kept)
{
	static uint8_t map[2048];
	struct fakelog log;
	struct machine m;
	struct count n;

	machine_open(&m, &(struct fake_desc){ .kernel = FAKE_6_12 });
	fakelog_open(&log, &m.f, 5, 12);
	for (uint64_t pfn = 0; pfn < 2048; pfn++)
		fake_page(m.f.kernel, fake_struct(&m.f, pfn), FAKE_LRU | FAKE_SWAPBACKED,
			  FAKE_ANON);
	machine_start(&m, LEVEL_ALL);
	n = run(&m, map, 2048);
	for (uint64_t pa = FAKE_IMAGE_PA; pa < FAKE_IMAGE_PA + FAKE_IMAGE_BYTES; pa += 4096)
		CHECK(map[pa / 4096]);
	CHECK(map[m.f.root / 4096] && map[m.f.sections / 4096]);
	CHECK(map[log.descs / 4096] && map[log.infos / 4096] && map[log.text / 4096]);
	/* image 16 pages, mem_section 1, ring 3; nothing else */
	CHECK_EQ(n.kept, 20);
	CHECK_EQ(n.pages[PAGE_USER], 2048 - 20);
	machine_close(&m);
}

/* Broken or absent memory is never read, even where the list says so. */
TEST(broken_memory_is_not_protected)
{
	struct machine m;
	struct count n;
	uint64_t pfn = FAKE_IMAGE_PA / 4096;

	machine_open(&m, &(struct fake_desc){ .kernel = FAKE_6_12 });
	fake_page(m.f.kernel, fake_struct(&m.f, pfn), FAKE_HWPOISON, 0);
	fake_typed(m.f.kernel, fake_struct(&m.f, pfn + 1), FAKE_OFFLINE);
	machine_start(&m, 0);
	n = run(&m, NULL, 0);
	CHECK_EQ(n.pages[PAGE_HWPOISON], 1);
	CHECK_EQ(n.pages[PAGE_OFFLINE], 1);
	CHECK_EQ(n.kept, 2046);
	machine_close(&m);
}

/*
 * RAM without bytes in the file is absent, whatever its struct pages say; frames that are no
 * RAM are not asked.
 */
TEST(frames_without_bytes)
{
	struct machine m;
	struct count n;

	machine_open(&m, &(struct fake_desc){ .kernel = FAKE_6_12,
					      .ram = { { 0, 4 << 20 },
						       { 4 << 20, 5 << 20 },
						       { 0x580000, 8 << 20 } } });
	for (uint64_t pfn = 1024; pfn < 1536; pfn++)
		fake_page(m.f.kernel, fake_struct(&m.f, pfn), FAKE_LRU, FAKE_FILE);
	fake_finish(&m.f);
	machine_start(&m, LEVEL_CACHE);
	n = run(&m, NULL, 0);
	CHECK_EQ(n.pages[PAGE_CACHE], 256 + 128);
	machine_stop(&m);
	fake_finish(&m.f);
	m.f.ph[3].p_filesz = 100 * 4096;
	CHECK_EQ(crash_open(m.f.path, &m.c), 0);
	protect_clear(&m.protect);
	filter_init(&m.filter, &m.c.kmem, &m.c.memmap, &m.protect, &m.c.info, LEVEL_CACHE, false,
		    m.page, 4096);
	n = run(&m, NULL, 0);
	CHECK_EQ(n.absent, 156);
	CHECK_EQ(n.pages[PAGE_CACHE], 100 + 128);
	machine_close(&m);
}

/* Pages of 64 KiB in VMCOREINFO, over tables of 4 KiB: nonsense that must end well. */
TEST(page_size_of_another_kernel)
{
	struct machine m;

	machine_open(&m, &(struct fake_desc){ .kernel = FAKE_6_12, .small_leaves = true });
	fake_info_drop(&m.f, "PAGESIZE");
	fake_info_add(&m.f, "PAGESIZE=65536");
	machine_start(&m, LEVEL_ALL);
	CHECK_EQ(m.c.vmcore.page_shift, 16);
	CHECK_EQ(run(&m, NULL, 0).ram, 128);
	machine_close(&m);
}

TEST(random_struct_pages)
{
	struct machine m;
	uint32_t x = 1;

	machine_open(&m, &(struct fake_desc){ .kernel = FAKE_6_1 });
	for (int round = 0; round < 20; round++) {
		uint8_t *p = fake_struct(&m.f, 0);

		for (size_t i = 0; i < 2048 * 64; i += 4) {
			x ^= x << 13;
			x ^= x >> 17;
			x ^= x << 5;
			memcpy(p + i, &x, 4);
		}
		machine_start(&m, LEVEL_ALL);
		CHECK_EQ(run(&m, NULL, 0).ram, 2048);
		machine_stop(&m);
	}
	fake_close(&m.f);
}

/*
 * A header that claims 4 PiB of RAM without bytes costs time by its struct pages alone: there
 * are none.
 */
TEST(sparse_claims_end_soon)
{
	struct machine m;
	struct count n = { 0 };
	uint64_t pfn = 0;

	machine_open(&m, &(struct fake_desc){ .kernel = FAKE_6_12, .section_bits = 27 });
	fake_finish(&m.f);
	m.f.ph[2].p_memsz = 1ull << 40;
	CHECK_EQ(crash_open(m.f.path, &m.c), 0);
	protect_clear(&m.protect);
	filter_init(&m.filter, &m.c.kmem, &m.c.memmap, &m.protect, &m.c.info, LEVEL_ALL, false,
		    m.page, 4096);
	for (; filter_next(&m.filter, pfn, &m.unit); pfn = m.unit.pfn + m.unit.n) {
		n.units++;
		n.unfiltered += m.unit.unfiltered;
	}
	CHECK_EQ(n.units, 1 << 13);
	/* what has no bytes is not left unfiltered: there was nothing to filter */
	CHECK_EQ(n.unfiltered, 0);
	machine_close(&m);
}
