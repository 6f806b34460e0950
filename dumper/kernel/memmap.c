/* SPDX-License-Identifier: MIT */
/*
 * mem_section → struct pages. include/linux/mmzone.h, mm/sparse.c: mem_section[root][section],
 * whose word section_mem_map is flags in the low bits and the struct pages' address less the
 * section's first frame (with vmemmap the same value for all sections).
 */
#include "dumper/kernel/memmap.h"

#include <errno.h>

#define SECTION_PRESENT 0x1ull
#define SECTION_HAS_MAP 0x2ull
/*
 * present, has map, online, early, zone device taint (1f90a3477df3, 5.12), pre-initialised vmemmap
 * (6.15; of 1 GiB pages reserved at boot), and room for more: a section's struct
 * pages begin at a page
 */
#define SECTION_FLAGS  0xffull
#define PROBE_SECTIONS 4096

static unsigned section_bits(const struct kmem *k, const struct vmcoreinfo *vi)
{
	int64_t bits;

	/* exported since 5.13 */
	if (vmcoreinfo_number(vi, "SECTION_SIZE_BITS", &bits) && bits >= 20 && bits <= 36)
		return (unsigned)bits;
	return k->arch ? k->arch->section_bits : 27;
}

static int read_names(struct memmap *m, const struct kmem *k, const struct vmcoreinfo *vi,
		      unsigned page_shift, const char **why)
{
	uint32_t bytes;

	*why = "struct pages of an architecture that this program does not know are not looked at";
	if (!k->arch)
		return -ENODATA;
	*why = "SIZE(page) is missing or implausible in VMCOREINFO";
	if (!vmcoreinfo_size(vi, "page", &bytes) || bytes < 32 || bytes > 512 || bytes % 8)
		return -ENODATA;
	if (!vmcoreinfo_symbol(vi, "vmemmap", &m->vmemmap) && k->vmemmap)
		m->vmemmap = k->vmemmap - k->vmemmap_pfn * bytes;
	if (vmcoreinfo_symbol(vi, "mem_section", &m->roots) &&
	    vmcoreinfo_size(vi, "mem_section", &m->entry_bytes) && m->entry_bytes >= 8 &&
	    vmcoreinfo_length(vi, "mem_section", &m->n_roots) && m->n_roots &&
	    vmcoreinfo_offset(vi, "mem_section.section_mem_map", &m->off_map) &&
	    m->off_map <= m->entry_bytes - 8) {
		m->per_root = (1u << page_shift) / m->entry_bytes;
	} else {
		m->roots = 0;
		*why = "neither mem_section nor vmemmap is described in VMCOREINFO";
		if (!m->vmemmap)
			return -ENODATA;
	}
	m->page_bytes = bytes;
	return 0;
}

static int section_word(const struct memmap *m, struct kmem *k, uint64_t section, uint64_t *ret)
{
	uint64_t root;
	int r;

	if (!m->per_root || section / m->per_root >= m->n_roots)
		return -ENOENT;
	r = kmem_read(k, m->roots + section / m->per_root * 8, &root, sizeof(root));
	if (r)
		return r;
	if (!root)
		return -ENOENT;
	return kmem_read(k, root + section % m->per_root * m->entry_bytes + m->off_map, ret,
			 sizeof(*ret));
}

int memmap_page(const struct memmap *m, struct kmem *k, uint64_t pfn, uint64_t *ret_va)
{
	uint64_t word;
	int r;

	if (!m->page_bytes)
		return -ENOENT;
	if (!m->roots) {
		*ret_va = m->vmemmap + pfn * m->page_bytes;
		return 0;
	}
	r = section_word(m, k, pfn >> m->section_shift, &word);
	if (r)
		return r;
	if (!(word & SECTION_PRESENT) || !(word & SECTION_HAS_MAP))
		return -ENOENT;
	*ret_va = (word & ~SECTION_FLAGS) + pfn * m->page_bytes;
	return 0;
}

/* Is there a section of RAM whose struct pages can be read? */
static int probe(const struct memmap *m, struct kmem *k)
{
	uint64_t pfn = 0, va, word;

	for (unsigned i = 0; i < PROBE_SECTIONS; i++) {
		pfn = vmcore_next_ram(k->vmcore, pfn);
		if (pfn == UINT64_MAX)
			break;
		if (!memmap_page(m, k, pfn, &va) && !kmem_read(k, va, &word, sizeof(word)))
			return 0;
		pfn = ((pfn >> m->section_shift) + 1) << m->section_shift;
	}
	return -ENODATA;
}

int memmap_init(struct memmap *ret, struct kmem *k, const struct vmcoreinfo *vi, const char **why)
{
	unsigned page_shift = k->vmcore->page_shift;
	struct memmap m = { .section_shift = section_bits(k, vi) - page_shift };
	int r = read_names(&m, k, vi, page_shift, why);

	if (!r) {
		r = probe(&m, k);
		/* 6.9 and later (d3246b6ee42a) tell vmemmap too: a second way to the same pages */
		if (r && m.roots && m.vmemmap) {
			m.roots = 0;
			r = probe(&m, k);
		}
		if (r)
			*why = "mem_section leads to no readable struct page";
	}
	if (r)
		m.page_bytes = 0;
	*ret = m;
	return r;
}
