/* SPDX-License-Identifier: MIT */
/*
 * Kernel virtual memory: page walks, loops and holes in the tables, and names that do not fit.
 */
#include "dumper/kernel/kmem_table.h"

#include <errno.h>

#include "dumper/kernel/crash.h"
#include "dumper/kernel/crash_identity.h"
#include "tests/unit/fake/fakecrash.h"
#include "tests/unit/fake/fakelog.h"
#include "tests/unit/test.h"

static void open_with(struct machine *m, unsigned levels)
{
	fake_open(&m->f, &(struct fake_desc){
				 .kernel = FAKE_6_12, .levels = levels, .small_leaves = true });
	/* pages that tell where they are, below the tables */
	for (uint64_t pa = 0; pa <= FAKE_IMAGE_PA; pa += 4096)
		memcpy(m->f.mem + pa + 0xff0, &pa, 8);
}

TEST(leaves_of_each_size)
{
	for (unsigned levels = 4; levels <= 5; levels++) {
		uint64_t va = levels == 5 ? 0xffa0000000000000ull : 0xffffc90000000000ull, len;
		struct machine m;

		open_with(&m, levels);
		fake_map(&m.f, va, 0x5000, 12);
		fake_map(&m.f, va + (2 << 20), 0x400000, 21);
		fake_map(&m.f, va + (1ull << 30), 0x40000000, 30);
		/* PAT and no-execute are no part of the address; 5-level tables of 52 bits */
		*fake_entry(&m.f, va + (2 << 20), 1) |= 1ull << 63 | 1 << 12;
		machine_start(&m);
		CHECK_EQ(m.c.kmem.levels, levels);
		CHECK_EQ(machine_walk(&m, va + 0x123, &len), 0x5123);
		CHECK_EQ(len, 0x1000 - 0x123);
		CHECK_EQ(machine_walk(&m, va + (2 << 20) + 0x12345, &len), 0x412345);
		CHECK_EQ(len, (2 << 20) - 0x12345);
		CHECK_EQ(machine_walk(&m, va + (1ull << 30) + 0x3fffffff, &len), 0x7fffffff);
		CHECK_EQ(len, 1);
		CHECK_EQ(machine_walk(&m, va + 0x1000, &len), ~0ull);
		CHECK_EQ(machine_walk(&m, va - 1, &len), ~0ull);
		CHECK_EQ(machine_walk(&m, 0, &len), ~0ull);
		CHECK_EQ(machine_walk(&m, ~0ull, &len), ~0ull);
		machine_close(&m);
	}
}

TEST(encryption_mask)
{
	uint64_t va = 0xffffc90000000000ull, bit = 1ull << 47, len;
	struct machine m;

	open_with(&m, 4);
	fake_map(&m.f, va, 0x5000, 12);
	for (unsigned level = 0; level < 4; level++)
		*fake_entry(&m.f, va, level) |= bit;
	fake_info_drop(&m.f, "NUMBER(sme_mask)");
	machine_start(&m);
	CHECK_EQ(machine_walk(&m, va, &len), ~0ull);
	crash_close(&m.c);
	fake_info_add(&m.f, "NUMBER(sme_mask)=140737488355328");
	machine_start(&m);
	CHECK_EQ(machine_walk(&m, va, &len), 0x5000);
	machine_close(&m);
}

/* Every entry of the top table names that table: all walks end. */
TEST(tables_that_are_loops)
{
	for (unsigned levels = 4; levels <= 5; levels++) {
		struct machine m;
		uint64_t *root, len, va, w;

		open_with(&m, levels);
		root = (uint64_t *)(void *)(m.f.mem + m.f.root);
		for (int i = 0; i < 512; i++)
			root[i] = m.f.root | 3;
		machine_start(&m);
		/* the walk ends in the table itself */
		CHECK_EQ(machine_walk(&m, 0xffff888000000123ull, &len), m.f.root + 0x123);
		CHECK_EQ(len, 0x1000 - 0x123);
		va = 0xffff888000000ffcull;
		CHECK_EQ(kmem_read(&m.c.kmem, va, &w, 8), 0);
		/*
		 * mem_section is such a table then: no present section leads to struct pages
		 * elsewhere
		 */
		machine_close(&m);
		open_with(&m, levels);
		root = (uint64_t *)(void *)(m.f.mem + m.f.root);
		for (int i = 0; i < 512; i++)
			root[i] = m.f.root | 0x83;
		machine_start(&m);
		kmem_read(&m.c.kmem, va, &w, 8);
		machine_close(&m);
	}
}

