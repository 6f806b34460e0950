/* SPDX-License-Identifier: MIT */
/*
 * What happened in this capture, as PID 1 learns it step by step, and its form for programs:
 * kdump.json.
 */
#ifndef INIT_REPORT_H
#define INIT_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dumper/core.h"
#include "dumper/dmesg.h"
#include "dumper/dump.h"
#include "init/child.h"
#include "lib/conf.h"

#define REPORT_MAX_STEPS	40
#define REPORT_JSON_BYTES	(32 << 10)	/* holds the largest report */

struct report_step {
	char name[24];			/* "open", "dmesg", "whole vmcore", … */
	const char *target;		/* as in the config; NULL: none */
	enum child_outcome outcome;
	uint64_t started_ms, elapsed_ms;
	char why[CHILD_WHY_BYTES];
};

struct report {
	char host[65];
	char boot_id[40];
	struct core_identity id;
	char missing[160];		/* what the core does not tell; "" */
	unsigned modules_loaded, modules_failed;
	uint64_t modules_ms;

	/* of the target that is being written to */
	bool have_dmesg;
	struct dmesg_stats dmesg;
	bool have_vmcore;
	char vmcore_file[24];
	const char *rung;		/* of the ladder; NULL before */
	unsigned level_wanted, level;
	enum dump_codec codec;
	struct dump_stats dump;
	uint64_t dump_peak_rss_bytes;

	struct report_step steps[REPORT_MAX_STEPS];
	unsigned n_steps;
};

/* Adds a step; when the table is full, the last entry is written over. */
void report_step(struct report *r, const char *name, const char *target,
		 const struct child_end *end);

/*
 * "complete": the vmcore as the config wants it. "fallback": a vmcore of another level. "partial":
 * one that opens, but there was no room for all pages.
 * "dmesg-only", "nothing".
 */
const char *report_state(const struct report *r);

/* The report as JSON text. 0 with *ret_len, or -ENOSPC. */
int report_json(const struct report *r, char *buf, size_t size, size_t *ret_len);

#endif
