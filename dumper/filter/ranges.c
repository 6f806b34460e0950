/* SPDX-License-Identifier: MIT */
/*
 * Sorted, as most are added in ascending order and all are looked up.
 */
#include "dumper/filter/ranges.h"

#include <string.h>

#include "lib/bits.h"

size_t ranges_find(const struct ranges *r, uint64_t pfn)
{
	size_t lo = 0, hi = r->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (r->list[mid].end <= pfn)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* The n ranges from index i on become one. */
static void join_ranges(struct ranges *r, size_t i, size_t n, uint64_t first, uint64_t end)
{
	struct frame_range *to = &r->list[i];

	to->first = first < to->first ? first : to->first;
	to->end = end > to[n - 1].end ? end : to[n - 1].end;
	memmove(to + 1, to + n, (r->n - i - n) * sizeof(*to));
	r->n -= n - 1;
}

bool ranges_add(struct ranges *r, uint64_t first, uint64_t end)
{
	/* a range that ends at first is joined, too */
	size_t i = ranges_find(r, first ? first - 1 : 0), behind = i;

	if (first >= end)
		return true;
	while (behind < r->n && r->list[behind].first <= end)
		behind++;
	if (behind > i) {
		join_ranges(r, i, behind - i, first, end);
		return true;
	}
	if (r->n == r->max)
		return false;
	memmove(&r->list[i + 1], &r->list[i], (r->n - i) * sizeof(*r->list));
	r->list[i] = (struct frame_range){ first, end };
	r->n++;
	return true;
}

bool ranges_any(const struct ranges *r, uint64_t first, uint64_t end)
{
	size_t i = ranges_find(r, first);

	return i < r->n && r->list[i].first < end;
}

bool ranges_all(const struct ranges *r, uint64_t first, uint64_t end)
{
	size_t i = ranges_find(r, first);

	return i < r->n && r->list[i].first <= first && end <= r->list[i].end;
}

uint64_t ranges_next(const struct ranges *r, uint64_t pfn)
{
	size_t i = ranges_find(r, pfn);

	if (i == r->n)
		return UINT64_MAX;
	return r->list[i].first > pfn ? r->list[i].first : pfn;
}

void ranges_bits(const struct ranges *r, uint64_t pfn, unsigned n, uint64_t *bits)
{
	for (size_t i = ranges_find(r, pfn); i < r->n && r->list[i].first < pfn + n; i++) {
		uint64_t first = r->list[i].first, end = r->list[i].end;

		bits_set(bits, first > pfn ? (unsigned)(first - pfn) : 0,
			 end < pfn + n ? (unsigned)(end - pfn) : n);
	}
}
