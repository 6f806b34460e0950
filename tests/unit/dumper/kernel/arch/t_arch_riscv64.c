/* SPDX-License-Identifier: MIT */
/*
 * riscv64: Sv39, Sv48, Sv57, entries bit by bit, and names that do not fit.
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

static void machine_open(struct machine *m, enum fake_kernel kernel, unsigned va_bits)
{
	fake_open(&m->f, &(struct fake_desc){
				 .kernel = kernel, .arch = FAKE_RISCV64, .va_bits = va_bits });
	fake_kernel_pages(&m->f, 0, m->f.desc.ram_bytes >> 12);
}

static const unsigned sizes[] = { 39, 48, 57 };

static void check(enum fake_kernel kernel, unsigned va_bits)
{
	struct crash_identity id;
	struct kernel_tables t;
	struct dump_stats stats;
	struct fakelog log;
	struct machine m;
	uint64_t len, va;
	char text[64];

	machine_open(&m, kernel, va_bits);
	fakelog_open(&log, &m.f, 5, 12);
	fakelog_add(&log, "Kernel panic - not syncing: riscv", 33);
	fake_free(kernel, fake_struct(&m.f, 64), 5);
	machine_start(&m);
	CHECK_STR(m.c.why, "");
	CHECK_EQ(m.c.missing, 0);
	CHECK_EQ(m.c.kmem.levels, (va_bits - 12) / 9);
	CHECK_EQ(m.c.kmem.root, m.f.root);
	CHECK_EQ(machine_walk(&m, m.f.image_va + 0x123, &len), FAKE_IMAGE_PA + 0x123);
	CHECK_EQ(len, 0x1000 - 0x123);
	CHECK_EQ(machine_walk(&m, m.f.direct + 0x54321, &len), 0x54321);
	CHECK_EQ(len, (1 << 30) - 0x54321);
	CHECK_EQ(machine_walk(&m, m.f.vmemmap + 64, &len), FAKE_MEMMAP_PA + 64);
	CHECK_EQ(machine_walk(&m, m.f.direct - 1, &len), ~0ull);
	CHECK_EQ(machine_walk(&m, ~0ull, &len), ~0ull);
	CHECK_EQ(machine_walk(&m, m.f.direct & ((1ull << (va_bits - 1)) - 1), &len), ~0ull);
	CHECK_EQ(m.c.kmem.image.pa, FAKE_IMAGE_PA);
	CHECK_EQ(m.c.kmem.image.len, FAKE_IMAGE_BYTES);
	crash_identify(&m.c, &id);
	CHECK_STR(id.machine, "riscv64");
	crash_panic_line(&m.c, id.panic);
	CHECK_STR(id.panic, "Kernel panic - not syncing: riscv");
	CHECK_EQ(dump_count(&m.c, &stats), 0);
	CHECK_EQ(stats.pages[PAGE_FREE], 32);
	CHECK_EQ(kernel_tables_collect(&t, &m.c.kmem, 1000), 0);
	CHECK(t.n >= m.f.levels);
	kernel_tables_free(&t);
	crash_close(&m.c);
	/* by the name of the memory map alone */
	fake_info_drop(&m.f, "SYMBOL(mem_section)");
	snprintf(text, sizeof(text), "SYMBOL(vmemmap)=%llx", (unsigned long long)m.f.vmemmap);
	fake_info_add(&m.f, text);
	machine_start(&m);
	CHECK_EQ(m.c.missing, 0);
	CHECK_EQ(memmap_page(&m.c.memmap, &m.c.kmem, 5, &va), 0);
	CHECK_EQ(va, m.f.vmemmap + 5 * FAKE_PAGE);
	machine_close(&m);
}

/* The whole story on each, before the kernel exported satp and after. */
TEST(each_size)
{
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		check(FAKE_6_12, sizes[i]);
		check(FAKE_7_1, sizes[i]);
	}
}

/*
 * VMEMMAP_START had frame 0's struct page until a11dd49dcb93 (6.8 and its stable kernels), and the
 * first of RAM's then, and neither says which: without mem_section no struct page is looked for.
 */
TEST(start_of_the_memory_map_says_nothing)
{
	struct machine m;
	uint64_t va;

	machine_open(&m, FAKE_6_7, 48);
	fake_info_drop(&m.f, "SYMBOL(mem_section)");
	fake_info_drop(&m.f, "NUMBER(phys_ram_base)");
	fake_info_add(&m.f, "NUMBER(phys_ram_base)=2097152");
	machine_start(&m);
	CHECK_EQ(m.c.missing, CORE_NO_MEMMAP);
	CHECK_EQ(memmap_page(&m.c.memmap, &m.c.kmem, 1000, &va), -ENOENT);
	machine_close(&m);
}

