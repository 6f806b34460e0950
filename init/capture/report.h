/* SPDX-License-Identifier: MIT */
/*
 * What happened in this capture, as PID 1 learns it step by step, and its form for programs:
 * kdump.json.
 */
#ifndef INIT_CAPTURE_REPORT_H
#define INIT_CAPTURE_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dumper/dump.h"
#include "dumper/kernel/crash.h"
#include "dumper/kernel/crash_identity.h"
#include "dumper/kernel/dmesg.h"
#include "init/capture/crashlog.h"
#include "init/capture/space.h"
#include "init/system/child.h"
#include "init/system/memory.h"
#include "init/system/policy.h"
#include "init/target/sink_hash.h"
#include "lib/conf/conf.h"

#define REPORT_MAX_STEPS  40
#define REPORT_JSON_BYTES (56 << 10) /* holds the largest report */

struct report_step {
	char name[24];	    /* "open", "dmesg", "whole vmcore", … */
	const char *target; /* as in the config; NULL: none */
	enum child_outcome outcome;
	uint64_t started_ms, elapsed_ms;
	char why[CHILD_WHY_BYTES];
};

struct report {
	char host[65];
	char boot_id[40];
	struct crash_identity id;
	char missing[160]; /* the first thing that the core lacks; "" */
	unsigned modules_loaded, modules_failed;
	uint64_t modules_ms;
	struct policy policy; /* what the capture kernel was set to */

	const struct conf_target *targets[CONF_MAX_TARGETS]; /* that were tried, borrowed */
	unsigned n_targets;
	unsigned parts; /* a bit for each of them: it has some pages, and another one was tried */
	struct crashlog log;
	struct memory memory;	  /* of the capture kernel */
	uint64_t crash_ram_bytes; /* memory given to it, its image included */

	/* of the target that is being written to, the last one tried */
	struct space_fit fit;
	struct retention_gone removed;
	bool crash_loop;
	bool have_dmesg;
	struct dmesg_stats dmesg;
	struct digest dmesg_digest, vmcore_digest;
	bool have_vmcore;
	char vmcore_file[48];
	const char *rung; /* of the ladder; NULL before */
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

/* The next target: nothing is saved on it yet. */
void report_target(struct report *r, const struct conf_target *t);

/* Old dumps went from the target. */
void report_removed(struct report *r, const struct retention_gone *gone);

/*
 * "complete": the vmcore as the config wants it. "fallback": a vmcore of another level. "partial":
 * one that opens, but there was no room for all pages. "crash-loop": only the log, on purpose.
 * "dmesg-only", "nothing".
 */
const char *report_state(const struct report *r);

/* Does the last target have all that is to be saved, so that no other one is tried? */
bool report_saved(const struct report *r);

/* Memory that the capture system took at its worst moment, its kernel included, in bytes; 0: unknown. */
uint64_t report_peak(const struct report *r);

/* In one line, for a console when no target has the report: what crashed, and what failed. */
void report_line(const struct report *r, char *buf, size_t size);

/* What a report shows to those alone who have a key. */
struct report_sealed {
	const struct conf_encrypt *to;
	const char *panic; /* the panic line, sealed; NULL: there is none */
};

/*
 * The report as JSON text; configs/kdump.schema.json describes it. sealed: NULL where nothing is. 0
 * with *ret_len, or -ENOSPC.
 */
int report_json(const struct report *r, const struct report_sealed *sealed, char *buf, size_t size,
		size_t *ret_len);

#endif