TEST(tables_that_lead_outside)
{
	static const uint64_t where[] = { 8ull << 20, 1ull << 40, 0x000ffffffffff000ull };

	for (unsigned level = 0; level < 4; level++) {
		for (size_t i = 0; i < sizeof(where) / sizeof(where[0]); i++) {
			uint64_t va = 0xffffc90000000000ull, w;
			struct machine m;

			open_with(&m, 4);
			fake_map(&m.f, va, 0x5000, 12);
			*fake_entry(&m.f, va, level) = where[i] | 3;
			machine_start(&m);
			CHECK_EQ(kmem_read(&m.c.kmem, va, &w, 8), -EFAULT);
			/* the rest goes on working */
			CHECK_EQ(kmem_read(&m.c.kmem, fake_va(&m.f, 0x3ff0), &w, 8), 0);
			CHECK_EQ(w, 0x3000);
			machine_close(&m);
		}
	}
}

/* One level for each large bit where the architecture knows none: 512 GiB pages do not exist. */
TEST(large_bit_at_the_top)
{
	uint64_t va = 0xffffc90000000000ull, len;
	struct machine m;

	open_with(&m, 4);
	fake_map(&m.f, va, 0x5000, 12);
	*fake_entry(&m.f, va, 0) |= 0x80;
	*fake_entry(&m.f, va, 3) |= 0x80;
	machine_start(&m);
	CHECK_EQ(machine_walk(&m, va, &len), 0x5000);
	CHECK_EQ(len, 4096);
	machine_close(&m);
}

TEST(reads_cross_mappings)
{
	uint64_t va = 0xffffc90000000000ull;
	uint8_t buf[0x3000];
	struct machine m;

	open_with(&m, 4);
	fake_map(&m.f, va, 0x7000, 12);
	fake_map(&m.f, va + 0x1000, 0x3000, 12);
	machine_start(&m);
	CHECK_EQ(kmem_read(&m.c.kmem, va + 8, buf, 0x1ff8), 0);
	CHECK(!memcmp(buf, m.f.mem + 0x7008, 0xff8));
	CHECK(!memcmp(buf + 0xff8, m.f.mem + 0x3000, 0x1000));
	CHECK_EQ(kmem_read(&m.c.kmem, va + 8, buf, 0x1ff9), -EFAULT);
	CHECK_EQ(kmem_read(&m.c.kmem, ~0ull - 2, buf, 8), -EFAULT);
	CHECK_EQ(kmem_read(&m.c.kmem, 1, buf, 0), 0);
	machine_close(&m);
}

TEST(table_entries_are_bounded)
{
	struct machine m;
	uint64_t e;

	open_with(&m, 4);
	machine_start(&m);
	CHECK_EQ(kmem_table_entry(&m.c.kmem, KMEM_LEVELS, m.f.root, 0, &e), -EFAULT);
	CHECK_EQ(kmem_table_entry(&m.c.kmem, 0, m.f.root, 512, &e), -EFAULT);
	CHECK_EQ(kmem_table_entry(&m.c.kmem, 0, 1ull << 40, 0, &e), -EFAULT);
	/* a table at physical address 0 is as good as any */
	memcpy(m.f.mem, "\1\2\3\4\5\6\7\0", 8);
	CHECK_EQ(kmem_table_entry(&m.c.kmem, 0, 0, 0, &e), 0);
	CHECK_EQ(e, 0x07060504030201ull);
	machine_close(&m);
}

/* Without phys_base in VMCOREINFO the image's own PT_LOAD tells it. */
TEST(phys_base)
{
	struct machine m;
	uint64_t w;

	open_with(&m, 4);
	fake_info_drop(&m.f, "NUMBER(phys_base)");
	machine_start(&m);
	CHECK(!(m.c.missing & CORE_NO_PAGING));
	CHECK_EQ(m.c.kmem.phys_base, (int64_t)FAKE_IMAGE_PA - 0x1000000);
	CHECK_EQ(kmem_read(&m.c.kmem, FAKE_IMAGE_VA + 0xff0, &w, 8), 0);
	CHECK_EQ(w, FAKE_IMAGE_PA);
	machine_close(&m);
	open_with(&m, 4);
	m.f.desc.no_text = true;
	fake_info_drop(&m.f, "NUMBER(phys_base)");
	machine_start(&m);
	CHECK(m.c.missing & CORE_NO_PAGING);
	CHECK(strstr(m.c.why, "phys_base") != NULL);
	CHECK_EQ(kmem_read(&m.c.kmem, FAKE_IMAGE_VA, &w, 8), -EFAULT);
	machine_close(&m);
}

