/* SPDX-License-Identifier: MIT */
#include "loader/arch/x86/page_tables.h"

#include "lib/cleanup.h"
#include "tests/unit/test.h"

#define AT  0x1234000ull
#define GIB (1ull << 30)

static uint64_t *tables;

/* The processor's walk: the physical address, or UINT64_MAX. */
static uint64_t walk(uint64_t va, unsigned levels)
{
	uint64_t at = AT;

	for (unsigned level = levels; level; level--) {
		unsigned shift = 12 + 9 * (level - 1);
		uint64_t e = tables[(at - AT) / 8 + (va >> shift & 511)];

		if (!(e & 1))
			return UINT64_MAX;
		at = e & 0xffffffffff000;
		if (e & 0x80)
			return at + (va & ((1ull << shift) - 1));
	}
	return UINT64_MAX;
}

static void check(uint64_t end, bool five)
{
	unsigned levels = 4 + five;
	size_t bytes = page_tables_bytes(end, five);

	tables = malloc(bytes);
	page_tables_write(tables, AT, end, five);
	for (uint64_t va = 0; va < end; va += 0x1ff123)
		CHECK_EQ(walk(va, levels), va);
	CHECK_EQ(walk(end - 1, levels), end - 1);
	CHECK_EQ(walk((end + GIB - 1) / GIB * GIB, levels), UINT64_MAX);
	CHECK_EQ(walk(1ull << 47, levels), UINT64_MAX);
	free(tables);
}

TEST(each_address_is_itself)
{
	check(GIB, false);
	check(GIB + 1, false);
	check(5 * GIB - 4096, false);
	check(3 * GIB, true);
}

TEST(as_much_as_they_can_map)
{
	CHECK_EQ(page_tables_bytes(GIB, false), 3 * 4096);
	CHECK_EQ(page_tables_bytes(GIB, true), 4 * 4096);
	CHECK_EQ(page_tables_bytes(PAGE_TABLES_MAX, false), 514 * 4096);
	CHECK_EQ(page_tables_bytes(PAGE_TABLES_MAX + 1, false), 0);
}
