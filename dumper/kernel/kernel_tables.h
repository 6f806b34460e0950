/* SPDX-License-Identifier: MIT */
/*
 * The page tables of the kernel's own half of memory: without them nothing in a dump can be found.
 */
#ifndef DUMPER_KERNEL_KERNEL_TABLES_H
#define DUMPER_KERNEL_KERNEL_TABLES_H

#include <stddef.h>
#include <stdint.h>

#include "dumper/kernel/kmem.h"

struct kernel_tables {
	uint64_t *frame; /* ascending */
	size_t n, room;
};

/*
 * All tables below the top one, max of them at most. 0; -E2BIG: there are more; -EFAULT: some
 * cannot be read; -ENOMEM. What was found until then is in t in every case.
 */
int kernel_tables_collect(struct kernel_tables *t, struct kmem *k, size_t max);
void kernel_tables_free(struct kernel_tables *t);

#endif
