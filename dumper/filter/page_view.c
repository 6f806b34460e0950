/* SPDX-License-Identifier: MIT */
/*
 * A second look at struct pages. It keeps no state from range to range, so that any thread may ask
 * for any range.
 */
#include "dumper/filter/page_view_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/bits.h"

#define WINDOW_BYTES (2u << 20)
#define STRUCT_MAX   512u /* memmap_init takes no larger SIZE(page) */

static int open_one(struct page_view *v, struct kmem *k, const struct memmap *m,
		    const struct page_layout *l, const struct protect *p)
{
	size_t page = 1ul << k->vmcore->page_shift;

	v->kmem = k;
	v->memmap = m;
	v->layout = l;
	v->protect = p;
	v->page = malloc(page);
	if (!v->page)
		return -ENOMEM;
	v->last.next = UINT64_MAX;
	return vmcore_window_init(&v->window, k->vmcore,
				  WINDOW_BYTES + (size_t)sysconf(_SC_PAGESIZE), v->page, page);
}

int page_view_open(struct page_view *v, struct kmem *k, const struct memmap *m,
		   const struct page_layout *l, const struct protect *p, bool structs)
{
	int r;

	memset(v, 0, sizeof(*v));
	r = open_one(v, k, m, l, p);
	if (r || !structs)
		return r;
	v->inner = calloc(1, sizeof(*v));
	return v->inner ? open_one(v->inner, k, m, l, p) : -ENOMEM;
}

static void close_one(struct page_view *v)
{
	vmcore_window_close(&v->window);
	free(v->page);
	v->page = NULL;
}

void page_view_close(struct page_view *v)
{
	if (v->inner)
		close_one(v->inner);
	free(v->inner);
	v->inner = NULL;
	close_one(v);
}

/* Struct pages at pa, from /proc/vmcore as one piece; other files are read as far as needed. */
static void find_struct_pages(struct page_view *v, uint64_t pa, unsigned n)
{
	size_t page = 1ul << v->kmem->vmcore->page_shift, inside = pa % page, len, have;
	const uint8_t *p;

	v->pa = pa;
	v->n = n;
	v->mapped = NULL;
	v->first = v->end = 0;
	if (v->window.no_mmap)
		return;
	have = len = (inside + (size_t)n * v->layout->bytes + page - 1) & -page;
	/* what the window still holds may be only the beginning */
	if (len > page)
		vmcore_window_close(&v->window);
	p = vmcore_window_get(&v->window, pa - inside, &have);
	if (p && have == len)
		v->mapped = p + inside;
}

/*
 * The i-th of them, and in *ret how many can be read from there on: two at least unless it is the
 * last.
 */
static const uint8_t *struct_pages(struct page_view *v, unsigned i, unsigned *ret)
{
	uint32_t bytes = v->layout->bytes;
	/* behind a free block there is often another one, whose head alone counts */
	bool goes_on = v->end && i + 1 >= v->end && i <= v->end;
	unsigned max = PAGE_VIEW_CHUNK / (goes_on ? 1 : 4) / bytes;

	*ret = v->n - i;
	if (v->mapped)
		return v->mapped + (size_t)i * bytes;
	if (i < v->first || i >= v->end || (i + 1 >= v->end && v->end < v->n)) {
		v->first = i;
		v->end = v->n - i < max ? v->n : i + max;
		if (vmcore_read(v->kmem->vmcore, v->pa + (uint64_t)i * bytes, v->chunk,
				(size_t)(v->end - i) * bytes))
			memset(v->chunk, 0xff, sizeof(v->chunk));
	}
	*ret = v->end - i;
	return v->chunk + (size_t)(i - v->first) * bytes;
}

static bool protected(const struct page_view *v, uint64_t first, uint64_t end)
{
	return v->protect && protect_any(v->protect, first, end);
}

/*
 * A reader goes from a protected frame's struct page to that of its head: a run with such a frame
 * in it stays whole.
 */
static void take_out(struct page_view *v, const struct page_run *run, uint64_t pfn)
{
	unsigned end = run->to < v->n ? (unsigned)run->to : v->n;

	v->last.end = pfn + run->to;
	v->last.class = run->class;
	v->last.out = false;
	if ((v->guarded && bits_next(v->guard, run->from, end, 1) < end) ||
	    (run->to > v->n && protected(v, pfn + v->n, pfn + run->to)))
		return;
	v->last.out = true;
	v->pages[run->class] += bits_clear(v->kept, NULL, run->from, end);
}

/* Does the struct page of base, where it is a head, decide for pfn too? Then it is the last run. */
static bool head_covers(struct page_view *v, unsigned level, uint64_t base, uint64_t pfn)
{
	uint8_t pair[2 * STRUCT_MAX];
	enum page_class c;
	unsigned order;
	uint64_t va;

	if (v->layout->bytes > STRUCT_MAX || memmap_page(v->memmap, v->kmem, base, &va) ||
	    kmem_read(v->kmem, va, pair, 2 * v->layout->bytes))
		return false;
	c = page_classify(v->layout, level, pair, true, base, &order);
	if (c == PAGE_KEEP || base + (1ull << order) <= pfn)
		return false;
	v->last.end = base + (1ull << order);
	v->last.class = c;
	v->last.out = !protected(v, base, v->last.end);
	return true;
}

