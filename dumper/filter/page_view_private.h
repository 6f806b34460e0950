/* SPDX-License-Identifier: MIT */
/*
 * What tests of page_view.c use besides page_view.h.
 */
#ifndef DUMPER_FILTER_PAGE_VIEW_PRIVATE_H
#define DUMPER_FILTER_PAGE_VIEW_PRIVATE_H

#include "dumper/filter/page_view.h"

/* As page_view_frames, for all n frames: their struct pages begin at the physical address pa. */
void page_view_scan(struct page_view *v, unsigned level, uint64_t pa, uint64_t pfn, unsigned n);

#endif
