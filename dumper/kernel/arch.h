/* SPDX-License-Identifier: MIT */
/*
 * What differs between architectures: how a kernel virtual address becomes a physical one. An
 * architecture is one arch_*.c file and one entry of the table in kmem.c.
 */
#ifndef DUMPER_KERNEL_ARCH_H
#define DUMPER_KERNEL_ARCH_H

#include <stdbool.h>
#include <stdint.h>

struct kmem;
struct vmcore;
struct vmcoreinfo;

struct arch {
	const char *name;
	uint16_t e_machine;
	/* Defaults for kernels that do not export the numbers. */
	unsigned section_bits;
	/* Fills in k->root and k->levels. 0, or -ENODATA with *why. */
	int (*setup)(struct kmem *k, const struct vmcore *v, const struct vmcoreinfo *vi,
		     const char **why);
	/*
	 * One walk. *ret_len: bytes that are contiguous from *ret_pa on within the leaf. 0,
	 * -EFAULT: not mapped, or the tables lead nowhere.
	 */
	int (*translate)(struct kmem *k, uint64_t va, uint64_t *ret_pa, uint64_t *ret_len);
	/* Does this entry of a table at level (0: of pages) lead to a table? *ret: its address. */
	bool (*table)(const struct kmem *k, unsigned level, uint64_t entry, uint64_t *ret);
	unsigned kernel_entry; /* of the top table: the first one of the kernel's half */
	uint64_t cpu_areas;    /* 512 GiB of addresses that map pages of per-CPU areas; 0: none */
};

extern const struct arch arch_x86_64;

#endif
