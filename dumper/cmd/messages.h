/* SPDX-License-Identifier: MIT */
/*
 * What all modes say in the same words.
 */
#ifndef DUMPER_CMD_MESSAGES_H
#define DUMPER_CMD_MESSAGES_H

#include "dumper/cmd/output.h"
#include "dumper/dump.h"
#include "dumper/kernel/crash.h"

/*
 * Opens a core or dump, of n files where it was split; says what is missing. flags: enum
 * vmcore_flags. 0 or -errno, which was said too.
 */
int say_open(char *const *srcs, unsigned n, unsigned flags, struct crash *ret);

/* Shows progress on a terminal if the options want it; ctx: struct say_progress, zeroed. */
struct say_progress {
	bool shown;
};
void say_progress(void *ctx, const struct dump_progress *p);
void say_progress_end(struct say_progress *p);

/*
 * What a run could not do, and its result: a line, JSON, and the classes with --show-stats.
 */
void say_warnings(const char *src, const struct dump_stats *s);
void say_result(const struct collector *o, const struct output *out, struct dump_stats *s);

#endif
