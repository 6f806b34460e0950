/* SPDX-License-Identifier: MIT */
/*
 * aarch64: every size of pages and addresses, entries bit by bit, tags and signatures, and names that
 * do not fit.
 */
#include "dumper/kernel/arch.h"

#include <elf.h>
#include <errno.h>

#include "dumper/dump.h"
#include "dumper/kernel/crash.h"
#include "dumper/kernel/crash_identity.h"
#include "dumper/kernel/kernel_tables.h"
#include "tests/unit/fake/fakecrash.h"
#include "tests/unit/fake/fakelog.h"
#include "tests/unit/fake/kernelnames.h"
#include "tests/unit/test.h"

static void machine_open(struct machine *m, unsigned page_shift, unsigned va_bits,
			 unsigned run_bits)
{
	fake_open(&m->f, &(struct fake_desc){ .kernel = FAKE_6_12,
					      .arch = FAKE_AARCH64,
					      .page_shift = page_shift,
					      .va_bits = va_bits,
					      .run_bits = run_bits });
	fake_kernel_pages(&m->f, 0, m->f.desc.ram_bytes >> m->f.page_shift);
}

static const struct {
	unsigned page_shift, va_bits, run_bits, levels;
} sizes[] = {
	{ 12, 39, 39, 3 }, { 12, 48, 48, 4 }, { 12, 52, 48, 4 }, { 12, 52, 52, 5 },
	{ 14, 36, 36, 2 }, { 14, 47, 47, 3 }, { 14, 48, 48, 4 }, { 14, 52, 47, 3 },
	{ 14, 52, 52, 4 }, { 16, 42, 42, 2 }, { 16, 48, 48, 3 }, { 16, 52, 48, 3 },
	{ 16, 52, 52, 3 },
};

#define N_SIZES (sizeof(sizes) / sizeof(sizes[0]))

/* The whole story on each: names, image, memory map, log. */
TEST(each_size)
{
	for (size_t i = 0; i < N_SIZES; i++) {
		struct crash_identity id;
		struct dump_stats stats;
		struct fakelog log;
		struct machine m;
		uint64_t len;

		machine_open(&m, sizes[i].page_shift, sizes[i].va_bits, sizes[i].run_bits);
		fakelog_open(&log, &m.f, 5, 12);
		fakelog_add(&log, "Kernel panic - not syncing: arm", 31);
		fake_free(m.f.kernel, fake_struct(&m.f, (4 << 20) >> sizes[i].page_shift), 4);
		machine_start(&m);
		CHECK_STR(m.c.why, "");
		CHECK_EQ(m.c.missing, 0);
		CHECK_EQ(m.c.vmcore.page_shift, sizes[i].page_shift);
		CHECK_EQ(m.c.kmem.levels, sizes[i].levels);
		CHECK_EQ(m.c.kmem.root, m.f.root);
		CHECK_EQ(machine_walk(&m, m.f.image_va + 0x123, &len), FAKE_IMAGE_PA + 0x123);
		CHECK_EQ(len, (1u << sizes[i].page_shift) - 0x123);
		CHECK_EQ(machine_walk(&m, m.f.direct + 0x54321, &len), 0x54321);
		CHECK_EQ(machine_walk(&m, m.f.vmemmap, &len), FAKE_MEMMAP_PA);
		/* below the kernel's half, and what nothing maps */
		CHECK_EQ(machine_walk(&m, m.f.direct - 1, &len), ~0ull);
		CHECK_EQ(machine_walk(&m, m.f.image_va - 1, &len), ~0ull);
		CHECK_EQ(machine_walk(&m, ~0ull, &len), ~0ull);
		CHECK_EQ(machine_walk(&m, 0, &len), ~0ull);
		CHECK_EQ(m.c.kmem.image.pa, FAKE_IMAGE_PA);
		CHECK(m.c.kmem.image.len >= m.f.root - FAKE_IMAGE_PA);
		crash_identify(&m.c, &id);
		CHECK_STR(id.machine, "aarch64");
		CHECK_STR(id.release, FAKE_RELEASE);
		CHECK_EQ(id.cpus, 2);
		crash_panic_line(&m.c, id.panic);
		CHECK_STR(id.panic, "Kernel panic - not syncing: arm");
		CHECK_EQ(dump_count(&m.c, &stats), 0);
		CHECK_EQ(stats.pages[PAGE_FREE], 16);
		CHECK_EQ(stats.pages_ram, m.f.desc.ram_bytes >> sizes[i].page_shift);
		machine_close(&m);
	}
}

