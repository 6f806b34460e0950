/* SPDX-License-Identifier: MIT */
/*
 * One table of the dead kernel's page tables: what an architecture's walk reads.
 */
#ifndef DUMPER_KERNEL_KMEM_TABLE_H
#define DUMPER_KERNEL_KMEM_TABLE_H

#include <stdint.h>

#include "dumper/kernel/kmem.h"

/*
 * *ret: entry index of the table at physical address table, through the cache of its level. 0;
 * -EFAULT: no such level or entry; else the error of the read.
 */
int kmem_table_entry(struct kmem *k, unsigned level, uint64_t table, unsigned index, uint64_t *ret);

#endif