/* By the privileged manual (4.4, 5.1.1): one entry after the other. */
TEST(entries)
{
	static const struct {
		unsigned level;
		uint64_t entry;
		enum arch_entry want;
		uint64_t pa;
		unsigned shift;
	} cases[] = {
		{ 0, 0x00000000048d14ef, ARCH_LEAF, 0x12345000, 12 },
		{ 0, 0x00000000048d14ee, ARCH_NONE, 0, 0 }, /* V */
		{ 0, 0x00000000048d14e1, ARCH_NONE, 0, 0 }, /* no table below */
		{ 1, 0x00000000048d14e1, ARCH_TABLE, 0x12345000, 21 },
		{ 1, 0x00000000048800e7, ARCH_LEAF, 0x12200000, 21 },
		{ 2, 0x00000000100000e3, ARCH_LEAF, 0x40000000, 30 },
		{ 3, 0x00000000000000e9, ARCH_LEAF, 0, 39 },
		/* memory types and reserved bits are no address; all 44 bits of the frame are one */
		{ 0, 0x60000000048d14e7, ARCH_LEAF, 0x12345000, 12 },
		{ 0, 0x1fc00000048d14e7, ARCH_LEAF, 0x12345000, 12 },
		{ 0, 0x003ffffffffffce7, ARCH_LEAF, 0x00fffffffffff000, 12 },
		/* Svnapot: the low four bits of the frame are the size */
		{ 0, 0x80000000048d20e7, ARCH_LEAF, 0x12348000, 16 },
		{ 0, 0x80000000048d14e7, ARCH_NONE, 0, 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct kmem k = { .table_shift = 12, .index_bits = 9 };
		unsigned shift = kmem_shift(&k, cases[i].level);
		enum arch_entry got;
		uint64_t pa = 0;

		got = arch_riscv64.entry(&k, cases[i].level, cases[i].entry, &pa, &shift);
		if (got != cases[i].want || (got != ARCH_NONE && pa != cases[i].pa))
			printf("case %zu: %d, %llx\n", i, got, (unsigned long long)pa);
		CHECK_EQ(got, cases[i].want);
		CHECK(got == ARCH_NONE || (pa == cases[i].pa && shift == cases[i].shift));
	}
}

/* Each of the 16 entries of a page of 64 KiB is the same. */
TEST(napot)
{
	uint64_t va = 0xffffffd000010000ull, len;
	struct machine m;

	machine_open(&m, FAKE_6_12, 39);
	for (unsigned i = 0; i < 16; i++) {
		fake_map(&m.f, va + i * 4096, 0, 12);
		*fake_entry(&m.f, va + i * 4096, 0) = 1ull << 63 | 0x148ull << 10 | 0xe7;
	}
	machine_start(&m);
	CHECK_EQ(machine_walk(&m, va, &len), 0x140000);
	CHECK_EQ(len, 65536);
	CHECK_EQ(machine_walk(&m, va + 0x7123, &len), 0x147123);
	CHECK_EQ(len, 65536 - 0x7123);
	machine_close(&m);
}

/* RAM may lie higher than on the other machines. */
TEST(high_memory)
{
	uint64_t va = 0xffffffff00000000ull, high = 0xb0000000000000ull, w = 0;
	struct machine m;

	machine_open(&m, FAKE_6_12, 48);
	fake_map(&m.f, va, high + (4 << 20), 12);
	fake_finish(&m.f);
	m.f.ph[1].p_filesz = m.f.ph[1].p_memsz = 4 << 20;
	m.f.ph[2] = m.f.ph[1];
	m.f.ph[2].p_offset += 4 << 20;
	m.f.ph[2].p_paddr = high + (4 << 20);
	m.f.eh->e_phnum = 3;
	memcpy(m.f.mem + (4 << 20) + 8, "high mem", 8);
	CHECK_EQ(crash_open(m.f.path, &m.c), 0);
	CHECK_EQ(m.c.vmcore.impossible, 0);
	CHECK_EQ(kmem_read(&m.c.kmem, va + 8, &w, 8), 0);
	CHECK(!memcmp(&w, "high mem", 8));
	machine_close(&m);
}

TEST(names_that_do_not_fit)
{
	static const struct {
		enum fake_kernel kernel;
		const char *drop, *add, *why;
	} cases[] = {
		{ FAKE_6_12, "SYMBOL(swapper_pg_dir)", "X=1", "swapper_pg_dir" },
		{ FAKE_6_12, "NUMBER(va_kernel_pa_offset)", "X=1", "va_kernel_pa_offset" },
		{ FAKE_6_12, "NUMBER(VA_BITS)", "X=1", "VA_BITS" },
		{ FAKE_6_12, "NUMBER(VA_BITS)", "NUMBER(VA_BITS)=30", "impossible" },
		{ FAKE_6_12, "NUMBER(VA_BITS)", "NUMBER(VA_BITS)=-1", "impossible" },
		{ FAKE_6_12, "NUMBER(va_kernel_pa_offset)", "NUMBER(va_kernel_pa_offset)=1",
		  "impossible" },
		{ FAKE_7_1, "NUMBER(satp)", "NUMBER(satp)=0x0", "impossible" },
		{ FAKE_7_1, "NUMBER(satp)", "NUMBER(satp)=0xf000000000082507", "impossible" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct machine m;
		uint64_t w;

		machine_open(&m, cases[i].kernel, 48);
		fake_info_drop(&m.f, cases[i].drop);
		fake_info_add(&m.f, cases[i].add);
		machine_start(&m);
		CHECK_EQ(m.c.missing, CORE_NO_PAGING | CORE_NO_MEMMAP);
		CHECK(strstr(m.c.why, cases[i].why) != NULL);
		CHECK_EQ(kmem_read(&m.c.kmem, m.f.image_va, &w, 8), -EFAULT);
		machine_close(&m);
	}
}

static uint64_t simple_leaf(uint64_t pa)
{
	return pa >> 12 << 10 | 0xe7;
}

static uint64_t simple_table(uint64_t pa)
{
	return pa >> 12 << 10 | 1;
}

/* Of real kernels: what their names say, and a walk through tables at the place they name. */
TEST(real_kernels)
{
	static const struct kernel_names kernels[] = {
		{ "r6.12.rv64", 12, 5, 57, 0x81fcb000, 0x81f69cc8, 0x80000000, false },
		{ "r7.2.rv64", 12, 4, 48, 0x82507000, 0x8247e5c0, 0x80000000, false },
	};

	for (size_t i = 0; i < sizeof(kernels) / sizeof(kernels[0]); i++) {
		const char *differs =
			kernel_names_check(&kernels[i], EM_RISCV, simple_leaf, simple_table);

		if (differs[0])
			printf("%s\n", kernels[i].file);
		CHECK_STR(differs, "");
	}
}
