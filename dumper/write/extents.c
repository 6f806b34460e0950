/* SPDX-License-Identifier: MIT */
/*
 * A list that halves itself when it is full.
 */
#include "dumper/write/extents.h"

#include <errno.h>
#include <stdlib.h>

#include "lib/bits.h"

int extents_open(struct extents *x)
{
	*x = (struct extents){ .ranges.max = EXTENTS_MAX, .gap = EXTENTS_GAP };
	x->ranges.list = malloc(EXTENTS_MAX * sizeof(*x->ranges.list));
	return x->ranges.list ? 0 : -ENOMEM;
}

void extents_close(struct extents *x)
{
	free(x->ranges.list);
	x->ranges.list = NULL;
}

/* Fills gaps of twice the length, until half of the list is free. */
static void fill_longer_gaps(struct extents *x)
{
	struct frame_range *list = x->ranges.list;

	while (x->ranges.n > EXTENTS_MAX / 2) {
		size_t n = 1;

		x->gap *= 2;
		for (size_t i = 1; i < x->ranges.n; i++) {
			if (list[i].first - list[n - 1].end < x->gap)
				list[n - 1].end = list[i].end;
			else
				list[n++] = list[i];
		}
		x->ranges.n = n;
	}
}

/* With the gap in front, if it is short. */
static void add_run(struct extents *x, uint64_t first, uint64_t end)
{
	const struct frame_range *last;

	if (x->ranges.n == EXTENTS_MAX)
		fill_longer_gaps(x);
	last = x->ranges.n ? &x->ranges.list[x->ranges.n - 1] : NULL;
	ranges_add(&x->ranges, last && first - last->end < x->gap ? last->end : first, end);
}

void extents_add(struct extents *x, uint64_t pfn, const uint64_t *bits, unsigned n)
{
	unsigned from = bits_next(bits, 0, n, 1);

	while (from < n) {
		unsigned to = bits_next(bits, from, n, 0);

		add_run(x, pfn + from, pfn + to);
		from = bits_next(bits, to, n, 1);
	}
}

void extents_end(struct extents *x)
{
	x->pages = 0;
	for (size_t i = 0; i < x->ranges.n; i++)
		x->pages += x->ranges.list[i].end - x->ranges.list[i].first;
}
