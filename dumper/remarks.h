/* SPDX-License-Identifier: MIT */
/*
 * What is to be said of a dump that was made, beside its numbers: above all where it holds more
 * pages than its level explains.
 */
#ifndef DUMPER_REMARKS_H
#define DUMPER_REMARKS_H

#include "dumper/dump.h"

/* Calls say() with each warning: one line, no full stop. None: the pages are those of the level. */
void remarks_each(const struct dump_stats *s, void (*say)(void *ctx, const char *line), void *ctx);

/* The names of a level's classes, one after the other; NULL behind the last. */
const char *remarks_class(unsigned level, unsigned i);

#endif
