/* SPDX-License-Identifier: MIT */
#include "dumper/cmd/units.h"

#include <errno.h>

#include "lib/cleanup.h"

struct walk {
	struct protect protect;
	struct extra_classes extra;
	struct filter filter;
	struct filter_unit unit;
	uint8_t page[65536];
};

int units_each(struct crash *c, unsigned level, unsigned extra,
	       int (*unit)(void *ctx, const struct filter_unit *u), void *ctx)
{
	_free_ struct walk *w = malloc(sizeof(*w));
	uint64_t pfn = 0;
	int r;

	if (!w)
		return -ENOMEM;
	protect_init(&w->protect, &c->kmem, &c->memmap, &c->info);
	filter_init(&w->filter, &c->kmem, &c->memmap, &w->protect, &c->info, level, false,
		    w->page, sizeof(w->page));
	r = extra_classes_init(&w->extra, &c->kmem, &c->memmap, &c->info, extra);
	w->protect.frame = w->extra.tables.frame;
	w->protect.n_frames = w->extra.tables.n;
	if (!r)
		r = filter_extra(&w->filter, &w->extra);
	while (!r && filter_next(&w->filter, pfn, &w->unit)) {
		r = unit(ctx, &w->unit);
		pfn = w->unit.pfn + w->unit.n;
	}
	filter_close(&w->filter);
	extra_classes_free(&w->extra);
	return r;
}
