/* SPDX-License-Identifier: MIT */
/*
 * The two ends of a job: the core that it reads, the file that it writes to a target. For jobs.c,
 * job_log.c and job_vmcore.c. What goes wrong becomes the child's reason.
 */
#ifndef INIT_CAPTURE_JOB_FILES_H
#define INIT_CAPTURE_JOB_FILES_H

#include "dumper/kernel/crash.h"
#include "dumper/sink/sink_limit.h"
#include "init/system/child.h"
#include "init/target/sink_hash.h"
#include "init/target/sink_watch.h"
#include "init/target/target.h"
#include "seal/sealing.h"

/*
 * A file on its way to a target: bytes put into top are sealed if the config wants that, counted by
 * watch, hashed and sent on.
 */
struct job_file {
	struct target_file file;
	struct sink_hash hash;
	struct sink_limit limit;
	struct sink_watch watch;
	struct sink_age *seal; /* NULL: it is not sealed */
	struct sink *top;
};

/*
 * *ret: the target as this child sees it, with the connection that its files need. First of all,
 * before harden_child(). 0 or -errno, which is the target's fault.
 */
int job_files_connect(const struct target *t, struct target *ret, struct child *self);

/* crash_open(). */
int job_files_read(const char *path, struct crash *ret, struct child *self);

/* The name of a file of the dump that has memory in it: sealed if the config wants that. */
#define JOB_FILES_NAME 40
const char *job_files_name(const struct conf *conf, const char *name, char buf[JOB_FILES_NAME]);

/*
 * NAME.partial of the target; a name that ends in AGE_SUFFIX is sealed. limit_bytes: so large may
 * the file become, 0: any size. 0 or -errno.
 */
int job_files_create(const struct target *t, const char *name, uint64_t limit_bytes,
		     struct job_file *ret, struct child *self);

/*
 * Commits if r, how the writing went, is 0, else aborts. top: the sink that was written to,
 * o->top or one on top of it. r or the error of the commit.
 */
int job_files_finish(struct job_file *o, struct sink *top, int r, struct child *self);

/* A whole file of len bytes. 0 or -errno. */
int job_files_put(const struct target *t, const char *name, const char *text, size_t len,
		  struct child *self);

#endif
