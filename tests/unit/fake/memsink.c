/* SPDX-License-Identifier: MIT */
/*
 * The memory sink.
 */
#include "tests/unit/fake/memsink.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/bytes.h"
#include "lib/cleanup.h"

static void grow(struct memsink *m, uint64_t end)
{
	size_t room = m->room ? m->room : 1 << 16;

	if (end <= m->room)
		return;
	while (room < end)
		room *= 2;
	m->buf = realloc(m->buf, room);
	m->written = realloc(m->written, room);
	if (!m->buf || !m->written)
		abort();
	memset(m->buf + m->room, 0, room - m->room);
	memset(m->written + m->room, 0, room - m->room);
	m->room = room;
}

static int mem_put(struct sink *s, uint64_t off, const void *buf, size_t len)
{
	struct memsink *m = container_of(s, struct memsink, base);

	if (++m->puts == m->fail_put)
		return m->error;
	if (off > 1ull << 32 || !len)
		return -EINVAL;
	grow(m, off + len);
	if (memchr(m->written + off, 1, len))
		m->overlapped = true;
	memset(m->written + off, 1, len);
	memcpy(m->buf + off, buf, len);
	m->jumps += off != m->last_end;
	m->last_end = off + len;
	if (off + len > m->len)
		m->len = off + len;
	return 0;
}

static int mem_get(struct sink *s, uint64_t off, void *buf, size_t len)
{
	struct memsink *m = container_of(s, struct memsink, base);

	if (++m->gets == m->fail_get)
		return m->error;
	if (!bytes_inside(off, len, m->len))
		return -ENODATA;
	memcpy(buf, m->buf + off, len);
	return 0;
}

static int mem_commit(struct sink *s)
{
	container_of(s, struct memsink, base)->committed = true;
	return 0;
}

static void mem_abort(struct sink *s)
{
	container_of(s, struct memsink, base)->aborted = true;
}

void memsink_open(struct memsink *m, bool can_read)
{
	*m = (struct memsink){
		.base = { .put = mem_put,
			  .commit = mem_commit,
			  .abort = mem_abort,
			  .get = can_read ? mem_get : NULL,
			  .rewrites = true },
		.error = -ENOSPC,
	};
}

void memsink_close(struct memsink *m)
{
	free(m->buf);
	free(m->written);
	m->buf = m->written = NULL;
}
