/* SPDX-License-Identifier: MIT */
/*
 * A list that halves itself when it is full.
 */
#include "dumper/write/extents.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/bits.h"

int extents_open(struct extents *x)
{
	*x = (struct extents){ .list = malloc(EXTENTS_MAX * sizeof(*x->list)), .gap = EXTENTS_GAP };
	return x->list ? 0 : -ENOMEM;
}

void extents_close(struct extents *x)
{
	free(x->list);
	x->list = NULL;
}

static uint64_t end_of(const struct extent *e)
{
	return e->pfn + e->n;
}

/* Fills gaps of twice the length, until half of the list is free. */
static void shrink(struct extents *x)
{
	while (x->n > EXTENTS_MAX / 2) {
		size_t n = 1;

		x->gap *= 2;
		for (size_t i = 1; i < x->n; i++) {
			struct extent *last = &x->list[n - 1];

			if (x->list[i].pfn - end_of(last) < x->gap)
				last->n = end_of(&x->list[i]) - last->pfn;
			else
				x->list[n++] = x->list[i];
		}
		x->n = n;
	}
}

static void add_run(struct extents *x, uint64_t pfn, uint64_t n)
{
	struct extent *last;

	if (x->n == EXTENTS_MAX)
		shrink(x);
	last = x->n ? &x->list[x->n - 1] : NULL;
	if (last && pfn - end_of(last) < x->gap)
		last->n = pfn + n - last->pfn;
	else
		x->list[x->n++] = (struct extent){ pfn, n };
}

void extents_add(struct extents *x, uint64_t pfn, const uint64_t *bits, unsigned n)
{
	unsigned from = bits_next(bits, 0, n, 1);

	while (from < n) {
		unsigned to = bits_next(bits, from, n, 0);

		add_run(x, pfn + from, to - from);
		from = bits_next(bits, to, n, 1);
	}
}

void extents_end(struct extents *x)
{
	x->pages = 0;
	for (size_t i = 0; i < x->n; i++)
		x->pages += x->list[i].n;
}

/* The first extent that ends behind pfn. */
static size_t find(const struct extents *x, uint64_t pfn)
{
	size_t lo = 0, hi = x->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (end_of(&x->list[mid]) <= pfn)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

void extents_bits(const struct extents *x, uint64_t pfn, unsigned n, uint64_t *bits)
{
	memset(bits, 0, (n + 63) / 64 * sizeof(*bits));
	for (size_t i = find(x, pfn); i < x->n && x->list[i].pfn < pfn + n; i++) {
		uint64_t from = x->list[i].pfn, to = end_of(&x->list[i]);

		bits_set(bits, from > pfn ? (unsigned)(from - pfn) : 0,
			 to < pfn + n ? (unsigned)(to - pfn) : n);
	}
}

uint64_t extents_next(const struct extents *x, uint64_t pfn)
{
	size_t i = find(x, pfn);

	if (i == x->n)
		return UINT64_MAX;
	return x->list[i].pfn > pfn ? x->list[i].pfn : pfn;
}
