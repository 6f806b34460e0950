/* SPDX-License-Identifier: MIT */
/*
 * Three machines. Physical memory begins at 0 in all of them.
 */
#include "tests/unit/fake/fakearch.h"

#include <elf.h>
#include <stdio.h>

#include "tests/unit/fake/fakecore.h"

typedef unsigned long long ull;

/* ---------------------------------------------------------------- x86_64 */

static void x86_layout(struct fake *f)
{
	f->levels = f->desc.levels ? f->desc.levels : 4;
	f->index_bits = 9;
	f->va_bits = 12 + 9 * f->levels;
	f->image_va = FAKE_IMAGE_VA;
	f->direct = f->levels == 5 ? 0xff11000000000000ull : 0xffff888000000000ull;
	f->vmemmap = f->levels == 5 ? 0xffd4000000000000ull : 0xffffea0000000000ull;
}

/* PRESENT, WRITE unless it is code, PS */
static uint64_t x86_leaf(const struct fake *f, unsigned level, uint64_t pa, bool code)
{
	(void)f;
	return pa | (code ? 1 : 3) | (level ? 0x80 : 0);
}

static uint64_t x86_table(const struct fake *f, uint64_t pa)
{
	(void)f;
	return pa | 3;
}

static bool x86_is_leaf(unsigned level, uint64_t entry)
{
	return !level || entry & 0x80;
}

static uint64_t x86_address(const struct fake *f, uint64_t entry)
{
	(void)f;
	return entry & 0x000ffffffffff000ull;
}

static size_t x86_keys(const struct fake *f, char *buf, size_t size)
{
	return (size_t)snprintf(
		buf, size,
		"SYMBOL(init_top_pgt)=%llx\nNUMBER(phys_base)=%lld\nNUMBER(pgtable_l5_enabled)=%d\n"
		"NUMBER(sme_mask)=0\n",
		(ull)(FAKE_IMAGE_VA + f->root - FAKE_IMAGE_PA),
		(long long)(FAKE_IMAGE_PA - (FAKE_IMAGE_VA - 0xffffffff80000000ull)),
		f->levels == 5);
}

static const struct fake_machine x86_64 = {
	EM_X86_64, "x86_64",	336,	     x86_layout, x86_leaf,
	x86_table, x86_is_leaf, x86_address, x86_keys,
};

/* ---------------------------------------------------------------- aarch64 */

static unsigned run_bits(const struct fake *f)
{
	return f->desc.run_bits ? f->desc.run_bits : f->desc.va_bits;
}

static bool lpa2(const struct fake *f)
{
	return run_bits(f) == 52 && f->page_shift < 16;
}

static void arm_layout(struct fake *f)
{
	f->desc.va_bits = f->desc.va_bits ? f->desc.va_bits : 48;
	f->index_bits = f->page_shift - 3;
	/* tables for 64 KiB pages are laid out for the bits of the build */
	f->va_bits = f->page_shift == 16 ? f->desc.va_bits : run_bits(f);
	for (f->levels = 1; f->page_shift + f->levels * f->index_bits < f->va_bits;)
		f->levels++;
	f->direct = -(1ull << run_bits(f));
	f->image_va = 0xfffffff810000000ull;
	f->vmemmap = 0xfffffffe00000000ull;
}

/*
 * With pages of 64 KiB the bits 51..48 of an address stand in 15..12, with FEAT_LPA2 51..50 in 9..8.
 * Else these two are the shareability: inner.
 */
static uint64_t arm_entry(const struct fake *f, uint64_t pa)
{
	uint64_t low = pa & 0x0000ffffffffffffull, high = pa >> 48;

	if (f->page_shift == 16)
		return low | high << 12 | 3 << 8;
	if (lpa2(f))
		return (pa & 0x0003ffffffffffffull) | pa >> 50 << 8;
	return low | 3 << 8;
}

/* AF, and of code AP[2]; of what is no code PXN */
static uint64_t arm_leaf(const struct fake *f, unsigned level, uint64_t pa, bool code)
{
	return arm_entry(f, pa) | (level ? 1 : 3) | 1 << 10 | (code ? 1ull << 7 : 1ull << 53);
}

static uint64_t arm_table(const struct fake *f, uint64_t pa)
{
	return (arm_entry(f, pa) & (lpa2(f) ? ~0ull : ~(3ull << 8))) | 3;
}

static bool arm_is_leaf(unsigned level, uint64_t entry)
{
	return !level || (entry & 3) == 1;
}

static uint64_t arm_address(const struct fake *f, uint64_t entry)
{
	uint64_t page = ~((1ull << f->page_shift) - 1);

	if (f->page_shift == 16)
		return (entry & 0x0000ffffffffffffull & page) | (entry >> 12 & 15) << 48;
	if (lpa2(f))
		return (entry & 0x0003ffffffffffffull & page) | (entry >> 8 & 3) << 50;
	return entry & 0x0000ffffffffffffull & page;
}

