/* SPDX-License-Identifier: MIT */
#include "dumper/sink/sink_count.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/bytes.h"
#include "lib/cleanup.h"

static int count_put(struct sink *s, uint64_t off, const void *buf, size_t len)
{
	struct sink_count *c = container_of(s, struct sink_count, base);

	(void)buf;
	if (off + len > c->bytes)
		c->bytes = off + len;
	return 0;
}

static int count_keep(struct sink *s, uint64_t off, const void *buf, size_t len)
{
	struct sink_count *c = container_of(s, struct sink_count, base);
	struct sink_count_piece *p = malloc(sizeof(*p) + len);

	if (!p)
		return -ENOMEM;
	p->next = c->kept;
	p->off = off;
	p->len = len;
	memcpy(p->bytes, buf, len);
	c->kept = p;
	return count_put(s, off, buf, len);
}

static int count_get(struct sink *s, uint64_t off, void *buf, size_t len)
{
	const struct sink_count *c = container_of(s, struct sink_count, base);

	for (const struct sink_count_piece *p = c->kept; p; p = p->next) {
		if (off < p->off || !bytes_inside(off - p->off, len, p->len))
			continue;
		memcpy(buf, p->bytes + (off - p->off), len);
		return 0;
	}
	return -ENODATA;
}

static void count_abort(struct sink *s)
{
	struct sink_count *c = container_of(s, struct sink_count, base);

	while (c->kept) {
		struct sink_count_piece *p = c->kept;

		c->kept = p->next;
		free(p);
	}
}

static int count_commit(struct sink *s)
{
	count_abort(s);
	return 0;
}

void sink_count_init(struct sink_count *s, bool stream)
{
	*s = (struct sink_count){
		.base = { .put = count_put,
			  .keep = stream ? NULL : count_keep,
			  .commit = count_commit,
			  .abort = count_abort,
			  .get = stream ? NULL : count_get,
			  .rewrites = !stream },
	};
}
