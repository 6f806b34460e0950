/* SPDX-License-Identifier: MIT */
/*
 * x86_64: 4- and 5-level page tables, KASLR, memory encryption mask.
 */
#include <elf.h>
#include <errno.h>

#include "dumper/kernel/arch.h"
#include "dumper/kernel/kmem.h"

#define START_KERNEL_MAP 0xffffffff80000000ull /* __START_KERNEL_map */
#define ENTRY_PRESENT	 0x1ull
#define ENTRY_LARGE	 0x80ull	       /* PS: a 1 GiB or 2 MiB page */
#define ENTRY_ADDRESS	 0x000ffffffffff000ull /* bits 51..12; of a large entry bit 12 is PAT */
#define LARGE_LEVEL	 2		       /* the highest one that has large entries */
#define PAGE_SHIFT	 12
#define INDEX_BITS	 9
/* struct QEMUCPUState of x86 (QEMU, target/i386/arch_dump.c): cr[5] behind registers and segments */
#define QEMU_CR3 (8 + 18 * 8 + 10 * 24 + 3 * 8)

/*
 * The kernel image is mapped at START_KERNEL_MAP + KASLR offset, from phys_base. VMCOREINFO says
 * phys_base; where it does not, the image's PT_LOAD tells the same (kexec_file_load and kexec-tools
 * both write one).
 */
static bool find_phys_base(struct kmem *k, const struct vmcore *v, const struct vmcoreinfo *vi)
{
	if (vmcoreinfo_number(vi, "phys_base", &k->phys_base))
		return true;
	if (!v->text_len)
		return false;
	k->phys_base = (int64_t)(v->text_pa - (v->text_va - START_KERNEL_MAP));
	return true;
}

static int x86_64_setup(struct kmem *k, const struct vmcore *v, const struct vmcoreinfo *vi,
			const char **why)
{
	int64_t number;
	uint64_t top;

	if (!find_phys_base(k, v, vi)) {
		*why = "NUMBER(phys_base) is missing in VMCOREINFO";
		return -ENODATA;
	}
	if (!vmcoreinfo_symbol(vi, "init_top_pgt", &top) &&
	    !vmcoreinfo_symbol(vi, "init_level4_pgt", &top)) {
		*why = "SYMBOL(init_top_pgt) is missing in VMCOREINFO";
		return -ENODATA;
	}
	if (vmcoreinfo_number(vi, "sme_mask", &number))
		k->sme_mask = (uint64_t)number;
	k->levels = vmcoreinfo_number(vi, "pgtable_l5_enabled", &number) && number ? 5 : 4;
	k->table_shift = PAGE_SHIFT;
	k->index_bits = INDEX_BITS;
	k->va_bits = PAGE_SHIFT + INDEX_BITS * k->levels;
	k->kernel_va = -(1ull << (k->va_bits - 1));
	k->root = top - START_KERNEL_MAP + (uint64_t)k->phys_base;
	if (top < START_KERNEL_MAP || k->root >> vmcore_phys_bits(v->machine) || k->root & 0xfff) {
		*why = "SYMBOL(init_top_pgt) and phys_base do not fit together";
		return -ENODATA;
	}
	return 0;
}

static enum arch_entry x86_64_entry(const struct kmem *k, unsigned level, uint64_t entry,
				    uint64_t *ret, unsigned *shift)
{
	(void)shift;
	entry &= ~k->sme_mask;
	if (!(entry & ENTRY_PRESENT))
		return ARCH_NONE;
	*ret = entry & ENTRY_ADDRESS;
	return !level || (entry & ENTRY_LARGE && level <= LARGE_LEVEL) ? ARCH_LEAF : ARCH_TABLE;
}

const struct arch arch_x86_64 = {
	.name = "x86_64",
	.e_machine = EM_X86_64,
	.section_bits = 27, /* exported since 5.13 */
	.setup = x86_64_setup,
	.entry = x86_64_entry,
	.cpu_areas = 0xfffffe0000000000ull, /* CPU_ENTRY_AREA_BASE; no KASLR moves it */
	.qemu_root = QEMU_CR3,
	.qemu_root_mask = ENTRY_ADDRESS,
};
