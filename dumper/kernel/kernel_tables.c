/* SPDX-License-Identifier: MIT */
/*
 * Tables of all levels but the last entries' pages, each once.
 */
#include "dumper/kernel/kernel_tables.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "dumper/kernel/kmem_table.h"

static int add_frame(struct kernel_tables *t, uint64_t frame, size_t max)
{
	if (t->n == max)
		return -E2BIG;
	if (t->n == t->room) {
		size_t room = t->room ? t->room * 2 : 512;
		uint64_t *p = realloc(t->frame, room * sizeof(*p));

		if (!p)
			return -ENOMEM;
		t->frame = p;
		t->room = room;
	}
	t->frame[t->n++] = frame;
	return 0;
}

/* The walk's place in the table of each level. */
struct place {
	uint64_t table, last; /* last: the table that the entry before leads to */
	unsigned index;
};

/*
 * Notes each table that an entry leads to, and goes through its entries unless these are all pages.
 * Shadow memory of debug kernels repeats one table over and over; it is gone through once.
 */
static int walk_tables(struct kernel_tables *t, struct kmem *k, size_t max)
{
	struct place at[KMEM_LEVELS] = { 0 };
	unsigned top = k->levels - 1, level = top;
	uint64_t entry, pa;

	at[level] = (struct place){ .table = k->root, .index = kmem_index(k, top, k->kernel_va) };
	while (level < k->levels) {
		unsigned n = level == top ? kmem_index(k, top, ~0ull) + 1 : 1u << k->index_bits;
		struct place *p = &at[level];
		unsigned shift = 0;
		int r;

		if (p->index == n) {
			level++;
			continue;
		}
		r = kmem_table_entry(k, level, p->table, p->index++, &entry);
		if (r)
			return r;
		/* most entries are empty; the piece of the table is in the cache now */
		while (!entry && p->index < n && p->index % KMEM_PIECE)
			entry = k->cache[level].entry[p->index++ % KMEM_PIECE];
		if (k->arch->entry(k, level, entry, &pa, &shift) != ARCH_TABLE || pa == p->last)
			continue;
		p->last = pa;
		r = add_frame(t, pa >> k->vmcore->page_shift, max);
		if (r)
			return r;
		if (level > 1)
			at[--level] = (struct place){ .table = pa };
	}
	return 0;
}

static int ascending(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void sort(struct kernel_tables *t)
{
	size_t n = 0;

	qsort(t->frame, t->n, sizeof(*t->frame), ascending);
	for (size_t i = 0; i < t->n; i++) {
		if (!n || t->frame[n - 1] != t->frame[i])
			t->frame[n++] = t->frame[i];
	}
	t->n = n;
}

int kernel_tables_collect(struct kernel_tables *t, struct kmem *k, size_t max)
{
	int r;

	memset(t, 0, sizeof(*t));
	if (!k->levels)
		return -EFAULT;
	r = walk_tables(t, k, max);
	if (t->n)
		sort(t);
	return r;
}

void kernel_tables_free(struct kernel_tables *t)
{
	free(t->frame);
	t->frame = NULL;
	t->n = t->room = 0;
}
