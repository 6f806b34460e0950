/* SPDX-License-Identifier: MIT */
/*
 * What tests of space.c use besides space.h.
 */
#ifndef INIT_CAPTURE_SPACE_PRIVATE_H
#define INIT_CAPTURE_SPACE_PRIVATE_H

#include "init/capture/space.h"

/* The dump's size at most, from the classes counted at level 31. end_pfn: behind all memory. */
uint64_t space_bound(const struct dump_stats *counted, unsigned level, unsigned page_shift,
		     uint64_t end_pfn);

#endif
