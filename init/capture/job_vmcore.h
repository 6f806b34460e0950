/* SPDX-License-Identifier: MIT */
/*
 * The dead kernel's memory: a dump on a target. A job as in jobs.h.
 */
#ifndef INIT_CAPTURE_JOB_VMCORE_H
#define INIT_CAPTURE_JOB_VMCORE_H

#include "dumper/dump.h"
#include "init/system/child.h"
#include "init/target/sink_hash.h"
#include "init/target/target.h"

struct job_vmcore_order {
	const char *core; /* path */
	const struct target *target;
	const char *file;	 /* its name on the target */
	struct dump_options opt; /* its progress is set by the job */
	uint64_t limit_bytes;	 /* size of the file at most; 0: none */
	int quiet_fd;		 /* log output without progress lines */
	bool unfiltered;	 /* any system call may be made (harden.h) */
};

struct job_vmcore {
	struct dump_stats stats;
	struct digest digest;
};

/*
 * ctx: struct job_vmcore_order; answer: struct job_vmcore. -ENODATA: the level needs struct pages,
 * and the core has none.
 */
int job_vmcore_save(const void *ctx, void *answer, struct child *self);

#endif
