/* SPDX-License-Identifier: MIT */
/*
 * The two ends of a job: the core that it reads, the file that it writes to a target. For jobs.c,
 * job_log.c and job_vmcore.c. What goes wrong becomes the child's reason.
 */
#ifndef INIT_CAPTURE_JOB_FILES_H
#define INIT_CAPTURE_JOB_FILES_H

#include "dumper/kernel/crash.h"
#include "init/system/child.h"
#include "init/target/sink_hash.h"
#include "init/target/sink_watch.h"
#include "init/target/target.h"

/* A file on its way to a target: bytes put into watch are hashed and sent on. */
struct job_file {
	struct target_file file;
	struct sink_hash hash;
	struct sink_watch watch;
};

/* crash_open(). */
int job_files_read(const char *path, struct crash *ret, struct child *self);

/* NAME.partial of the target. 0 or -errno, which is the target's fault. */
int job_files_create(const struct target *t, const char *name, struct job_file *ret,
		     struct child *self);

/*
 * Commits if r, how the writing went, is 0, else aborts. top: the sink that was written to,
 * o->watch or one on top of it. r or the error of the commit.
 */
int job_files_finish(struct job_file *o, struct sink *top, int r, struct child *self);

/* A whole file of len bytes. 0 or -errno. */
int job_files_put(const struct target *t, const char *name, const char *text, size_t len,
		  struct child *self);

#endif