static size_t arm_keys(const struct fake *f, char *buf, size_t size)
{
	/* pa = va - PAGE_OFFSET + PHYS_OFFSET, and PAGE_OFFSET is the build's */
	uint64_t phys_offset = -(1ull << f->desc.va_bits) - f->direct;
	uint64_t vmemmap =
		f->vmemmap + (uint64_t)((int64_t)phys_offset >> f->page_shift) * FAKE_PAGE;

	return (size_t)snprintf(
		buf, size,
		"SYMBOL(swapper_pg_dir)=%llx\nSYMBOL(_stext)=%llx\nNUMBER(VA_BITS)=%u\n"
		"NUMBER(kimage_voffset)=0x%llx\nNUMBER(PHYS_OFFSET)=0x%llx\n"
		"NUMBER(TCR_EL1_T1SZ)=0x%x\nNUMBER(VMEMMAP_START)=0x%llx\n"
		"NUMBER(KERNELPACMASK)=0x%llx\n",
		(ull)(f->image_va + f->root - FAKE_IMAGE_PA), (ull)f->image_va, f->desc.va_bits,
		(ull)(f->image_va - FAKE_IMAGE_PA), (ull)phys_offset, 64 - run_bits(f),
		(ull)vmemmap, (ull) - (1ull << run_bits(f)));
}

static const struct fake_machine aarch64 = {
	EM_AARCH64, "aarch64",	 392,	      arm_layout, arm_leaf,
	arm_table,  arm_is_leaf, arm_address, arm_keys,
};

/* ---------------------------------------------------------------- riscv64 */

static void riscv_layout(struct fake *f)
{
	f->desc.va_bits = f->desc.va_bits ? f->desc.va_bits : 48;
	f->va_bits = f->desc.va_bits;
	f->index_bits = 9;
	f->levels = (f->va_bits - 12) / 9;
	f->image_va = 0xffffffff80200000ull;
	f->direct = f->levels == 5   ? 0xff60000000000000ull
		    : f->levels == 4 ? 0xffffaf8000000000ull
				     : 0xffffffd600000000ull;
	f->vmemmap = f->levels == 5   ? 0xff1c000000000000ull
		     : f->levels == 4 ? 0xffff8d8000000000ull
				      : 0xffffffc500000000ull;
}

/* V, R, then W or X, A, D, G; memory type (Svpbmt) in the upper bits is no address */
static uint64_t riscv_leaf(const struct fake *f, unsigned level, uint64_t pa, bool code)
{
	(void)f, (void)level;
	return pa >> 12 << 10 | 0xe3 | (code ? 8 : 4) | 1ull << 61;
}

static uint64_t riscv_table(const struct fake *f, uint64_t pa)
{
	(void)f;
	return pa >> 12 << 10 | 1;
}

static bool riscv_is_leaf(unsigned level, uint64_t entry)
{
	(void)level;
	return entry & 0xe;
}

static uint64_t riscv_address(const struct fake *f, uint64_t entry)
{
	(void)f;
	return (entry >> 10 & 0xfffffffffffull) << 12;
}

static size_t riscv_keys(const struct fake *f, char *buf, size_t size)
{
	size_t n = (size_t)snprintf(
		buf, size,
		"SYMBOL(swapper_pg_dir)=%llx\nSYMBOL(_stext)=%llx\nNUMBER(VA_BITS)=%u\n"
		"NUMBER(phys_ram_base)=0\nNUMBER(PAGE_OFFSET)=0x%llx\n"
		"NUMBER(VMEMMAP_START)=0x%llx\nNUMBER(va_kernel_pa_offset)=0x%llx\n",
		(ull)(f->image_va + f->root - FAKE_IMAGE_PA), (ull)f->image_va, f->va_bits,
		(ull)f->direct, (ull)f->vmemmap, (ull)(f->image_va - FAKE_IMAGE_PA));

	/* since 7.2 */
	if (f->kernel == FAKE_7_1)
		n += (size_t)snprintf(buf + n, size - n, "NUMBER(satp)=0x%llx\n",
				      (ull)((uint64_t)(f->levels + 5) << 60 | f->root >> 12));
	return n;
}

static const struct fake_machine riscv64 = {
	EM_RISCV,    "riscv64",	    376,	   riscv_layout, riscv_leaf,
	riscv_table, riscv_is_leaf, riscv_address, riscv_keys,
};

const struct fake_machine *const fake_machines[] = {
	[FAKE_X86_64] = &x86_64,
	[FAKE_AARCH64] = &aarch64,
	[FAKE_RISCV64] = &riscv64,
};
