/* SPDX-License-Identifier: MIT */
/*
 * Walks the struct pages of a unit and clears what the dump level leaves out. Free blocks and
 * compound pages are decided at their head and skipped by their order; doubt keeps the page.
 */
#include "dumper/filter.h"

#include <errno.h>
#include <string.h>

#include "dumper/bits.h"

#define WINDOW_BYTES	(FILTER_GATHER_BYTES + 4096)

static unsigned unit_pages(const struct memmap *m)
{
	unsigned n = FILTER_UNIT_MAX;

	while (n > 1u << m->section_shift || (uint64_t)n * m->page_bytes > FILTER_GATHER_BYTES)
		n /= 2;
	return n;
}

void filter_init(struct filter *f, struct kmem *k, const struct memmap *m, const struct protect *p,
		 const struct vmcoreinfo *vi, unsigned level, bool whole, uint8_t *gather,
		 uint8_t *page_buf, size_t page_buf_size)
{
	memset(f, 0, sizeof(*f));
	f->kmem = k;
	f->memmap = m;
	f->protect = p;
	f->level = level;
	f->whole = whole || !m->page_bytes;
	f->unit_pages = unit_pages(m);
	f->gather = gather;
	if (!f->whole)
		page_layout_init(&f->layout, m->page_bytes, vi);
	vmcore_window_init(&f->window, k->vmcore, WINDOW_BYTES, page_buf, page_buf_size);
}

void filter_close(struct filter *f)
{
	vmcore_window_close(&f->window);
}

/* A piece of at most one page; false: not mapped, or not in the file. */
static bool gather_piece(struct filter *f, uint64_t va, uint8_t *to, size_t len)
{
	size_t page = 1ul << f->kmem->vmcore->page_shift, n = page;
	uint64_t pa, have;
	const uint8_t *p;

	if (kmem_translate(f->kmem, va, &pa, &have) || have < len)
		return false;
	p = vmcore_window_get(&f->window, pa - pa % page, &n);
	if (!p)
		return false;
	memcpy(to, p + pa % page, len);
	return true;
}

/*
 * The struct pages page by page into one piece, however they are mapped. What is not mapped
 * (the map of a hot-plugged sub-section is shorter than its section) looks like a struct page
 * that was never initialised, and is kept.
 */
static const uint8_t *gather(struct filter *f, uint64_t va, uint64_t len)
{
	uint64_t page = 1ull << f->kmem->vmcore->page_shift, done = 0, n;
	bool any = false;

	for (; done < len; done += n) {
		n = page - (va + done) % page;
		n = n < len - done ? n : len - done;
		if (gather_piece(f, va + done, f->gather + done, n))
			any = true;
		else
			memset(f->gather + done, 0xff, n);
	}
	return any ? f->gather : NULL;
}

/* The struct pages of the unit, from the window itself where they are one physical piece. */
static const uint8_t *struct_pages(struct filter *f, uint64_t pfn)
{
	uint64_t len = (uint64_t)f->unit_pages * f->layout.bytes, va, pa, have;
	size_t n = len;
	const uint8_t *p;

	if (memmap_page(f->memmap, f->kmem, pfn, &va) || kmem_translate(f->kmem, va, &pa, &have))
		return NULL;
	if (have >= len && !(pa % (1ull << f->kmem->vmcore->page_shift)) &&
	    !(len % (1ull << f->kmem->vmcore->page_shift))) {
		/*
		 * the window of the unit before may hold the beginning of this one, and only
		 * that
		 */
		vmcore_window_close(&f->window);
		p = vmcore_window_get(&f->window, pa, &n);
		if (p && n == len)
			return p;
	}
	return gather(f, va, len);
}

/*
 * Takes [from, to) out of the unit, as far as the pages are there and nothing protects them. Broken
 * memory is never read, wherever it lies: that can end the capture with a machine check.
 */
static void leave_out(struct filter *f, struct filter_unit *u, bool guarded, enum page_class class,
		      unsigned from, uint64_t to)
{
	unsigned end = to < u->n ? (unsigned)to : u->n;

	guarded = guarded && class != PAGE_HWPOISON && class != PAGE_OFFLINE;
	u->pages[class] += bits_clear(u->kept, guarded ? f->protected_bits : NULL, from, end);
	if (to > u->n) {
		f->carry_end = u->pfn + to;
		f->carry_class = class;
	}
}

static void classify(struct filter *f, struct filter_unit *u, const uint8_t *pages, bool guarded)
{
	unsigned i = 0;

	if (f->carry_end > u->pfn) {
		uint64_t to = f->carry_end - u->pfn;

		leave_out(f, u, guarded, f->carry_class, 0, to);
		i = to < u->n ? (unsigned)to : u->n;
	}
	/* frames that are no RAM have struct pages nobody initialised */
	for (i = bits_next(u->kept, i, u->n, 1); i < u->n; i = bits_next(u->kept, i, u->n, 1)) {
		unsigned order;
		enum page_class c = page_classify(&f->layout, f->level,
						  pages + (size_t)i * f->layout.bytes,
						  i + 1 < u->n, u->pfn + i, &order);

		if (c != PAGE_KEEP)
			leave_out(f, u, guarded, c, i, i + (1ull << order));
		i += c != PAGE_KEEP ? (order < 16 ? 1u << order : u->n) : 1;
	}
}

static void filter_unit(struct filter *f, struct filter_unit *u)
{
	const uint8_t *pages;

	if (f->whole)
		return;
	pages = struct_pages(f, u->pfn);
	if (!pages) {
		u->unfiltered = true;
		f->carry_end = 0;
		return;
	}
	classify(f, u, pages, protect_bits(f->protect, u->pfn, u->n, f->protected_bits));
}

bool filter_next(struct filter *f, uint64_t pfn, struct filter_unit *ret)
{
	uint64_t ram[FILTER_WORDS];
	uint64_t left_out = 0, in_file;

	pfn = vmcore_next_ram(f->kmem->vmcore, pfn);
	if (pfn == UINT64_MAX)
		return false;
	memset(ret->pages, 0, sizeof(ret->pages));
	ret->unfiltered = false;
	ret->n = f->unit_pages;
	ret->pfn = pfn / ret->n * ret->n;
	vmcore_ram_bits(f->kmem->vmcore, ret->pfn, ret->n, ram, ret->kept);
	ret->pages_ram = bits_count(ram, ret->n);
	in_file = bits_count(ret->kept, ret->n);
	ret->pages_absent = ret->pages_ram - in_file;
	if (in_file)
		filter_unit(f, ret);
	for (unsigned c = PAGE_KEEP + 1; c < PAGE_CLASSES; c++)
		left_out += ret->pages[c];
	ret->pages[PAGE_KEEP] = in_file - left_out;
	return true;
}
