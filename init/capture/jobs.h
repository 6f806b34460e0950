/* SPDX-License-Identifier: MIT */
/*
 * The pieces of work of a capture, each for child_run(): everything that reads crash data or writes
 * to a target is here, in job_log.h and in job_vmcore.h. Above each, what ctx and answer point to.
 */
#ifndef INIT_CAPTURE_JOBS_H
#define INIT_CAPTURE_JOBS_H

#include "dumper/kernel/crash_identity.h"
#include "init/capture/report.h"
#include "init/system/child.h"
#include "init/target/target.h"

#define JOBS_JSON_FILE "kdump.json"
#define JOBS_LOG_FILE  "kdump.log"

struct jobs_identity {
	struct crash_identity id;
	char missing[160]; /* the first thing that the core lacks; "" */
};

/* All but the panic line. ctx: path of the core; answer: struct jobs_identity */
int jobs_identify(const void *ctx, void *answer, struct child *self);

struct jobs_opened {
	char what[200]; /* the target, for messages: its device and file system */
};

/* ctx: struct target; answer: struct jobs_opened */
int jobs_open(const void *ctx, void *answer, struct child *self);
/* ctx: struct target */
int jobs_close(const void *ctx, void *answer, struct child *self);

struct jobs_report {
	const struct target *target;
	const struct report *report;
	const char *vmcore_file; /* gives room when the target is full */
	const char *log_file;
};

/* kdump.json and kdump.log. ctx: struct jobs_report */
int jobs_report(const void *ctx, void *answer, struct child *self);

#endif
