/* SPDX-License-Identifier: MIT */
#include "dumper/sink/sink_limit.h"

#include <errno.h>

#include "lib/bytes.h"
#include "lib/cleanup.h"

static bool fits(struct sink_limit *l, uint64_t off, size_t len)
{
	if (bytes_inside(off, len, l->bytes))
		return true;
	l->reached = true;
	return false;
}

static int limit_put(struct sink *s, uint64_t off, const void *buf, size_t len)
{
	struct sink_limit *l = container_of(s, struct sink_limit, base);

	return fits(l, off, len) ? sink_put(l->below, off, buf, len) : -ENOSPC;
}

static int limit_keep(struct sink *s, uint64_t off, const void *buf, size_t len)
{
	struct sink_limit *l = container_of(s, struct sink_limit, base);

	return fits(l, off, len) ? sink_keep(l->below, off, buf, len) : -ENOSPC;
}

static int limit_get(struct sink *s, uint64_t off, void *buf, size_t len)
{
	struct sink_limit *l = container_of(s, struct sink_limit, base);

	return l->below->get(l->below, off, buf, len);
}

static int limit_cut(struct sink *s, uint64_t off)
{
	return sink_cut(container_of(s, struct sink_limit, base)->below, off);
}

static int limit_commit(struct sink *s)
{
	return sink_commit(container_of(s, struct sink_limit, base)->below);
}

static void limit_abort(struct sink *s)
{
	sink_abort(container_of(s, struct sink_limit, base)->below);
}

void sink_limit_init(struct sink_limit *s, struct sink *below, uint64_t bytes)
{
	*s = (struct sink_limit){
		.base = { .put = limit_put,
			  .keep = limit_keep,
			  .commit = limit_commit,
			  .abort = limit_abort,
			  .get = below->get ? limit_get : NULL,
			  .cut = limit_cut,
			  .rewrites = below->rewrites,
			  .zeros = below->zeros },
		.below = below,
		.bytes = bytes,
	};
}