/* SYMBOL(vmemmap) and mem_section are two ways more to the same struct pages. */
TEST(memory_map_without_sections)
{
	for (size_t i = 0; i < N_SIZES; i++) {
		struct machine m;
		uint64_t va;

		machine_open(&m, sizes[i].page_shift, sizes[i].va_bits, sizes[i].run_bits);
		fake_info_drop(&m.f, "SYMBOL(mem_section)");
		machine_start(&m);
		CHECK_EQ(m.c.missing, 0);
		CHECK_EQ(memmap_page(&m.c.memmap, &m.c.kmem, 5, &va), 0);
		CHECK_EQ(va, m.f.vmemmap + 5 * FAKE_PAGE);
		machine_close(&m);
	}
}

TEST(tables_of_each_size)
{
	for (size_t i = 0; i < N_SIZES; i++) {
		struct kernel_tables t;
		struct machine m;
		unsigned shift = sizes[i].page_shift;

		machine_open(&m, shift, sizes[i].va_bits, sizes[i].run_bits);
		machine_start(&m);
		CHECK_EQ(kernel_tables_collect(&t, &m.c.kmem, 1000), 0);
		for (unsigned level = 1; level < sizes[i].levels; level++) {
			uint64_t entry = *fake_entry(&m.f, m.f.image_va, level);
			uint64_t frame = m.f.machine->address(&m.f, entry) >> shift;
			bool found = false;

			for (size_t k = 0; k < t.n; k++)
				found |= t.frame[k] == frame;
			CHECK(found);
		}
		kernel_tables_free(&t);
		machine_close(&m);
	}
}

