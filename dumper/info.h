/* SPDX-License-Identifier: MIT */
/*
 * What is known of a core or of a finished dump, as text and as JSON.
 */
#ifndef DUMPER_INFO_H
#define DUMPER_INFO_H

#include <stdio.h>

#include "dumper/dump.h"
#include "dumper/kernel/crash.h"
#include "lib/json.h"

/* Identity and pages by class; what is unknown is not printed (JSON: null). */
void info_print(FILE *f, struct crash *c, int json);

/* The log from a sequence number on as JSON: its lines as an array. 0, -ENODATA: no readable log, -ENOMEM, -EIO. */
int info_print_dmesg(FILE *f, struct crash *c, uint64_t from);

/*
 * What was excluded beyond the level, what was kept beyond it, and the self-check's result: the
 * keys "level_off", "excluded", "selfcheck", "units_unfiltered", "surplus" and "warnings" of an
 * open object.
 */
void info_json_checks(struct json *j, const struct dump_stats *s);

/* Result of a dump as JSON. */
void info_print_dump(FILE *f, const char *dst, const struct dump_stats *s);

#endif
