/* SPDX-License-Identifier: MIT */
/*
 * What tests of page_view.c take beside its door.
 */
#ifndef DUMPER_FILTER_PAGE_VIEW_PRIVATE_H
#define DUMPER_FILTER_PAGE_VIEW_PRIVATE_H

#include "dumper/filter/page_view.h"

/* As page_view_frames, for all n frames: their struct pages stand at the physical address pa. */
void page_view_scan(struct page_view *v, unsigned level, uint64_t pa, uint64_t pfn, unsigned n);

#endif
