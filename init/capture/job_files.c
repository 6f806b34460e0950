/* SPDX-License-Identifier: MIT */
#include "init/capture/job_files.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/cleanup.h"

int job_files_connect(const struct target *t, struct target *ret, struct child *self)
{
	int r;

	*ret = *t;
	if (!t->kind->connect)
		return 0;
	r = t->kind->connect(ret, self);
	if (r)
		self->target_error = r;
	return r;
}

int job_files_read(const char *path, struct crash *ret, struct child *self)
{
	int r = crash_open(path, ret);

	if (r)
		child_why(self, "%s: %s", path, ret->why[0] ? ret->why : strerror(-r));
	return r;
}

const char *job_files_name(const struct conf *conf, const char *name, char buf[JOB_FILES_NAME])
{
	snprintf(buf, JOB_FILES_NAME, "%.30s%s", name, conf->encrypt.wanted ? AGE_SUFFIX : "");
	return buf;
}

static bool is_sealed(const char *name)
{
	size_t len = strlen(name), suffix = sizeof(AGE_SUFFIX) - 1;

	return len > suffix && !strcmp(name + len - suffix, AGE_SUFFIX);
}

/* A file that cannot be sealed is none. */
static int seal(const struct target *t, struct job_file *o, struct child *self)
{
	_free_ struct sink_age *s = malloc(sizeof(*s));
	int r = s ? sealing_open(s, o->top, &t->conf->encrypt) : -ENOMEM;

	if (r) {
		if (!self->target_error)
			child_why(self, "it cannot be sealed: %s",
				  r == -ENOTSUP	 ? "this kdump-init is built without the network"
				  : r == -ENOKEY ? "the config's encrypt lines name no usable key"
						 : strerror(-r));
		sink_abort(o->top);
		return r;
	}
	o->seal = keep_ptr(s);
	o->top = &o->seal->base;
	return 0;
}

int job_files_create(const struct target *t, const char *name, uint64_t limit_bytes,
		     struct job_file *ret, struct child *self)
{
	int r;

	*ret = (struct job_file){ .seal = NULL };
	atomic_store(&self->in_target, 1);
	r = sink_watch_meaning(t->kind->create(t, name, &ret->file, self), self);
	atomic_store(&self->in_target, 0);
	if (r) {
		self->target_error = r;
		child_why(self, "%s", strerror(-r));
		return r;
	}
	sink_hash_init(&ret->hash, ret->file.sink);
	/* below the watch: a file that is full is a full target */
	if (limit_bytes)
		sink_limit_init(&ret->limit, &ret->hash.base, limit_bytes);
	sink_watch_init(&ret->watch, limit_bytes ? &ret->limit.base : &ret->hash.base, self);
	ret->top = &ret->watch.base;
	return is_sealed(name) ? seal(t, ret, self) : 0;
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
	int r = job_files_create(t, name, 0, &out, self);

	if (r)
		return r;
	r = sink_put(out.top, 0, text, len);
	return job_files_finish(&out, out.top, r, self);
}
