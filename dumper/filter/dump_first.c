/* SPDX-License-Identifier: MIT */
/*
 * VMCOREINFO does not say where the areas of the CPUs lie, but each CPU's entry area maps some of
 * their pages (GDT, TSS, exception stacks) at addresses that are known. The allocator gives out
 * areas in aligned blocks of a huge page (pcpu_embed_first_chunk with PMD_SIZE), so the block
 * around such a page is the CPU's area, and mostly some neighbours'.
 */
#include "dumper/filter/dump_first.h"

#include <stdbool.h>

#include "dumper/kernel/kmem_table.h"

#define BLOCK_SHIFT  21
#define REGION_LEVEL 3		/* entry of 512 GiB */
#define MAX_ROOTS    (4u << 20) /* of mem_section: 56 bits of memory of riscv64 */
#define ROOTS	     512	/* of them that are read at a time */

struct adding {
	struct protect *to;
	uint64_t left; /* pages that still fit */
	unsigned page_shift;
};

/* False: there is no room for more. */
static bool add_frames(struct adding *e, uint64_t first, uint64_t n)
{
	if (ranges_all(&e->to->ranges, first, first + n))
		return true;
	n = n < e->left ? n : e->left;
	if (!n || !ranges_add(&e->to->ranges, first, first + n))
		return false;
	e->left -= n;
	return true;
}

static bool add_block(struct adding *e, struct kmem *k, uint64_t va)
{
	uint64_t pa, len;

	if (kmem_translate(k, va, &pa, &len))
		return true;
	return add_frames(e, pa >> BLOCK_SHIFT << (BLOCK_SHIFT - e->page_shift),
			  1ull << (BLOCK_SHIFT - e->page_shift));
}

/* The table of the level below that entry va of this one leads to. */
static bool descend(struct kmem *k, unsigned level, uint64_t table, uint64_t va, uint64_t *ret)
{
	unsigned index = kmem_index(k, level, va), shift = 0;
	uint64_t entry;

	return !kmem_table_entry(k, level, table, index, &entry) &&
	       k->arch->entry(k, level, entry, ret, &shift) == ARCH_TABLE;
}

/* All pages that are mapped in the region, depth first through its three levels of tables. */
static void add_cpu_areas(struct adding *e, struct kmem *k)
{
	uint64_t table[REGION_LEVEL] = { 0 }, entry, va = k->arch->cpu_areas,
		 end = va + (1ull << 39);
	unsigned level = REGION_LEVEL - 1;
	uint64_t top = k->root;

	for (unsigned l = k->levels - 1; l > REGION_LEVEL; l--) {
		if (!descend(k, l, top, va, &top))
			return;
	}
	if (!descend(k, REGION_LEVEL, top, va, &table[level]))
		return;
	while (va < end) {
		unsigned shift = kmem_shift(k, level);

		if (level && descend(k, level, table[level], va, &table[level - 1])) {
			level--;
			continue;
		}
		if (!level && !kmem_table_entry(k, 0, table[0], kmem_index(k, 0, va), &entry) &&
		    entry && !add_block(e, k, va))
			return;
		va += 1ull << shift;
		/* the last entry of a table: on with the ones above */
		while (level < REGION_LEVEL - 1 && !(va & ((1ull << kmem_shift(k, level + 1)) - 1)))
			level++;
	}
}

/* A kernel object, wherever it lies. */
static void add_object(struct adding *a, struct kmem *k, uint64_t va, uint64_t len)
{
	while (len) {
		uint64_t pa, have, first, end;

		if (kmem_translate(k, va, &pa, &have))
			return;
		have = have < len ? have : len;
		first = pa >> a->page_shift;
		end = (pa + have - 1) >> a->page_shift;
		if (!add_frames(a, first, end + 1 - first))
			return;
		va += have;
		len -= have;
	}
}

/* struct pglist_data of each node: the zones and their free lists. */
static void add_nodes(struct adding *a, struct kmem *k, const struct vmcoreinfo *vi)
{
	uint32_t bytes, mask;
	uint64_t array, node;

	if (!vmcoreinfo_size(vi, "pglist_data", &bytes) || bytes > 1 << 20)
		return;
	if (vmcoreinfo_symbol(vi, "contig_page_data", &node))
		add_object(a, k, node, bytes);
	if (!vmcoreinfo_symbol(vi, "node_data", &array) ||
	    !vmcoreinfo_size(vi, "nodemask_t", &mask) || mask > 1024)
		return;
	for (uint32_t i = 0; i < mask * 8; i++) {
		if (!kmem_read(k, array + i * 8ull, &node, sizeof(node)) && node)
			add_object(a, k, node, bytes);
	}
}

/* The sections that mem_section's root array leads to. */
static void add_sections(struct adding *a, struct kmem *k, const struct memmap *m)
{
	uint32_t all = m->n_roots < MAX_ROOTS ? m->n_roots : MAX_ROOTS;
	uint64_t root[ROOTS];

	for (uint32_t i = 0; m->roots && i < all && a->left; i += ROOTS) {
		uint32_t n = all - i < ROOTS ? all - i : ROOTS;

		if (kmem_read(k, m->roots + i * 8ull, root, n * sizeof(*root)))
			return;
		for (uint32_t j = 0; j < n; j++) {
			if (root[j])
				add_object(a, k, root[j], (uint64_t)m->per_root * m->entry_bytes);
		}
	}
}

void dump_first_init(struct dump_first *e, const struct protect *p, struct crash *c)
{
	struct kmem *k = &c->kmem;
	struct protect *to = &e->list;
	struct adding a = { .to = to,
			    .left = DUMP_FIRST_PAGES,
			    .page_shift = k->vmcore->page_shift };

	protect_clear(to);
	for (size_t i = 0; i < p->ranges.n; i++)
		add_frames(&a, p->ranges.list[i].first,
			   p->ranges.list[i].end - p->ranges.list[i].first);
	if (k->levels > REGION_LEVEL && k->arch->cpu_areas)
		add_cpu_areas(&a, k);
	add_nodes(&a, k, &c->info);
	add_sections(&a, k, &c->memmap);
	kernel_tables_collect(&e->tables, k, a.left);
	to->frame = e->tables.frame;
	to->n_frames = e->tables.n;
}

void dump_first_free(struct dump_first *e)
{
	kernel_tables_free(&e->tables);
}
