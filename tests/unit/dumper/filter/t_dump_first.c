/* SPDX-License-Identifier: MIT */
/*
 * What a cut dump must hold comes first: CPU areas, page tables, nodes, sections; all of it
 * bounded.
 */
#include "dumper/filter/dump_first.h"

#include "tests/unit/fake/fakecore.h"
#include "tests/unit/test.h"

#define CPU_AREAS 0xfffffe0000000000ull
#define AREA_PA	  (16ull << 20) /* of CPU 0's area; of CPU 1's, a huge page behind it */

static bool is_early(const struct dump_first *e, uint64_t pa)
{
	return protect_any(&e->list, pa >> 12, (pa >> 12) + 1);
}

struct machine {
	struct fake f;
	struct crash c;
	struct protect protect;
	struct dump_first early;
};

static void machine_open(struct machine *m, unsigned levels)
{
	fake_open(&m->f, &(struct fake_desc){
				 .kernel = FAKE_6_12, .ram_bytes = 64 << 20, .levels = levels });
	fake_kernel_pages(&m->f, 0, 16384);
}

static void machine_start(struct machine *m)
{
	memset(&m->early, 0, sizeof(m->early));
	fake_finish(&m->f);
	CHECK_EQ(crash_open(m->f.path, &m->c), 0);
	protect_init(&m->protect, &m->c.kmem, &m->c.memmap, &m->c.info);
	dump_first_init(&m->early, &m->protect, &m->c);
}

static void machine_close(struct machine *m)
{
	dump_first_free(&m->early);
	crash_close(&m->c);
	fake_close(&m->f);
}

TEST(areas_of_the_cpus)
{
	for (unsigned levels = 4; levels <= 5; levels++) {
		struct machine m;

		machine_open(&m, levels);
		fake_map(&m.f, CPU_AREAS + 0x1000, AREA_PA + 0x5000, 12);
		fake_map(&m.f, CPU_AREAS + (77ull << 30) + 0x3000, AREA_PA + (2 << 20), 12);
		machine_start(&m);
		CHECK(is_early(&m.early, AREA_PA) && is_early(&m.early, AREA_PA + (4 << 20) - 1));
		CHECK(!is_early(&m.early, AREA_PA - 1) && !is_early(&m.early, AREA_PA + (4 << 20)));
		/* the image, and the tables themselves */
		CHECK(is_early(&m.early, FAKE_IMAGE_PA) && is_early(&m.early, m.f.root));
		CHECK(m.early.tables.n > 6);
		for (size_t i = 0; i < m.early.tables.n; i++)
			CHECK(is_early(&m.early, m.early.tables.frame[i] << 12));
		machine_close(&m);
	}
}

TEST(nodes)
{
	struct machine m;
	uint64_t array, node;

	machine_open(&m, 4);
	array = fake_alloc(&m.f, 4096);
	node = fake_alloc(&m.f, 3 * 4096);
	*(uint64_t *)(void *)(m.f.mem + array + 8) = fake_va(&m.f, node + 4090);
	sprintf(m.f.info + strlen(m.f.info),
		"SYMBOL(node_data)=%llx\nSIZE(nodemask_t)=8\nSIZE(pglist_data)=5000\n",
		(unsigned long long)fake_va(&m.f, array));
	machine_start(&m);
	CHECK(is_early(&m.early, node) && is_early(&m.early, node + 2 * 4096));
	CHECK(!is_early(&m.early, node + 3 * 4096));
	machine_close(&m);
}

/* Of millions of roots, as riscv64 has, those that lead somewhere. */
TEST(many_roots)
{
	struct machine m;
	uint64_t roots, section, *to;

	fake_open(&m.f, &(struct fake_desc){ .kernel = FAKE_7_1,
					     .arch = FAKE_RISCV64,
					     .va_bits = 57,
					     .ram_bytes = 128 << 20 });
	fake_kernel_pages(&m.f, 0, 128 << 8);
	roots = 64 << 20;
	section = 112 << 20;
	to = (uint64_t *)(void *)(m.f.mem + roots);
	to[0] = *(uint64_t *)(void *)(m.f.mem + m.f.sections);
	to[(4 << 20) - 1] = fake_va(&m.f, section);
	fake_info_drop(&m.f, "SYMBOL(mem_section)");
	fake_info_drop(&m.f, "LENGTH(mem_section)");
	sprintf(m.f.info + strlen(m.f.info),
		"SYMBOL(mem_section)=%llx\nLENGTH(mem_section)=4194304\n",
		(unsigned long long)fake_va(&m.f, roots));
	machine_start(&m);
	CHECK_EQ(m.c.missing, 0);
	CHECK(is_early(&m.early, section) && !is_early(&m.early, section + 4096));
	machine_close(&m);
}

/* Tables that lead everywhere take no more than there is room for. */
TEST(bounded)
{
	struct machine m;
	uint64_t pages = 0;

	machine_open(&m, 4);
	for (unsigned i = 0; i < 400; i++)
		fake_map(&m.f, CPU_AREAS + ((uint64_t)i << 12), ((uint64_t)i + 1) << 21, 12);
	machine_start(&m);
	for (size_t i = 0; i < m.early.list.ranges.n; i++)
		pages += m.early.list.ranges.list[i].end - m.early.list.ranges.list[i].first;
	CHECK(pages > 30000 && pages + m.early.tables.n <= DUMP_FIRST_PAGES);
	machine_close(&m);
}
