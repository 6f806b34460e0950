/* SPDX-License-Identifier: MIT */
/*
 * Options of the user (lib/conf/collector.h) → options of a dump (dump_options.h).
 */
#ifndef DUMPER_OPTIONS_H
#define DUMPER_OPTIONS_H

#include "dumper/dump.h"
#include "lib/conf/collector.h"

/*
 * The options of a dump at the first of the levels. A codec that is not built in is replaced by
 * zstd; *ret_note is then a literal that says so, else NULL.
 */
void options_from(const struct collector *c, struct dump_options *ret, const char **ret_note);

/* Is the codec part of this build? */
bool options_built_in(enum dump_codec codec);

#endif
