/* SPDX-License-Identifier: MIT */
/*
 * Builds the protect list once, before the first page.
 */
#include "dumper/filter/protect.h"

#include <errno.h>
#include <string.h>

#include "dumper/kernel/printk.h"
#include "lib/bits.h"

void protect_clear(struct protect *p)
{
	p->ranges = (struct ranges){ .list = p->memory, .max = PROTECT_MAX };
	p->frame = NULL;
	p->n_frames = 0;
}

static void add_physical(struct protect *p, unsigned shift, uint64_t pa, uint64_t len)
{
	ranges_add(&p->ranges, pa >> shift, (pa + len + (1ull << shift) - 1) >> shift);
}

static void add_virtual(struct protect *p, struct kmem *k, uint64_t va, uint64_t len)
{
	while (len) {
		uint64_t pa, have;

		if (kmem_translate(k, va, &pa, &have))
			return;
		if (have > len)
			have = len;
		add_physical(p, k->vmcore->page_shift, pa, have);
		va += have;
		len -= have;
	}
}

/*
 * Of the kernel's image what is mapped: memory of the beginning that aarch64 gives back after booting
 * it takes out of the map, and anybody's pages are there since. Tables in which not even the image's
 * start is found say nothing.
 */
static void add_image(struct protect *p, struct kmem *k)
{
	const struct kmem_image i = k->image;
	const uint64_t page = 1ull << k->vmcore->page_shift;
	uint64_t pa, have;

	if (kmem_translate(k, i.va, &pa, &have) || pa != i.pa) {
		add_physical(p, k->vmcore->page_shift, i.pa, i.len);
		return;
	}
	for (uint64_t at = 0; at < i.len; at += have) {
		int r = kmem_translate(k, i.va + at, &pa, &have);

		if (r)
			have = page - (i.va + at) % page;
		if (have > i.len - at)
			have = i.len - at;
		if (r != -EFAULT)
			add_physical(p, k->vmcore->page_shift, i.pa + at, have);
	}
}

void protect_init(struct protect *p, struct kmem *k, const struct memmap *m,
		  const struct vmcoreinfo *vi)
{
	const struct vmcore *v = k->vmcore;
	struct printk_ring ring;

	protect_clear(p);
	if (k->image.len)
		add_image(p, k);
	if (k->levels)
		add_physical(p, v->page_shift, k->root, 1ull << v->page_shift);
	if (m->roots)
		add_virtual(p, k, m->roots, m->n_roots * 8ull);
	if (printk_ring_find(&ring, k, vi))
		return;
	add_virtual(p, k, ring.descs, (uint64_t)ring.desc_bytes << ring.count_bits);
	add_virtual(p, k, ring.infos, (uint64_t)ring.info_bytes << ring.count_bits);
	add_virtual(p, k, ring.text, 1ull << ring.size_bits);
}

/* Index of the first single frame >= pfn. */
static size_t find_frame(const struct protect *p, uint64_t pfn)
{
	size_t lo = 0, hi = p->n_frames;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (p->frame[mid] < pfn)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

int protect_bits(const struct protect *p, uint64_t pfn, unsigned n, uint64_t *bits)
{
	if (!protect_any(p, pfn, pfn + n))
		return 0;
	memset(bits, 0, (n + 63) / 64 * sizeof(*bits));
	ranges_bits(&p->ranges, pfn, n, bits);
	for (size_t i = find_frame(p, pfn); i < p->n_frames && p->frame[i] < pfn + n; i++) {
		unsigned bit = (unsigned)(p->frame[i] - pfn);

		bits_set(bits, bit, bit + 1);
	}
	return 1;
}

bool protect_any(const struct protect *p, uint64_t first, uint64_t end)
{
	size_t at = find_frame(p, first);

	return (at < p->n_frames && p->frame[at] < end) || ranges_any(&p->ranges, first, end);
}

uint64_t protect_next(const struct protect *p, uint64_t pfn)
{
	size_t at = find_frame(p, pfn);
	uint64_t frame = at < p->n_frames ? p->frame[at] : UINT64_MAX;
	uint64_t next = ranges_next(&p->ranges, pfn);

	return frame < next ? frame : next;
}