/* By the architecture's manual (DDI 0487, D8.3): one entry after the other. */
TEST(entries)
{
	static const struct {
		unsigned page_shift;
		bool lpa2;
		unsigned level;
		uint64_t entry;
		enum arch_entry want;
		uint64_t pa;
	} cases[] = {
		{ 12, false, 0, 0x0068000012345f03, ARCH_LEAF, 0x12345000 },
		{ 12, false, 0, 0x0068000012345f01, ARCH_NONE, 0 }, /* reserved */
		{ 12, false, 0, 0x0068000012345f02, ARCH_NONE, 0 },
		{ 12, false, 1, 0x0060000012200f01, ARCH_LEAF, 0x12200000 },
		{ 12, false, 2, 0x0060000040000f01, ARCH_LEAF, 0x40000000 },
		{ 12, false, 3, 0x0060000040000f01, ARCH_NONE, 0 }, /* no such block */
		{ 12, false, 3, 0x1000000012345003, ARCH_TABLE, 0x12345000 },
		{ 12, false, 1, 0x0000ffff12345003, ARCH_TABLE, 0xffff12345000 },
		/* shareability is no address, with LPA2 it is one */
		{ 12, false, 0, 0x0003000012345303, ARCH_LEAF, 0x12345000 },
		{ 12, true, 0, 0x0003000012345303, ARCH_LEAF, 0xf000012345000 },
		{ 12, true, 0, 0x0001000012345203, ARCH_LEAF, 0x9000012345000 },
		{ 14, false, 0, 0x0003000012347303, ARCH_LEAF, 0x12344000 },
		{ 14, true, 0, 0x0002000012347103, ARCH_LEAF, 0x6000012344000 },
		{ 14, false, 1, 0x0060000012000f01, ARCH_LEAF, 0x12000000 },
		{ 14, false, 2, 0x0060000012000f01, ARCH_NONE, 0 },
		/* FEAT_LPA: bits 15..12 are 51..48, whatever the addresses are */
		{ 16, false, 0, 0x006800001234af03, ARCH_LEAF, 0xa000012340000 },
		{ 16, false, 1, 0x006000002000ff01, ARCH_LEAF, 0xf000020000000 },
		{ 16, false, 2, 0x0000000012340003, ARCH_TABLE, 0x12340000 },
		{ 16, false, 1, 0, ARCH_NONE, 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct kmem k = { .page_shift = cases[i].page_shift, .lpa2 = cases[i].lpa2 };
		enum arch_entry got;
		unsigned shift = 99;
		uint64_t pa = 0;

		got = arch_aarch64.entry(&k, cases[i].level, cases[i].entry, &pa, &shift);
		if (got != cases[i].want || (got != ARCH_NONE && pa != cases[i].pa))
			printf("case %zu: %d, %llx\n", i, got, (unsigned long long)pa);
		CHECK_EQ(got, cases[i].want);
		CHECK(got == ARCH_NONE || pa == cases[i].pa);
		CHECK_EQ(shift, 99);
	}
}

/* Above 48 bits of physical memory: tables and pages there are found. */
TEST(high_memory)
{
	static const struct {
		unsigned page_shift, run_bits;
	} cases[] = { { 12, 52 }, { 14, 52 }, { 16, 52 }, { 16, 48 } };
	uint64_t high = 0xb000000000000ull;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t va = 0xffffffff00000000ull, w = 0;
		struct machine m;

		machine_open(&m, cases[i].page_shift, 52, cases[i].run_bits);
		fake_map(&m.f, va, high + (4 << 20), cases[i].page_shift);
		fake_finish(&m.f);
		/* the upper half of RAM is at the high address */
		m.f.ph[1].p_filesz = m.f.ph[1].p_memsz = 4 << 20;
		m.f.ph[2] = m.f.ph[1];
		m.f.ph[2].p_offset += 4 << 20;
		m.f.ph[2].p_paddr = high + (4 << 20);
		m.f.eh->e_phnum = 3;
		memcpy(m.f.mem + (4 << 20) + 8, "high mem", 8);
		CHECK_EQ(crash_open(m.f.path, &m.c), 0);
		CHECK_EQ(kmem_read(&m.c.kmem, va + 8, &w, 8), 0);
		CHECK(!memcmp(&w, "high mem", 8));
		machine_close(&m);
	}
}

/* The top byte and, of signed pointers, the bits above the address say nothing but the half. */
TEST(tags_and_signatures)
{
	struct machine m;
	uint64_t len;

	machine_open(&m, 12, 39, 39);
	machine_start(&m);
	CHECK_EQ(machine_walk(&m, (m.f.direct & ~(0xffull << 56)) | 0xf4ull << 56 | 0x123, &len),
		 0x123);
	CHECK_EQ(machine_walk(&m, (m.f.direct & ~(0xffull << 56)) | 0x123, &len), 0x123);
	/* bits 54..39 are a signature */
	CHECK_EQ(
		machine_walk(&m, (m.f.direct & ~(0xffffull << 39)) | 0x1234ull << 39 | 0x123, &len),
		0x123);
	/* bit 55: an address of a process */
	CHECK_EQ(machine_walk(&m, m.f.direct & ~(1ull << 55), &len), ~0ull);
	crash_close(&m.c);
	/* a kernel without signatures has none in its addresses */
	fake_info_drop(&m.f, "NUMBER(KERNELPACMASK)");
	fake_info_add(&m.f, "NUMBER(KERNELPACMASK)=0x0");
	machine_start(&m);
	CHECK_EQ(machine_walk(&m, (m.f.direct & ~(0xffffull << 39)) | 0x123, &len), ~0ull);
	CHECK_EQ(machine_walk(&m, (m.f.direct & ~(0xffull << 56)) | 0x123, &len), 0x123);
	machine_close(&m);
}

