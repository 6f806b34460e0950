/* SPDX-License-Identifier: MIT */
/*
 * Built once, before the first page, from the page tables of the memory map.
 */
#include "dumper/filter/vmemmap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* 128 TiB in sections of 128 MiB: headers can claim more RAM than there is time for */
#define MAX_SECTIONS (1u << 20)

/* The walk so far. */
struct walk {
	struct vmemmap *map;
	uint64_t last; /* the page that the walk saw last; UINT64_MAX none */
};

/*
 * Takes the last page out again. Pages that are shared follow each other: the 5.14 to 7.0 kernels
 * map the tails of a huge page to the page of its head, later ones to a page for all of them.
 */
static void forget_last(struct vmemmap *e, uint64_t frame)
{
	struct vmemmap_piece *p = e->n ? &e->piece[e->n - 1] : NULL;

	if (p && p->frame + p->n - 1 == frame && !--p->n)
		e->n--;
}

static int new_piece(struct vmemmap *e, struct vmemmap_piece piece)
{
	if (e->n == VMEMMAP_PIECES_MAX)
		return -E2BIG;
	if (e->n == e->room) {
		size_t room = e->room ? e->room * 2 : 256;
		struct vmemmap_piece *p = realloc(e->piece, room * sizeof(*p));

		if (!p)
			return -ENOMEM;
		e->piece = p;
		e->room = room;
	}
	e->piece[e->n++] = piece;
	return 0;
}

static int add_pages(struct walk *w, uint64_t frame, uint64_t pfn, uint32_t n)
{
	struct vmemmap *e = w->map;
	struct vmemmap_piece *p;

	if (w->last == frame) {
		forget_last(e, frame);
		frame++;
		pfn += e->per;
		if (!--n)
			return 0;
	}
	w->last = frame + n - 1;
	p = e->n ? &e->piece[e->n - 1] : NULL;
	if (p && p->frame + p->n == frame && p->pfn + (uint64_t)p->n * e->per == pfn &&
	    p->n + n > n) {
		p->n += n;
		return 0;
	}
	return new_piece(e, (struct vmemmap_piece){ .frame = frame, .pfn = pfn, .n = n });
}

/* The memory map of the section that begins at pfn; what is not mapped is not listed. */
static int add_section(struct walk *w, struct kmem *k, const struct memmap *m, uint64_t pfn)
{
	uint64_t page = 1ull << k->vmcore->page_shift, va, pa, have;
	uint64_t left = ((uint64_t)m->page_bytes << m->section_shift) & -page;

	if (memmap_page(m, k, pfn, &va) || va % page)
		return 0;
	while (left) {
		int r = kmem_translate(k, va, &pa, &have);

		have = r || have > left ? left : have & -page;
		if (r || !have || pa % page)
			have = page;
		else
			r = add_pages(w, pa / page, pfn, (uint32_t)(have / page));
		if (r == -ENOMEM || r == -E2BIG)
			return r;
		va += have;
		left -= have;
		pfn += have / page * w->map->per;
	}
	return 0;
}

static int by_frame(const void *a, const void *b)
{
	const struct vmemmap_piece *x = a, *y = b;

	return x->frame < y->frame ? -1 : x->frame > y->frame;
}

/* A page that two struct pages' addresses lead to describes frames of both: it stays. */
static void drop_shared(struct vmemmap *e)
{
	size_t far = 0, n = 0; /* the piece that ends last so far */

	qsort(e->piece, e->n, sizeof(*e->piece), by_frame);
	for (size_t i = 1; i < e->n; i++) {
		struct vmemmap_piece *p = &e->piece[i], *q = &e->piece[far];

		if (p->frame < q->frame + q->n)
			p->shared = q->shared = 1;
		if (p->frame + p->n > q->frame + q->n)
			far = i;
	}
	for (size_t i = 0; i < e->n; i++) {
		if (!e->piece[i].shared)
			e->piece[n++] = e->piece[i];
	}
	e->n = n;
}

int vmemmap_init(struct vmemmap *e, struct kmem *k, const struct memmap *m, const char **why)
{
	const struct vmcore *v = k->vmcore;
	struct walk w = { .map = e, .last = UINT64_MAX };
	uint64_t pfn = vmcore_next_ram(v, 0);
	int r = 0;

	memset(e, 0, sizeof(*e));
	if (!m->page_bytes) {
		*why = "there is no memory map";
		return 0;
	}
	if ((1u << v->page_shift) % m->page_bytes) {
		*why = "struct pages of this size lie across pages";
		return 0;
	}
	e->per = (1u << v->page_shift) / m->page_bytes;
	for (unsigned i = 0; !r && i < MAX_SECTIONS && pfn != UINT64_MAX; i++) {
		uint64_t first = pfn >> m->section_shift << m->section_shift;

		r = add_section(&w, k, m, first);
		pfn = vmcore_next_ram(v, first + (1ull << m->section_shift));
	}
	if (r == -E2BIG) {
		vmemmap_free(e);
		*why = "the memory map lies in too many pieces";
		return 0;
	}
	if (e->n)
		drop_shared(e);
	return r;
}

void vmemmap_free(struct vmemmap *e)
{
	free(e->piece);
	e->piece = NULL;
	e->n = e->room = 0;
}

size_t vmemmap_find(const struct vmemmap *e, uint64_t frame)
{
	size_t lo = 0, hi = e->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (e->piece[mid].frame + e->piece[mid].n <= frame)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}
