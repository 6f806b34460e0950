/* SPDX-License-Identifier: MIT */
/*
 * Between the table of options and its parser.
 */
#ifndef LIB_CONF_COLLECTOR_TABLE_H
#define LIB_CONF_COLLECTOR_TABLE_H

#include "lib/conf/collector.h"

/* collector_option.action */
enum {
	A_LEVELS, /* value: the largest */
	A_EXCLUDE,
	A_FLAG,	 /* value: the offset of a bool in struct collector */
	A_CODEC, /* value: enum dump_codec */
	A_ZSTD_LEVEL,
	A_FORMAT, /* value: enum dump_format */
	A_FORMAT_NAME,
	A_LIMIT,
	A_THREADS, /* value: the largest */
	A_MODE,	   /* value: enum collector_mode */
	A_PARTIAL,
	A_SAYS,	    /* value: COLLECTOR_REPORT, … */
	A_MESSAGES, /* value: the largest */
	A_NOTHING,  /* no effect, as nothing depends on it */
	A_NUMBER,   /* the same; its value must be a number; value: the largest, 0: any */
	A_NOTED,    /* no effect, which deserves a line */
	A_REFUSED,
};

/* collector_option.conf */
enum {
	COMMAND,      /* of the command alone */
	CONF_IGNORES, /* accepted in kdump.conf without effect */
	IN_CONF,
};

#endif
