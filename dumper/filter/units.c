/* SPDX-License-Identifier: MIT */
#include "dumper/filter/units.h"

#include <errno.h>

#include "lib/cleanup.h"

struct walk {
	struct protect protect;
	struct vmemmap vmemmap;
	struct filter filter;
	struct filter_unit unit;
	uint8_t page[65536];
};

int units_each(struct crash *c, unsigned level, bool exclude_struct_pages,
	       int (*unit)(void *ctx, const struct filter_unit *u), void *ctx)
{
	_free_ struct walk *w = malloc(sizeof(*w));
	const char *why = NULL;
	uint64_t pfn = 0;
	int r = 0;

	if (!w)
		return -ENOMEM;
	protect_init(&w->protect, &c->kmem, &c->memmap, &c->info);
	filter_init(&w->filter, &c->kmem, &c->memmap, &w->protect, &c->info, level, false, w->page,
		    sizeof(w->page));
	w->vmemmap = (struct vmemmap){ 0 };
	if (exclude_struct_pages)
		r = vmemmap_init(&w->vmemmap, &c->kmem, &c->memmap, &why);
	if (exclude_struct_pages && !r && !why)
		r = filter_exclude_struct_pages(&w->filter, &w->vmemmap);
	while (!r && filter_next(&w->filter, pfn, &w->unit)) {
		r = unit(ctx, &w->unit);
		pfn = w->unit.pfn + w->unit.n;
	}
	filter_close(&w->filter);
	vmemmap_free(&w->vmemmap);
	return r;
}
