/* SPDX-License-Identifier: MIT */
/*
 * What a core or a finished dump run tells, for people and as JSON.
 */
#ifndef DUMPER_INFO_H
#define DUMPER_INFO_H

#include <stdio.h>

#include "dumper/core.h"
#include "dumper/dump.h"

/* Identity and pages by class; what is unknown is left out (JSON: null). */
void info_print(FILE *f, struct core *c, int json);

/* The log as JSON: its lines as an array. 0, -ENODATA: no readable log, -ENOMEM, -EIO. */
int info_print_dmesg(FILE *f, struct core *c);

/* Result of a dump as JSON. */
void info_print_dump(FILE *f, const char *dst, const struct dump_stats *s);

#endif
