/* SPDX-License-Identifier: MIT */
/*
 * Facts: Intel SDM volume 3, 4.5 ("4-level paging and 5-level paging").
 */
#include "loader/arch/x86/page_tables.h"

#include <string.h>

enum {
	TABLE_BYTES = 4096,
	ENTRIES = 512,
	GIB_SHIFT = 30, /* what one table of large pages maps */
	LARGE_SHIFT = 21,
	/* of an entry */
	PRESENT = 1,
	WRITABLE = 2,
	LARGE = 1 << 7,
};

/* Tables of large pages. */
static unsigned leaves(uint64_t end)
{
	return (unsigned)((end + ((uint64_t)1 << GIB_SHIFT) - 1) >> GIB_SHIFT);
}

size_t page_tables_bytes(uint64_t end, bool five_level)
{
	return end > PAGE_TABLES_MAX ? 0 : (size_t)(leaves(end) + 2 + five_level) * TABLE_BYTES;
}

void page_tables_write(uint64_t *data, uint64_t at, uint64_t end, bool five_level)
{
	unsigned upper = 1 + five_level, n = leaves(end);
	uint64_t *table = data, *leaf;

	memset(data, 0, page_tables_bytes(end, five_level));
	/* the first entry of each leads to the next */
	for (unsigned i = 0; i < upper; i++, table += ENTRIES) {
		at += TABLE_BYTES;
		table[0] = at | PRESENT | WRITABLE;
	}
	leaf = table + ENTRIES;
	for (unsigned i = 0; i < n; i++)
		table[i] = (at + (uint64_t)(i + 1) * TABLE_BYTES) | PRESENT | WRITABLE;
	for (uint64_t i = 0; i < (uint64_t)n * ENTRIES; i++)
		leaf[i] = i << LARGE_SHIFT | PRESENT | WRITABLE | LARGE;
}
