/* SPDX-License-Identifier: MIT */
/*
 * The page tables of the kernel's own half of memory: a struct page says that it is a page table,
 * not whose, and without the kernel's own tables nothing in a dump can be found.
 */
#ifndef DUMPER_KERNEL_KERNEL_TABLES_H
#define DUMPER_KERNEL_KERNEL_TABLES_H

#include <stddef.h>
#include <stdint.h>

#include "dumper/filter/page_class.h"
#include "dumper/kernel/kmem.h"
#include "dumper/kernel/memmap.h"

#define KERNEL_TABLES_MAX	65536u	/* 512 KiB; maps 128 GiB in pages of 4 KiB */

struct kernel_tables {
	uint64_t *frame;	/* ascending */
	size_t n, room;
};

/*
 * All tables below the top one, max of them at most. 0; -E2BIG: there are more; -EFAULT: some
 * cannot be read; -ENOMEM. What was found until then is in t in every case.
 */
int kernel_tables_collect(struct kernel_tables *t, struct kmem *k, size_t max);

/*
 * Walks down from the top table. 0, with *why set if the tables are unreadable or too many, or if
 * not one of them has the type that l takes for a page table's; -ENOMEM.
 */
int kernel_tables_init(struct kernel_tables *t, struct kmem *k, const struct memmap *m,
		      const struct page_layout *l, const char **why);
void kernel_tables_free(struct kernel_tables *t);

#endif
