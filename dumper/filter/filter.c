/* SPDX-License-Identifier: MIT */
/*
 * Walks the struct pages of a unit and clears what the dump level leaves out. Free blocks and
 * compound pages are decided at their head and skipped by their order; doubt keeps the page.
 */
#include "dumper/filter/filter.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "lib/bits.h"

static unsigned unit_pages(const struct memmap *m)
{
	unsigned n = FILTER_UNIT_MAX;

	while (n > 1u << m->section_shift || (uint64_t)n * m->page_bytes > FILTER_MAP_BYTES)
		n /= 2;
	return n;
}

void filter_init(struct filter *f, struct kmem *k, const struct memmap *m, const struct protect *p,
		 const struct vmcoreinfo *vi, unsigned level, bool whole, uint8_t *page_buf,
		 size_t page_buf_size)
{
	memset(f, 0, sizeof(*f));
	f->kmem = k;
	f->memmap = m;
	f->protect = p;
	f->level = level;
	f->whole = whole || !m->page_bytes;
	f->unit_pages = unit_pages(m);
	if (!f->whole)
		page_layout_init(&f->layout, m->page_bytes, vi);
	/* struct pages may begin in the middle of a page of the kernel that maps them */
	vmcore_window_init(&f->window, k->vmcore, FILTER_MAP_BYTES + (size_t)sysconf(_SC_PAGESIZE),
			   page_buf, page_buf_size);
	/* without memory for a copy its struct pages are taken as they are met */
	if (!f->whole && k->vmcore->live)
		live_open(&f->live, k, &f->layout, f->unit_pages);
}

int filter_exclude_struct_pages(struct filter *f, const struct vmemmap *vmemmap)
{
	if (f->whole)
		return 0;
	f->vmemmap = vmemmap;
	return page_view_open(&f->view, f->kmem, f->memmap, &f->layout, f->protect, true);
}

void filter_close(struct filter *f)
{
	live_close(&f->live);
	page_view_close(&f->view);
	vmcore_window_close(&f->window);
}

/* A piece of at most one page; false: not mapped, or not in the file. */
static bool read_piece(struct filter *f, uint64_t va, uint8_t *to, size_t len)
{
	size_t page = 1ul << f->kmem->vmcore->page_shift, n = page;
	uint64_t pa, have;
	const uint8_t *p;

	if (kmem_translate(f->kmem, va, &pa, &have) || have < len)
		return false;
	if (f->window.no_mmap)
		return !vmcore_read(f->kmem->vmcore, pa, to, len);
	p = vmcore_window_get(&f->window, pa - pa % page, &n);
	if (p)
		memcpy(to, p + pa % page, len);
	return p;
}

/*
 * Struct pages from the i-th on into the chunk, however they are mapped: whole where they are one
 * physical piece, else page by page. What is not mapped (the map of a hot-plugged sub-section is
 * shorter than its section) looks like a struct page that was never initialised, and is kept.
 */
static void load_chunk(struct filter *f, unsigned i)
{
	uint64_t page = 1ull << f->kmem->vmcore->page_shift;
	uint64_t va = f->va + (uint64_t)i * f->layout.bytes;
	uint64_t left = (uint64_t)(f->unit_pages - i) * f->layout.bytes, done, n;
	/* behind a free block there is often another one, whose head alone counts */
	bool goes_on = f->end && i + 1 >= f->end && i <= f->end;
	unsigned max = goes_on ? FILTER_CHUNK : FILTER_CHUNK / 4;

	left = left < max ? left : max - max % f->layout.bytes;
	f->tried = true;
	f->first = i;
	f->end = i + (unsigned)(left / f->layout.bytes);
	if (f->window.no_mmap && read_piece(f, va, f->chunk, left)) {
		f->any = true;
		return;
	}
	for (done = 0; done < left; done += n) {
		n = page - (va + done) % page;
		n = n < left - done ? n : left - done;
		if (read_piece(f, va + done, f->chunk + done, n))
			f->any = true;
		else
			memset(f->chunk + done, 0xff, n);
	}
}

/*
 * The i-th struct page, and in *ret how many can be read from there on: two at least unless it is
 * the unit's last.
 */
static const uint8_t *struct_pages(struct filter *f, unsigned i, unsigned *ret)
{
	*ret = f->unit_pages - i;
	if (f->mapped)
		return f->mapped + (size_t)i * f->layout.bytes;
	if (i < f->first || i >= f->end || (i + 1 >= f->end && f->end < f->unit_pages))
		load_chunk(f, i);
	*ret = f->end - i;
	return f->chunk + (size_t)(i - f->first) * f->layout.bytes;
}

/* Finds the unit's struct pages. False: there are none that could be read. */
static bool find_struct_pages(struct filter *f, uint64_t pfn)
{
	uint64_t len = (uint64_t)f->unit_pages * f->layout.bytes, pa, have;
	size_t page = 1ul << f->kmem->vmcore->page_shift, n = len;

	f->mapped = NULL;
	f->first = f->end = 0;
	f->tried = f->any = false;
	if (f->live.pages)
		kmem_forget(f->kmem);
	if (memmap_page(f->memmap, f->kmem, pfn, &f->va)) {
		f->va = 0;
		return false;
	}
	if (f->live.pages) {
		f->tried = true;
		f->any = live_copy(&f->live, pfn, f->va);
		f->mapped = f->live.pages;
		return true;
	}
	if (!f->window.no_mmap && !kmem_translate(f->kmem, f->va, &pa, &have) && have >= len &&
	    !(pa % page) && !(len % page)) {
		/* what the window still holds may be only the beginning of this unit */
		vmcore_window_close(&f->window);
		f->mapped = vmcore_window_get(&f->window, pa, &n);
		if (n != len)
			f->mapped = NULL;
		f->any = f->mapped;
	}
	return true;
}