TEST(names_that_do_not_fit)
{
	static const struct {
		const char *drop, *add;
	} cases[] = {
		{ "SYMBOL(init_top_pgt)", "X=1" },
		{ "SYMBOL(init_top_pgt)", "SYMBOL(init_top_pgt)=zz" },
		{ "SYMBOL(init_top_pgt)", "SYMBOL(init_top_pgt)=1000" },
		{ "SYMBOL(init_top_pgt)", "SYMBOL(init_top_pgt)=ffffffff81004001" },
		{ "NUMBER(phys_base)", "NUMBER(phys_base)=-9223372036854775807" },
		{ "NUMBER(phys_base)", "NUMBER(phys_base)=9223372036854775807" },
		{ "NUMBER(phys_base)", "NUMBER(phys_base)=4503599627370496" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct machine m;
		uint64_t w;

		open_with(&m, 4);
		fake_info_drop(&m.f, cases[i].drop);
		fake_info_add(&m.f, cases[i].add);
		machine_start(&m);
		CHECK(m.c.missing & CORE_NO_PAGING && m.c.missing & CORE_NO_MEMMAP);
		CHECK_EQ(kmem_read(&m.c.kmem, FAKE_IMAGE_VA, &w, 8), -EFAULT);
		machine_close(&m);
	}
}

TEST(old_name_of_the_top_table)
{
	struct machine m;

	open_with(&m, 4);
	fake_info_drop(&m.f, "SYMBOL(init_top_pgt)");
	fake_info_add(&m.f, "SYMBOL(init_level4_pgt)=ffffffff81004000");
	machine_start(&m);
	CHECK_EQ(m.c.kmem.root, FAKE_IMAGE_PA + 0x4000);
	machine_close(&m);
}

/* What lies where a segment says so can be read. */
TEST(unknown_architecture)
{
	struct machine m;
	uint64_t va = 0xffffc90000000000ull, len;

	open_with(&m, 4);
	fake_map(&m.f, va, 0x5000, 12);
	fake_finish(&m.f);
	m.f.eh->e_machine = EM_S390;
	CHECK_EQ(crash_open(m.f.path, &m.c), 0);
	CHECK_EQ(m.c.missing, CORE_NO_PAGING | CORE_NO_MEMMAP);
	CHECK(strstr(m.c.why, "architecture") != NULL);
	CHECK_EQ(machine_walk(&m, m.f.direct + 0x1234, &len), 0x1234);
	CHECK_EQ(len, m.f.desc.ram_bytes - 0x1234);
	CHECK_EQ(machine_walk(&m, va, &len), ~0ull);
	CHECK_EQ(machine_walk(&m, m.f.direct - 1, &len), ~0ull);
	CHECK_EQ(machine_walk(&m, m.f.direct + m.f.desc.ram_bytes, &len), ~0ull);
	machine_close(&m);
}

/* A kernel that lies in the direct map. */
TEST(log_of_an_unknown_architecture)
{
	struct crash_identity id;
	struct fakelog log;
	struct machine m;
	char line[80];

	open_with(&m, 4);
	fakelog_open(&log, &m.f, 5, 12);
	fakelog_add(&log, "Kernel panic - not syncing: odd", 31);
	fake_info_drop(&m.f, "SYMBOL(prb)");
	fake_info_drop(&m.f, "SYMBOL(init_uts_ns)");
	*(uint64_t *)(void *)(m.f.mem + FAKE_IMAGE_PA + 0x800) = fake_va(&m.f, log.prb);
	snprintf(line, sizeof(line), "SYMBOL(prb)=%llx\nSYMBOL(init_uts_ns)=%llx",
		 (unsigned long long)fake_va(&m.f, FAKE_IMAGE_PA + 0x800),
		 (unsigned long long)fake_va(&m.f, FAKE_IMAGE_PA + 0x100));
	fake_info_add(&m.f, line);
	fake_finish(&m.f);
	m.f.eh->e_machine = EM_PPC64;
	CHECK_EQ(crash_open(m.f.path, &m.c), 0);
	crash_identify(&m.c, &id);
	crash_panic_line(&m.c, id.panic);
	CHECK_STR(id.panic, "Kernel panic - not syncing: odd");
	CHECK_STR(id.nodename, "fakehost");
	machine_close(&m);
}
