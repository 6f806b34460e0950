/* SPDX-License-Identifier: MIT */
/*
 * The dead kernel's log: dmesg.txt on a target, and its end on our own consoles. Jobs as in jobs.h.
 */
#ifndef INIT_CAPTURE_JOB_LOG_H
#define INIT_CAPTURE_JOB_LOG_H

#include "dumper/kernel/crash_identity.h"
#include "dumper/kernel/dmesg.h"
#include "init/capture/crashlog.h"
#include "init/system/child.h"
#include "init/system/system.h"
#include "init/target/sink_hash.h"
#include "init/target/target.h"

#define JOB_LOG_FILE	   "dmesg.txt"
#define JOB_LOG_TAIL_LINES 50

struct job_log_order {
	const char *core; /* path */
	const struct target *target;
	bool unfiltered; /* any system call may be made (harden.h) */
};

struct job_log {
	struct dmesg_stats stats;
	char panic[CORE_PANIC_BYTES];
	struct crashlog said;
	struct digest digest;
};

/*
 * dmesg.txt, and what it says of the panic, the taint and the reservation. ctx: struct
 * job_log_order; answer: struct job_log. -ENODATA: no readable log.
 */
int job_log_save(const void *ctx, void *answer, struct child *self);

struct job_log_tail {
	const char *core;	     /* path */
	const struct system *system; /* its consoles are given the time they need */
};

/* The last JOB_LOG_TAIL_LINES lines to our own log. ctx: struct job_log_tail */
int job_log_tail(const void *ctx, void *answer, struct child *self);

#endif