/*
 * Takes [from, to) out of the unit, as far as the pages are there and nothing protects them. Broken
 * memory is never read, wherever it lies: that can end the capture with a machine check.
 */
static void leave_out(struct filter *f, struct filter_unit *u, bool guarded, enum page_class class,
		      unsigned from, uint64_t to, struct filter_carry *out)
{
	unsigned end = to < u->n ? (unsigned)to : u->n;

	guarded = guarded && class != PAGE_HWPOISON && class != PAGE_OFFLINE;
	u->pages[class] += bits_clear(u->kept, guarded ? f->protected_bits : NULL, from, end);
	if (to > u->n) {
		out->end = u->pfn + to;
		out->class = class;
	}
}

/* The next run in [i, end); false: there is none. What is there is all of one chunk's. */
static bool next_run(struct filter *f, struct filter_unit *u, unsigned i, unsigned end,
		     struct page_run *ret)
{
	while (i < end) {
		unsigned n, to;
		const uint8_t *pages = struct_pages(f, i, &n);
		bool found;

		/* a head is told by the struct page behind it too */
		to = i + n < f->unit_pages ? n - 1 : n;
		to = to < end - i ? to : end - i;
		found = page_scan(&f->layout, f->level, pages, u->pfn + i, n, 0, to, ret);
		u->pages_doubt += ret->doubt;
		if (found) {
			ret->from += i;
			ret->to += i;
			return true;
		}
		i += to;
	}
	return false;
}

static void classify(struct filter *f, struct filter_unit *u, bool guarded, struct filter_carry in,
		     struct filter_carry *out)
{
	struct page_run run;
	unsigned i = 0, end;

	if (in.end > u->pfn) {
		uint64_t to = in.end - u->pfn;

		leave_out(f, u, guarded, in.class, 0, to, out);
		i = to < u->n ? (unsigned)to : u->n;
	}
	/* frames that are no RAM have struct pages nobody initialised */
	for (i = bits_next(u->kept, i, u->n, 1); i < u->n; i = bits_next(u->kept, i, u->n, 1)) {
		end = bits_next(u->kept, i, u->n, 0);
		for (; next_run(f, u, i, end, &run); i = run.to < u->n ? (unsigned)run.to : u->n)
			leave_out(f, u, guarded, run.class, run.from, run.to, out);
		i = i > end ? i : end;
	}
	if (f->vmemmap)
		u->pages[PAGE_STRUCT] +=
			page_view_structs(&f->view, f->vmemmap, f->level, u->pfn, u->n,
					  guarded ? f->protected_bits : NULL, u->kept);
}

uint64_t filter_find(const struct filter *f, uint64_t pfn)
{
	pfn = vmcore_next_ram(f->kmem->vmcore, pfn);
	return pfn == UINT64_MAX ? pfn : pfn / f->unit_pages * f->unit_pages;
}

bool filter_begin(struct filter *f, uint64_t base, struct filter_unit *ret)
{
	uint64_t ram[FILTER_WORDS];
	unsigned n;

	memset(ret->pages, 0, sizeof(ret->pages));
	ret->unfiltered = false;
	ret->pages_doubt = 0;
	ret->n = f->unit_pages;
	ret->pfn = base;
	vmcore_ram_bits(f->kmem->vmcore, base, ret->n, ram, ret->kept);
	ret->pages_ram = bits_count(ram, ret->n);
	ret->pages_present = bits_count(ret->kept, ret->n);
	ret->pages_absent = ret->pages_ram - ret->pages_present;
	f->va = 0;
	if (f->whole || !ret->pages_present)
		return false;
	if (!find_struct_pages(f, base)) {
		ret->unfiltered = true;
		return false;
	}
	/* nothing tells the tail of a free block from other pages */
	return 1u << (f->layout.orders - 1) > f->unit_pages ||
	       page_may_continue(&f->layout, struct_pages(f, 0, &n));
}

void filter_finish(struct filter *f, struct filter_unit *u, struct filter_carry in,
		   struct filter_carry *ret_out)
{
	uint64_t left_out = 0;
	bool guarded;

	ret_out->end = 0;
	if (f->va) {
		guarded = protect_bits(f->protect, u->pfn, u->n, f->protected_bits);
		classify(f, u, guarded, in, ret_out);
		u->unfiltered = f->tried && !f->any;
		/* then they count as the unit's */
		if (u->unfiltered)
			u->pages_doubt = 0;
	}
	for (unsigned c = PAGE_KEEP + 1; c < PAGE_CLASSES; c++)
		left_out += u->pages[c];
	u->pages[PAGE_KEEP] = u->pages_present - left_out;
}

bool filter_next(struct filter *f, uint64_t pfn, struct filter_unit *ret)
{
	struct filter_carry none = { 0 };
	uint64_t base = filter_find(f, pfn);
	bool inside;

	if (base == UINT64_MAX)
		return false;
	inside = filter_begin(f, base, ret);
	filter_finish(f, ret, inside ? f->carry : none, &f->carry);
	return true;
}
