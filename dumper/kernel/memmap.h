/* SPDX-License-Identifier: MIT */
/*
 * pfn → where its struct page lies in kernel virtual memory: SPARSEMEM with or without vmemmap.
 */
#ifndef DUMPER_KERNEL_MEMMAP_H
#define DUMPER_KERNEL_MEMMAP_H

#include <stdbool.h>
#include <stdint.h>

#include "dumper/kernel/kmem.h"
#include "dumper/kernel/vmcoreinfo.h"

struct memmap {
	uint32_t page_bytes;	/* SIZE(page); 0: there is no usable memory map */
	unsigned section_shift; /* page frames of a section, as a power of two */
	uint64_t roots;		/* &mem_section[0]; 0: vmemmap is used without sections */
	uint64_t vmemmap;	/* of frame 0: SYMBOL(vmemmap), 6.9 and later; 0 unknown */
	uint32_t n_roots, per_root;
	uint32_t entry_bytes, off_map; /* SIZE(mem_section), OFFSET(mem_section.section_mem_map) */
};

/*
 * From the names, and checks that some section of the core is present and its first struct page can
 * be read. 0, or -ENODATA with *why (a literal); *ret then has page_bytes 0 and still a
 * section_shift.
 */
int memmap_init(struct memmap *ret, struct kmem *k, const struct vmcoreinfo *vi, const char **why);

/*
 * Virtual address of the struct page of pfn. Good for all frames up to the end of its section. 0;
 * -ENOENT: the section is not present (a hole, hot-removed); -EFAULT: the tables cannot be read.
 */
int memmap_page(const struct memmap *m, struct kmem *k, uint64_t pfn, uint64_t *ret_va);

#endif
