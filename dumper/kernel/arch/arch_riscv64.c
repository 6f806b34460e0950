/* SPDX-License-Identifier: MIT */
/*
 * riscv64: Sv39, Sv48 and Sv57, which the kernel chooses as it boots.
 */
#include <elf.h>
#include <errno.h>

#include "dumper/kernel/arch.h"
#include "dumper/kernel/kmem.h"

#define ENTRY_VALID  0x1ull
#define ENTRY_RIGHTS 0xeull /* readable, writable, executable: with one of them it is a leaf */
#define ENTRY_NAPOT  (1ull << 63) /* Svnapot: one of the 16 entries of a page of 64 KiB */
#define NAPOT_64K    0x8ull	  /* low bits of its frame number */
#define NAPOT_SHIFT  16
#define FRAME_SHIFT  10 /* frame number in bits 53..10; above are attributes */
#define FRAME_BITS   44
#define SATP_MODE    60 /* of the register; the frame of the top table below */
#define PAGE_SHIFT   12
#define INDEX_BITS   9

/* Value of the register's mode for three levels: Sv39. Each more is a level more. */
#define SATP_SV39 8

static uint64_t frame(uint64_t word)
{
	return word & ((1ull << FRAME_BITS) - 1);
}

/* The register's value, as 7.2 exports it, or where the kernel image has the top table. */
static bool find_root(struct kmem *k, const struct vmcoreinfo *vi)
{
	int64_t satp, offset;
	uint64_t top;

	if (vmcoreinfo_number(vi, "satp", &satp)) {
		k->levels = (unsigned)((uint64_t)satp >> SATP_MODE) - SATP_SV39 + 3;
		k->root = frame((uint64_t)satp) << PAGE_SHIFT;
		return true;
	}
	if (!vmcoreinfo_symbol(vi, "swapper_pg_dir", &top) ||
	    !vmcoreinfo_number(vi, "va_kernel_pa_offset", &offset) ||
	    !vmcoreinfo_number(vi, "VA_BITS", &satp))
		return false;
	k->levels = ((unsigned)satp - PAGE_SHIFT) / INDEX_BITS;
	k->root = top - (uint64_t)offset;
	return true;
}

static int riscv64_setup(struct kmem *k, const struct vmcore *v, const struct vmcoreinfo *vi,
			 const char **why)
{
	int64_t number;

	*why = "neither NUMBER(satp) nor swapper_pg_dir, va_kernel_pa_offset and VA_BITS are in "
	       "VMCOREINFO";
	if (!find_root(k, vi))
		return -ENODATA;
	if (vmcoreinfo_number(vi, "phys_ram_base", &number))
		k->phys_base = number;
	/*
	 * VMEMMAP_START is frame 0's until a11dd49dcb93 (6.8 and its stable kernels), then that of RAM's
	 * first: before SYMBOL(vmemmap), of 6.9, the memory map's base is in no name.
	 */
	*why = "the page tables that VMCOREINFO names are impossible";
	if (k->levels < 3 || k->levels > KMEM_LEVELS || k->root >> vmcore_phys_bits(v->machine) ||
	    k->root & 0xfff)
		return -ENODATA;
	k->table_shift = PAGE_SHIFT;
	k->index_bits = INDEX_BITS;
	k->va_bits = PAGE_SHIFT + INDEX_BITS * k->levels;
	k->kernel_va = -(1ull << (k->va_bits - 1));
	return 0;
}

static enum arch_entry riscv64_entry(const struct kmem *k, unsigned level, uint64_t entry,
				     uint64_t *ret, unsigned *shift)
{
	uint64_t n = frame(entry >> FRAME_SHIFT);

	(void)k;
	if (!(entry & ENTRY_VALID))
		return ARCH_NONE;
	if (!(entry & ENTRY_RIGHTS)) {
		*ret = n << PAGE_SHIFT;
		return level ? ARCH_TABLE : ARCH_NONE;
	}
	if (!level && entry & ENTRY_NAPOT) {
		if ((n & 0xf) != NAPOT_64K)
			return ARCH_NONE;
		*shift = NAPOT_SHIFT;
	}
	*ret = n << PAGE_SHIFT;
	return ARCH_LEAF;
}

const struct arch arch_riscv64 = {
	.name = "riscv64",
	.e_machine = EM_RISCV,
	.section_bits = 27, /* exported since 5.13 */
	.setup = riscv64_setup,
	.entry = riscv64_entry,
};
