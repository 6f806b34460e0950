/* SPDX-License-Identifier: MIT */
/*
 * Each call into the target is announced before and taken back after it.
 */
#include "init/target/sink_watch.h"

#include <errno.h>
#include <string.h>

#include "lib/cleanup.h"

int sink_watch_meaning(int r, struct child *self)
{
	if (r != -EDQUOT)
		return r;
	child_why(self, "%s", strerror(EDQUOT));
	return -ENOSPC;
}

static int leave(struct sink_watch *w, int r)
{
	atomic_store(&w->self->in_target, 0);
	r = sink_watch_meaning(r, w->self);
	if (r && !w->self->target_error)
		w->self->target_error = r;
	return r;
}

/* r: how the sink below took them. */
static int count_bytes(struct sink_watch *w, int r, size_t len)
{
	r = leave(w, r);
	if (r)
		return r;
	w->bytes += len;
	atomic_fetch_add(&w->self->moved, len);
	return 0;
}

static int watch_put(struct sink *s, uint64_t off, const void *buf, size_t len)
{
	struct sink_watch *w = container_of(s, struct sink_watch, base);

	atomic_store(&w->self->in_target, 1);
	return count_bytes(w, sink_put(w->below, off, buf, len), len);
}

static int watch_keep(struct sink *s, uint64_t off, const void *buf, size_t len)
{
	struct sink_watch *w = container_of(s, struct sink_watch, base);

	atomic_store(&w->self->in_target, 1);
	return count_bytes(w, sink_keep(w->below, off, buf, len), len);
}

static int watch_get(struct sink *s, uint64_t off, void *buf, size_t len)
{
	struct sink_watch *w = container_of(s, struct sink_watch, base);
	int r;

	atomic_store(&w->self->in_target, 1);
	r = leave(w, w->below->get(w->below, off, buf, len));
	if (!r)
		atomic_fetch_add(&w->self->moved, len);
	return r;
}

static int watch_cut(struct sink *s, uint64_t off)
{
	struct sink_watch *w = container_of(s, struct sink_watch, base);

	atomic_store(&w->self->in_target, 1);
	return leave(w, sink_cut(w->below, off));
}

static int watch_commit(struct sink *s)
{
	struct sink_watch *w = container_of(s, struct sink_watch, base);

	atomic_store(&w->self->in_target, 1);
	return leave(w, sink_commit(w->below));
}

static void watch_abort(struct sink *s)
{
	struct sink_watch *w = container_of(s, struct sink_watch, base);

	atomic_store(&w->self->in_target, 1);
	sink_abort(w->below);
	atomic_store(&w->self->in_target, 0);
}

void sink_watch_init(struct sink_watch *s, struct sink *below, struct child *self)
{
	*s = (struct sink_watch){
		.base = { .put = watch_put,
			  .keep = watch_keep,
			  .commit = watch_commit,
			  .abort = watch_abort,
			  .cut = watch_cut,
			  .get = below->get ? watch_get : NULL,
			  .rewrites = below->rewrites,
			  .zeros = below->zeros },
		.below = below,
		.self = self,
	};
}
