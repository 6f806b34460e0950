/* SPDX-License-Identifier: MIT */
/*
 * The pieces of work of a capture, each for child_run(): everything that reads crash data or
 * writes to a target is here. Above each, what ctx and answer point to.
 */
#ifndef INIT_CAPTURE_JOBS_H
#define INIT_CAPTURE_JOBS_H

#include "dumper/dump.h"
#include "dumper/kernel/crash.h"
#include "dumper/kernel/crash_identity.h"
#include "dumper/kernel/dmesg.h"
#include "init/capture/crashlog.h"
#include "init/capture/report.h"
#include "init/system/child.h"
#include "init/system/system.h"
#include "init/target/sink_hash.h"
#include "init/target/target.h"

#define JOBS_DMESG_FILE "dmesg.txt"
#define JOBS_JSON_FILE	"kdump.json"
#define JOBS_LOG_FILE	"kdump.log"
#define JOBS_TAIL_LINES 50

struct jobs_identity {
	struct crash_identity id;
	char missing[160];
};

/* All but the panic line. ctx: path of the core; answer: struct jobs_identity */
int jobs_identify(const void *ctx, void *answer, struct child *self);

struct jobs_opened {
	char what[200];
};

/* ctx: struct target; answer: struct jobs_opened */
int jobs_open(const void *ctx, void *answer, struct child *self);
/* ctx: struct target */
int jobs_close(const void *ctx, void *answer, struct child *self);

struct jobs_save {
	const char *core; /* path */
	const struct target *target;
	const char *file;
	struct dump_options opt; /* jobs_vmcore; its progress is set there */
	uint64_t limit_bytes;	 /* jobs_vmcore: size of the file at most; 0: none */
	int quiet_fd;		 /* jobs_vmcore: log output without progress lines */
	bool unfiltered;	 /* any system call may be made (harden.h) */
};

struct jobs_log {
	struct dmesg_stats stats;
	char panic[CORE_PANIC_BYTES];
	struct crashlog said;
	struct digest digest;
};

/*
 * dmesg.txt, and what it says of the panic, the taint and the reservation. ctx: struct jobs_save; answer: struct jobs_log.
 * -ENODATA: no readable log.
 */
int jobs_dmesg(const void *ctx, void *answer, struct child *self);

struct jobs_dumped {
	struct dump_stats stats;
	struct digest digest;
};

/* ctx: struct jobs_save; answer: struct jobs_dumped */
int jobs_vmcore(const void *ctx, void *answer, struct child *self);

struct jobs_tail {
	const char *core;	     /* path */
	const struct system *system; /* its consoles are given the time they need */
};

/* The end of the dead kernel's log to ours. ctx: struct jobs_tail */
int jobs_tail(const void *ctx, void *answer, struct child *self);

struct jobs_report {
	const struct target *target;
	const struct report *report;
	const char *vmcore_file; /* gives room when the target is full */
	const char *log_file;
};

/* kdump.json and kdump.log. ctx: struct jobs_report */
int jobs_report(const void *ctx, void *answer, struct child *self);

#endif
