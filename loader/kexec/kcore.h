/* SPDX-License-Identifier: MIT */
/*
 * Where the running kernel is: with KASLR only itself knows.
 */
#ifndef LOADER_KEXEC_KCORE_H
#define LOADER_KEXEC_KCORE_H

#include <stdint.h>

#include "loader/kexec/iomem.h"

struct kernel_place {
	uint64_t text_va, text_pa;
	uint64_t text_bytes; /* 0: the image's place is not known */
	uint64_t linear;     /* virtual less physical address of the map of all RAM; 0: not known */
};

/*
 * From the program headers of /proc/kcore, below root; where that does not have the image, and
 * symbols says that it may be done, from /proc/kallsyms and machine's IOMEM_KERNEL. What is not
 * known stays 0.
 */
void kcore_place(int root, const struct iomem *machine, bool symbols, struct kernel_place *ret);

#endif
