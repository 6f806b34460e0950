/* SPDX-License-Identifier: MIT */
/*
 * Builds the protect list once, before the first page.
 */
#include "dumper/filter/protect.h"

#include <string.h>

#include "dumper/kernel/printk.h"
#include "lib/bits.h"

static void add(struct protect *p, unsigned shift, uint64_t pa, uint64_t len)
{
	uint64_t first = pa >> shift, end = (pa + len + (1ull << shift) - 1) >> shift;

	/* pieces of one object mostly lie behind each other */
	if (p->n && p->range[p->n - 1].end == first) {
		p->range[p->n - 1].end = end;
		return;
	}
	if (p->n == PROTECT_MAX || !len)
		return;
	p->range[p->n].first = first;
	p->range[p->n].end = end;
	p->n++;
}

static void add_virtual(struct protect *p, struct kmem *k, uint64_t va, uint64_t len)
{
	while (len) {
		uint64_t pa, have;

		if (kmem_translate(k, va, &pa, &have))
			return;
		if (have > len)
			have = len;
		add(p, k->vmcore->page_shift, pa, have);
		va += have;
		len -= have;
	}
}

void protect_init(struct protect *p, struct kmem *k, const struct memmap *m,
		  const struct vmcoreinfo *vi)
{
	const struct vmcore *v = k->vmcore;
	struct printk_ring ring;

	p->n = p->n_frames = 0;
	/* a header can claim anything: 1 GiB is KERNEL_IMAGE_SIZE's maximum */
	if (v->text_len && v->text_len <= 1ull << 30)
		add(p, v->page_shift, v->text_pa, v->text_len);
	if (k->levels)
		add(p, v->page_shift, k->root, 1ull << v->page_shift);
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
	size_t at = find_frame(p, pfn);
	int any = 0;

	for (size_t i = 0; i < p->n; i++) {
		uint64_t first = p->range[i].first, end = p->range[i].end;

		if (end <= pfn || first >= pfn + n)
			continue;
		if (!any)
			memset(bits, 0, (n + 63) / 64 * sizeof(*bits));
		any = 1;
		bits_set(bits, first > pfn ? (unsigned)(first - pfn) : 0,
			 end < pfn + n ? (unsigned)(end - pfn) : n);
	}
	for (; at < p->n_frames && p->frame[at] < pfn + n; at++) {
		unsigned bit = (unsigned)(p->frame[at] - pfn);

		if (!any)
			memset(bits, 0, (n + 63) / 64 * sizeof(*bits));
		any = 1;
		bits_set(bits, bit, bit + 1);
	}
	return any;
}

bool protect_any(const struct protect *p, uint64_t first, uint64_t end)
{
	size_t at = find_frame(p, first);

	if (at < p->n_frames && p->frame[at] < end)
		return true;
	for (size_t i = 0; i < p->n; i++) {
		if (p->range[i].end > first && p->range[i].first < end)
			return true;
	}
	return false;
}

uint64_t protect_next(const struct protect *p, uint64_t pfn)
{
	size_t at = find_frame(p, pfn);
	uint64_t next = at < p->n_frames ? p->frame[at] : UINT64_MAX;

	for (size_t i = 0; i < p->n; i++) {
		uint64_t first = p->range[i].first > pfn ? p->range[i].first : pfn;

		if (p->range[i].end > pfn && first < next)
			next = first;
	}
	return next;
}
