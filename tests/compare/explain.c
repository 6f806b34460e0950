/* SPDX-License-Identifier: MIT */
/*
 * The known reasons for a difference.
 */
#include "explain.h"

#include <stdio.h>
#include <stdlib.h>

#include "dumper/filter/page_class.h"
#include "dumper/filter/protect.h"
#include "dumper/kernel/crash.h"
#include "lib/bytes.h"

struct explain {
	struct crash core;
	struct protect protect;
	struct page_layout layout;
	bool compound_info; /* 7.1 and later */
};

struct explain *explain_open(const char *path)
{
	struct explain *e = calloc(1, sizeof(*e));
	uint32_t off;

	if (!e)
		return NULL;
	if (crash_open(path, &e->core)) {
		fprintf(stderr, "kdump-compare: %s: %s\n", path, e->core.why);
		free(e);
		return NULL;
	}
	protect_init(&e->protect, &e->core.kmem, &e->core.memmap, &e->core.info);
	page_layout_init(&e->layout, e->core.memmap.page_bytes, &e->core.info);
	e->compound_info = !vmcoreinfo_offset(&e->core.info, "page.compound_head", &off);
	return e;
}

void explain_close(struct explain *e)
{
	if (!e)
		return;
	crash_close(&e->core);
	free(e);
}

const char *explain_page(struct explain *e, uint64_t pfn, bool missing)
{
	uint8_t page[1024] = { 0 };
	uint64_t bits, va;
	unsigned order;

	if (!missing && protect_bits(&e->protect, pfn, 1, &bits) && bits & 1)
		return "on the protect list";
	if (memmap_page(&e->core.memmap, &e->core.kmem, pfn, &va) ||
	    kmem_read(&e->core.kmem, va, page, e->layout.bytes))
		return NULL;
	if (!missing && e->compound_info && get_u64(page + e->layout.off_compound) & 1)
		return "tail of a kept compound page, which makedumpfile <= 1.7.8 takes for user "
		       "memory "
		       "(compound_info, 7.1)";
	if (missing && page_classify(&e->layout, 0, page, false, pfn, &order) == PAGE_OFFLINE)
		return "offline: left out at every level";
	return NULL;
}
