/* SPDX-License-Identifier: MIT */
/*
 * aarch64: pages of 4, 16 and 64 KiB, addresses of 36 to 52 bits, two ways to write physical ones
 * of 52 bits, pointers with tags and signatures.
 */
#include <elf.h>
#include <errno.h>

#include "dumper/kernel/arch.h"
#include "dumper/kernel/kmem.h"

#define ENTRY_VALID 0x1ull
#define ENTRY_TABLE 0x2ull /* of pages: a page; without it: a block, or of pages nothing */
#define PAGE_64K    16
#define LPA2_BITS   52
/* tags of KASAN are in the top byte, which no translation looks at */
#define TAG_BITS (0xffull << 56)

/* Bits [from, to) as a mask. */
static uint64_t bits(unsigned from, unsigned to)
{
	return (1ull << to) - (1ull << from);
}

/*
 * Of an address the CPU may translate fewer bits than the kernel was built for. Pages of 4 and 16 KiB
 * then have fewer levels of tables. With pages of 64 KiB the top table stays as it was laid out, and
 * the CPU begins in the middle of it.
 */
static bool find_sizes(struct kmem *k, const struct vmcoreinfo *vi, const char **why)
{
	int64_t built, t1sz, run;
	unsigned bits_of_table = k->page_shift - 3;

	*why = "NUMBER(VA_BITS) is missing or impossible in VMCOREINFO";
	if (!vmcoreinfo_number(vi, "VA_BITS", &built) || built < 36 || built > 52)
		return false;
	run = built;
	if (vmcoreinfo_number(vi, "TCR_EL1_T1SZ", &t1sz))
		run = t1sz < 0 || t1sz > 64 ? 0 : 64 - t1sz;
	*why = "NUMBER(TCR_EL1_T1SZ) and VA_BITS do not fit together";
	if (run < 36 || run > built)
		return false;
	k->kernel_va = -(1ull << run);
	k->lpa2 = run == LPA2_BITS && k->page_shift != PAGE_64K;
	k->va_bits = (unsigned)(k->page_shift == PAGE_64K ? built : run);
	k->table_shift = k->page_shift;
	k->index_bits = bits_of_table;
	k->levels = (k->va_bits - k->page_shift + bits_of_table - 1) / bits_of_table;
	return true;
}

/* Where the linear map and the memory map begin. */
static void find_bases(struct kmem *k, const struct vmcoreinfo *vi)
{
	int64_t number;

	/* memstart_addr: linear KASLR and a CPU of fewer bits move it, below zero as well */
	if (vmcoreinfo_number(vi, "PHYS_OFFSET", &number))
		k->phys_base = number;
	if (vmcoreinfo_number(vi, "VMEMMAP_START", &number)) {
		k->vmemmap = (uint64_t)number;
		k->vmemmap_pfn = (uint64_t)(k->phys_base >> k->page_shift);
	}
}

static int aarch64_setup(struct kmem *k, const struct vmcore *v, const struct vmcoreinfo *vi,
			 const char **why)
{
	int64_t voffset, mask;
	uint64_t top;

	if (k->page_shift % 2) {
		*why = "PAGESIZE is impossible in VMCOREINFO";
		return -ENODATA;
	}
	if (!find_sizes(k, vi, why))
		return -ENODATA;
	if (!vmcoreinfo_symbol(vi, "swapper_pg_dir", &top) ||
	    !vmcoreinfo_number(vi, "kimage_voffset", &voffset)) {
		*why = "SYMBOL(swapper_pg_dir) or NUMBER(kimage_voffset) is missing in VMCOREINFO";
		return -ENODATA;
	}
	k->va_fill = TAG_BITS;
	/* a signature spares bit 55, which tells the kernel's half */
	if (vmcoreinfo_number(vi, "KERNELPACMASK", &mask))
		k->va_fill |= (uint64_t)mask & bits(k->va_bits, 55);
	find_bases(k, vi);
	k->root = (top | TAG_BITS) - (uint64_t)voffset;
	if (k->root >> vmcore_phys_bits(v->machine) || k->root & bits(0, k->page_shift)) {
		*why = "SYMBOL(swapper_pg_dir) and kimage_voffset do not fit together";
		return -ENODATA;
	}
	return 0;
}

/*
 * Physical bits 51..48 of an entry: with pages of 64 KiB in bits 15..12 (FEAT_LPA); else, where the
 * addresses are of 52 bits, 51..50 in bits 9..8, which are the shareability without that (FEAT_LPA2).
 */
static uint64_t address(const struct kmem *k, uint64_t entry)
{
	if (k->page_shift == PAGE_64K)
		return (entry & bits(PAGE_64K, 48)) | (entry & bits(12, 16)) << 36;
	if (k->lpa2)
		return (entry & bits(k->page_shift, 50)) | (entry & bits(8, 10)) << 42;
	return entry & bits(k->page_shift, 48);
}

/* The kernel maps blocks at level 1, and with pages of 4 KiB also the next (1 GiB). */
static enum arch_entry aarch64_entry(const struct kmem *k, unsigned level, uint64_t entry,
				     uint64_t *ret, unsigned *shift)
{
	(void)shift;
	if (!(entry & ENTRY_VALID))
		return ARCH_NONE;
	*ret = address(k, entry);
	if (entry & ENTRY_TABLE)
		return level ? ARCH_TABLE : ARCH_LEAF;
	return level && level <= (k->page_shift == 12 ? 2 : 1) ? ARCH_LEAF : ARCH_NONE;
}

const struct arch arch_aarch64 = {
	.name = "aarch64",
	.e_machine = EM_AARCH64,
	.section_bits = 30, /* until 5.12 (f0b13ee23241); exported since 5.13 */
	.setup = aarch64_setup,
	.entry = aarch64_entry,
};
