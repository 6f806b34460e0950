/* SPDX-License-Identifier: MIT */
/*
 * Between the table of options and its parser.
 */
#ifndef LIB_CONF_COLLECTOR_TABLE_H
#define LIB_CONF_COLLECTOR_TABLE_H

#include "lib/conf/collector.h"

/* collector_option.action */
enum {
	A_LEVELS,
	A_EXCLUDE,
	A_STRUCT_PAGES,
	A_CODEC, /* value: enum collector_codec */
	A_ZSTD_LEVEL,
	A_FORMAT, /* value: enum collector_format */
	A_FORMAT_NAME,
	A_FLATTEN,
	A_SPLIT,
	A_LIMIT,
	A_THREADS,
	A_FORCE,
	A_DRY_RUN,
	A_MODE, /* value: enum collector_mode */
	A_PARTIAL,
	A_JSON,
	A_STATS,
	A_MESSAGES,
	A_DEBUG,
	A_CHECK,
	A_NOTHING, /* no effect, as nothing depends on it */
	A_NUMBER,  /* the same; its value must be a number */
	A_NOTED,   /* no effect, which deserves a line */
	A_REFUSED,
};

/* collector_option.conf */
enum {
	COMMAND,      /* of the command alone */
	CONF_IGNORES, /* accepted in kdump.conf without effect */
	IN_CONF,
};

#endif