TEST(names_that_do_not_fit)
{
	static const struct {
		const char *drop, *add, *why;
	} cases[] = {
		{ "NUMBER(VA_BITS)", "X=1", "VA_BITS" },
		{ "NUMBER(VA_BITS)", "NUMBER(VA_BITS)=35", "VA_BITS" },
		{ "NUMBER(VA_BITS)", "NUMBER(VA_BITS)=64", "VA_BITS" },
		{ "NUMBER(TCR_EL1_T1SZ)", "NUMBER(TCR_EL1_T1SZ)=0x3f", "T1SZ" },
		{ "NUMBER(TCR_EL1_T1SZ)", "NUMBER(TCR_EL1_T1SZ)=-1", "T1SZ" },
		{ "NUMBER(TCR_EL1_T1SZ)", "NUMBER(TCR_EL1_T1SZ)=0x8", "T1SZ" },
		{ "NUMBER(TCR_EL1_T1SZ)", "NUMBER(TCR_EL1_T1SZ)=-9223372036854775808", "T1SZ" },
		{ "NUMBER(TCR_EL1_T1SZ)", "NUMBER(TCR_EL1_T1SZ)=0x8000000000000010", "T1SZ" },
		{ "NUMBER(kimage_voffset)", "X=1", "kimage_voffset" },
		{ "NUMBER(kimage_voffset)", "NUMBER(kimage_voffset)=0x1", "kimage_voffset" },
		{ "SYMBOL(swapper_pg_dir)", "X=1", "swapper_pg_dir" },
		{ "PAGESIZE", "PAGESIZE=8192", "PAGESIZE" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct machine m;
		uint64_t w;

		machine_open(&m, 12, 48, 48);
		fake_info_drop(&m.f, cases[i].drop);
		fake_info_add(&m.f, cases[i].add);
		machine_start(&m);
		CHECK_EQ(m.c.missing, CORE_NO_PAGING | CORE_NO_MEMMAP);
		CHECK(strstr(m.c.why, cases[i].why) != NULL);
		CHECK_EQ(kmem_read(&m.c.kmem, m.f.image_va, &w, 8), -EFAULT);
		machine_close(&m);
	}
}

/* The CPU's own size is not exported by old kernels: then it is the build's. */
TEST(no_run_time_size)
{
	struct machine m;

	machine_open(&m, 12, 48, 48);
	fake_info_drop(&m.f, "NUMBER(TCR_EL1_T1SZ)");
	machine_start(&m);
	CHECK_EQ(m.c.missing, 0);
	machine_close(&m);
}

static uint64_t simple_leaf(uint64_t pa)
{
	return pa | 0x0068000000000403;
}

static uint64_t simple_table(uint64_t pa)
{
	return pa | 3;
}

/* Of real kernels: what their names say, and a walk through tables at the place they name. */
TEST(real_kernels)
{
	static const struct kernel_names kernels[] = {
		{ "a6.1-cloud.cortex-a57", 12, 4, 48, 0x4157b000, 0x41bb0600, 0xffff9cf600000000,
		  false },
		{ "a6.12-cloud.cortex-a57", 12, 4, 48, 0x41a92000, 0x41f1d498, 0xfff0d8a8c0000000,
		  true },
		{ "a6.12-cloud.max", 12, 5, 52, 0x41a92000, 0x41f1d498, 0x40000000, true },
		{ "a6.12-16k.max", 14, 4, 52, 0x41f64000, 0x4261f558, 0x40000000, true },
		{ "a64k-6.12.max", 16, 3, 52, 0x40510000, 0x40705060, 0x40000000, true },
		{ "a64k-6.12.cortex-a57", 16, 3, 52, 0x40510000, 0x40705060, 0xfff0d13280000000,
		  true },
		{ "a7.2-cloud.max", 12, 5, 52, 0x4209c000, 0x426769c0, 0x40000000, true },
	};

	for (size_t i = 0; i < sizeof(kernels) / sizeof(kernels[0]); i++) {
		const char *differs =
			kernel_names_check(&kernels[i], EM_AARCH64, simple_leaf, simple_table);

		if (differs[0])
			printf("%s\n", kernels[i].file);
		CHECK_STR(differs, "");
	}
}
