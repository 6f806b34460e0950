/* SPDX-License-Identifier: MIT */
#include "init/capture/job_files.h"

#include <inttypes.h>
#include <string.h>

int job_files_read(const char *path, struct crash *ret, struct child *self)
{
	int r = crash_open(path, ret);

	if (r)
		child_why(self, "%s: %s", path, ret->why[0] ? ret->why : strerror(-r));
	return r;
}

int job_files_create(const struct target *t, const char *name, struct job_file *ret,
		     struct child *self)
{
	int r;

	atomic_store(&self->in_target, 1);
	r = t->kind->create(t, name, &ret->file, self);
	atomic_store(&self->in_target, 0);
	if (r) {
		self->target_error = r;
		child_why(self, "%s", strerror(-r));
		return r;
	}
	sink_hash_init(&ret->hash, ret->file.sink);
	sink_watch_init(&ret->watch, &ret->hash.base, self);
	return 0;
}

/* The target's own words for its error, if it has any. */
static void say_why(const struct job_file *o, int r, struct child *self)
{
	const char *said = o->file.error ? o->file.error(&o->file) : "";

	if (self->target_error && said && said[0])
		child_why(self, "%s (after %" PRIu64 " bytes)", said, o->watch.bytes);
	else
		child_why(self, "%s (after %" PRIu64 " bytes)", strerror(-r), o->watch.bytes);
}

int job_files_finish(struct job_file *o, struct sink *top, int r, struct child *self)
{
	if (!r) {
		r = sink_commit(top);
		if (r)
			say_why(o, r, self);
		return r;
	}
	say_why(o, r, self);
	sink_abort(top);
	return r;
}

int job_files_put(const struct target *t, const char *name, const char *text, size_t len,
		  struct child *self)
{
	struct job_file out;
	int r = job_files_create(t, name, &out, self);

	if (r)
		return r;
	r = sink_put(&out.watch.base, 0, text, len);
	return job_files_finish(&out, &out.watch.base, r, self);
}
