/* SPDX-License-Identifier: MIT */
/*
 * What differs between architectures: where the kernel's page tables lie and what their entries say.
 * An architecture is one arch_*.c file and one entry of the table in archs.c.
 */
#ifndef DUMPER_KERNEL_ARCH_H
#define DUMPER_KERNEL_ARCH_H

#include <stdint.h>

struct kmem;
struct vmcore;
struct vmcoreinfo;

enum arch_entry {
	ARCH_NONE,  /* nothing is mapped */
	ARCH_TABLE, /* leads to a table of the level below */
	ARCH_LEAF,  /* leads to memory */
};

struct arch {
	const char *name; /* as uname -m has it */
	uint16_t e_machine;
	unsigned section_bits; /* of kernels that do not export SECTION_SIZE_BITS */
	/*
	 * Finds the page tables by the names: fills in struct kmem's members from root to phys_base.
	 * k->page_shift is that of the dead kernel. 0, or -ENODATA with *why, a literal.
	 */
	int (*setup)(struct kmem *k, const struct vmcore *v, const struct vmcoreinfo *vi,
		     const char **why);
	/*
	 * What an entry of a table at level (0: of pages) says, and in *ret the address that it
	 * leads to; a leaf's low bits may be anything. *shift comes in as the level's and is the
	 * size of a leaf, as a power of two, afterwards.
	 */
	enum arch_entry (*entry)(const struct kmem *k, unsigned level, uint64_t entry,
				 uint64_t *ret, unsigned *shift);
	uint64_t cpu_areas; /* 512 GiB of addresses that map pages of per-CPU areas; 0: none */
	/* Where QEMU's note of a CPU has the address of its top table, under qemu_root_mask; 0: nowhere. */
	uint32_t qemu_root;
	uint64_t qemu_root_mask;
};

extern const struct arch arch_x86_64, arch_aarch64, arch_riscv64;

/* By the machine of an ELF header; NULL: this program does not know it. */
const struct arch *arch_find(uint16_t e_machine);

#endif
