/* SPDX-License-Identifier: MIT */
/*
 * struct list_head at page.lru, read from both sides.
 */
#include "dumper/filter/pcp_list.h"

#include "lib/bits.h"

struct list_head {
	uint64_t next, prev;
};

bool pcp_list_listed(struct kmem *k, const struct memmap *m, const struct page_layout *l,
		      uint64_t pfn)
{
	struct list_head own, next, prev;
	uint64_t va;

	if (memmap_page(m, k, pfn, &va))
		return false;
	va += l->off_lru;
	/* a page taken off a list points to itself or to poison */
	return !kmem_read(k, va, &own, sizeof(own)) && own.next != va && own.prev != va &&
	       !((own.next | own.prev) & 7) &&
	       !kmem_read(k, own.next, &next, sizeof(next)) && next.prev == va &&
	       !kmem_read(k, own.prev, &prev, sizeof(prev)) && prev.next == va;
}

uint64_t pcp_list_out(struct kmem *k, const struct memmap *m, const struct page_layout *l,
		       uint64_t pfn, const struct page_run *run, unsigned n, const uint64_t *guard,
		       uint64_t *bits)
{
	unsigned end = run->to < n ? (unsigned)run->to : n;
	uint64_t out = 0;

	for (unsigned i = run->from; i < end; i++) {
		if (pcp_list_listed(k, m, l, pfn + i))
			out += bits_clear(bits, guard, i, i + 1);
	}
	return out;
}
