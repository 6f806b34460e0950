/* SPDX-License-Identifier: MIT */
#include "dumper/kernel/kmem_table.h"

#include <errno.h>

int kmem_table_entry(struct kmem *k, unsigned level, uint64_t table, unsigned index, uint64_t *ret)
{
	int r;

	if (level >= KMEM_LEVELS || index >> k->index_bits)
		return -EFAULT;
	table += index / KMEM_PIECE * sizeof(k->cache[level].entry);
	index %= KMEM_PIECE;
	if (k->cache[level].pa != table || !table) {
		k->cache[level].pa = 0;
		r = vmcore_read(k->vmcore, table, k->cache[level].entry,
				sizeof(k->cache[level].entry));
		if (r)
			return r;
		k->cache[level].pa = table;
	}
	*ret = k->cache[level].entry[index];
	return 0;
}
