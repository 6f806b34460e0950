/* SPDX-License-Identifier: MIT */
/*
 * Copies, looks, and copies again where it must.
 */
#include "dumper/filter/live.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TRIES	4	/* of one block */
#define WAITS	32	/* in one unit */
#define WAIT_NS 1000000 /* for a CPU that was stopped in the middle of its change */

int live_open(struct live *l, struct kmem *k, const struct page_layout *layout, unsigned n)
{
	*l = (struct live){ .kmem = k, .layout = layout, .n = n };
	l->pages = malloc((size_t)n * layout->bytes);
	return l->pages ? 0 : -ENOMEM;
}

void live_close(struct live *l)
{
	free(l->pages);
	l->pages = NULL;
}

/* As much as follows each other in memory, else up to the end of the page. */
static size_t read_part(struct live *l, uint64_t at, uint64_t left)
{
	uint64_t page = 1ull << l->kmem->vmcore->page_shift, pa, have;
	uint64_t part = page - (l->va + at) % page;

	part = part < left ? part : left;
	if (kmem_translate(l->kmem, l->va + at, &pa, &have)) {
		memset(l->pages + at, 0xff, part);
		return part;
	}
	have = have < left ? have : left;
	if (!vmcore_read(l->kmem->vmcore, pa, l->pages + at, have)) {
		l->any = true;
		return have;
	}
	if (have > part && !vmcore_read(l->kmem->vmcore, pa, l->pages + at, part))
		l->any = true;
	else
		memset(l->pages + at, 0xff, part);
	return part;
}

static void read_pages(struct live *l, unsigned from, unsigned to)
{
	uint64_t at = (uint64_t)from * l->layout->bytes, end = (uint64_t)to * l->layout->bytes;

	while (at < end)
		at += read_part(l, at, end - at);
}

/* The first time at once: what was being changed mostly is by then. */
static void wait_for_it(unsigned tries, unsigned *waits)
{
	static const struct timespec moment = { .tv_nsec = WAIT_NS };

	if (tries && *waits) {
		nanosleep(&moment, NULL);
		--*waits;
	}
}

static void settle(struct live *l, uint64_t pfn)
{
	unsigned i = 0, at = l->n, tries = 0, waits = WAITS;
	uint32_t bytes = l->layout->bytes;
	struct page_run torn;

	while (page_torn(l->layout, l->pages, pfn, l->n, i, &torn)) {
		unsigned to = (unsigned)torn.to;

		tries = torn.from == at ? tries + 1 : 0;
		at = i = torn.from;
		if (tries < TRIES) {
			wait_for_it(tries, &waits);
			read_pages(l, at, to);
			l->again++;
			continue;
		}
		memset(l->pages + (size_t)at * bytes, 0xff, (size_t)(to - at) * bytes);
		i = to;
	}
}

bool live_copy(struct live *l, uint64_t pfn, uint64_t va)
{
	l->va = va;
	l->any = false;
	read_pages(l, 0, l->n);
	if (l->any)
		settle(l, pfn);
	return l->any;
}
