/* SPDX-License-Identifier: MIT */
/*
 * Cuts memory into ranges with about the same number of kept pages (--split).
 */
#ifndef DUMPER_CMD_SPLIT_H
#define DUMPER_CMD_SPLIT_H

#include <stdint.h>

#include "dumper/dump.h"

/*
 * Filters once. bounds gets n + 1 page frames: part i is [bounds[i], bounds[i + 1]); the first is
 * 0, the last the end of memory. Cuts lie between units of 128 MiB, so a small machine may leave
 * parts empty. 0 or -ENOMEM.
 */
int split_plan(struct crash *c, const struct dump_options *opt, unsigned n, uint64_t *bounds);

#endif