/*
 * What a run that begins before pfn leaves of its frames: where to go on. Blocks are aligned to
 * their order, so that one which covers pfn begins at one of few frames.
 */
static unsigned carried(struct page_view *v, unsigned level, uint64_t pfn)
{
	uint64_t block = 1ull << (v->layout->orders - 1), before = pfn, to;
	unsigned n;

	if (v->last.next != pfn) {
		v->last.end = 0;
		if (!page_may_continue(v->layout, struct_pages(v, 0, &n)) && !(pfn & (block - 1)))
			return 0;
		for (unsigned order = 1; order <= PAGE_MAX_ORDER; order++) {
			uint64_t base = pfn >> order << order;

			if (base != before && head_covers(v, level, base, pfn))
				break;
			before = base;
		}
	}
	if (v->last.end <= pfn)
		return 0;
	to = v->last.end - pfn < v->n ? v->last.end - pfn : v->n;
	if (v->last.out)
		v->pages[v->last.class] += bits_clear(v->kept, NULL, 0, (unsigned)to);
	return (unsigned)to;
}

/* The next run in [i, end); false: there is none. */
static bool next_run(struct page_view *v, unsigned level, uint64_t pfn, unsigned i, unsigned end,
		     struct page_run *ret)
{
	while (i < end) {
		unsigned n, to;
		const uint8_t *pages = struct_pages(v, i, &n);

		/* a head is told by the struct page behind it too */
		to = i + n < v->n ? n - 1 : n;
		to = to < end - i ? to : end - i;
		if (page_scan(v->layout, level, pages, pfn + i, n, 0, to, ret)) {
			ret->from += i;
			ret->to += i;
			return true;
		}
		i += to;
	}
	return false;
}

void page_view_scan(struct page_view *v, unsigned level, uint64_t pa, uint64_t pfn, unsigned n)
{
	struct page_run run;
	unsigned i, end;

	memset(v->pages, 0, sizeof(v->pages));
	vmcore_ram_bits(v->kmem->vmcore, pfn, n, v->ram, v->kept);
	v->guarded = v->protect && protect_bits(v->protect, pfn, n, v->guard);
	find_struct_pages(v, pa, n);
	i = bits_next(v->kept, carried(v, level, pfn), n, 1);
	for (; i < n; i = bits_next(v->kept, i, n, 1)) {
		end = bits_next(v->kept, i, n, 0);
		for (; next_run(v, level, pfn, i, end, &run); i = run.to < n ? (unsigned)run.to : n)
			take_out(v, &run, pfn);
		i = i > end ? i : end;
	}
	v->last.next = pfn + n;
}

unsigned page_view_frames(struct page_view *v, unsigned level, uint64_t pfn, unsigned n)
{
	uint64_t section = 1ull << v->memmap->section_shift, left = section - (pfn & (section - 1));
	uint64_t va, pa, have;

	n = n < left ? n : (unsigned)left;
	if (memmap_page(v->memmap, v->kmem, pfn, &va) || kmem_translate(v->kmem, va, &pa, &have))
		return 0;
	if (have / v->layout->bytes < n)
		n = (unsigned)(have / v->layout->bytes);
	if (n)
		page_view_scan(v, level, pa, pfn, n);
	return n;
}

/* A part of a piece, among the frames from pfn on that kept is of. */
struct part {
	const struct vmemmap_piece *piece;
	uint64_t from, to, pfn;
};

static uint64_t part_out(struct page_view *v, const struct vmemmap *e, unsigned level,
			 const struct part *p, const uint64_t *guard, uint64_t *kept)
{
	unsigned shift = v->kmem->vmcore->page_shift, per = e->per;
	uint64_t out = 0;

	for (uint64_t at = p->from; at < p->to;) {
		uint64_t pfn = p->piece->pfn + (at - p->piece->frame) * per;
		uint64_t n = (PAGE_VIEW_MAX - pfn % PAGE_VIEW_MAX) / per;

		n = n < p->to - at ? n : p->to - at;
		page_view_scan(v, level, at << shift, pfn, (unsigned)n * per);
		if (v->inner)
			page_view_structs(v->inner, e, level, pfn, (unsigned)n * per,
					  v->guarded ? v->guard : NULL, v->kept);
		for (unsigned i = 0; i < n; i++, at++) {
			unsigned bit = (unsigned)(at - p->pfn);

			if (bits_next(v->kept, i * per, (i + 1) * per, 1) == (i + 1) * per)
				out += bits_clear(kept, guard, bit, bit + 1);
		}
	}
	return out;
}

uint64_t page_view_structs(struct page_view *v, const struct vmemmap *e, unsigned level,
			   uint64_t pfn, unsigned n, const uint64_t *guard, uint64_t *kept)
{
	uint64_t out = 0;

	for (size_t i = vmemmap_find(e, pfn); i < e->n && e->piece[i].frame < pfn + n; i++) {
		const struct vmemmap_piece *q = &e->piece[i];
		struct part p = { q, q->frame, q->frame + q->n, pfn };

		p.from = p.from > pfn ? p.from : pfn;
		p.to = p.to < pfn + n ? p.to : pfn + n;
		/* memory of the crash kernel is in no dump */
		if (bits_next(kept, (unsigned)(p.from - pfn), (unsigned)(p.to - pfn), 1) <
		    (unsigned)(p.to - pfn))
			out += part_out(v, e, level, &p, guard, kept);
	}
	return out;
}
