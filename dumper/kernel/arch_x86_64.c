/* SPDX-License-Identifier: MIT */
/*
 * x86_64: 4- and 5-level page tables, KASLR, memory encryption mask.
 */
#include <elf.h>
#include <errno.h>

#include "dumper/kernel/arch.h"
#include "dumper/kernel/kmem_table.h"

#define START_KERNEL_MAP 0xffffffff80000000ull /* __START_KERNEL_map */
#define ENTRY_PRESENT	 0x1ull
#define ENTRY_WRITE	 0x2ull
#define ENTRY_LARGE	 0x80ull	       /* PS: a 1 GiB or 2 MiB page */
#define ENTRY_ADDRESS	 0x000ffffffffff000ull /* bits 51..12 */
#define ENTRY_NO_EXEC	 (1ull << 63)
#define INDEX_BITS	 9

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
	k->root = top - START_KERNEL_MAP + (uint64_t)k->phys_base;
	if (top < START_KERNEL_MAP || k->root >> VMCORE_MAX_PHYS_BITS || k->root & 0xfff) {
		*why = "SYMBOL(init_top_pgt) and phys_base do not fit together";
		return -ENODATA;
	}
	return 0;
}

static bool x86_64_table(const struct kmem *k, unsigned level, uint64_t entry, uint64_t *ret)
{
	if (!level || !(entry & ENTRY_PRESENT) || (entry & ENTRY_LARGE && level <= 2))
		return false;
	*ret = entry & ~k->sme_mask & ENTRY_ADDRESS;
	return true;
}

static int x86_64_translate(struct kmem *k, uint64_t va, uint64_t *ret_pa, uint64_t *ret_len)
{
	uint64_t table = k->root, entry;
	unsigned level = k->levels;

	while (level--) {
		unsigned shift = 12 + INDEX_BITS * level;
		uint64_t inside = va & ((1ull << shift) - 1);
		int r = kmem_table_entry(k, level, table, va >> shift & (KMEM_TABLE - 1), &entry);

		if (r)
			return r;
		entry &= ~k->sme_mask;
		if (!(entry & ENTRY_PRESENT))
			return -EFAULT;
		if (x86_64_table(k, level, entry, &table))
			continue;
		table = entry & ENTRY_ADDRESS;
		/* bit 12 of a large entry is PAT, not address */
		*ret_pa = (table & ~((1ull << shift) - 1)) + inside;
		*ret_len = (1ull << shift) - inside;
		return 0;
	}
	return -EFAULT;
}

const struct arch arch_x86_64 = {
	.name = "x86_64",
	.e_machine = EM_X86_64,
	.section_bits = 27, /* SECTION_SIZE_BITS, exported since 5.13 */
	.setup = x86_64_setup,
	.translate = x86_64_translate,
	.table = x86_64_table,
	.kernel_entry = KMEM_TABLE / 2,
	.cpu_areas = 0xfffffe0000000000ull, /* CPU_ENTRY_AREA_BASE; no KASLR moves it */
};
