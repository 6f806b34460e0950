/* SPDX-License-Identifier: MIT */
/*
 * One pass over the stream, one buffer.
 */
#include "dumper/cmd/unflatten.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dumper/format/flat_format.h"
#include "lib/cleanup.h"

#define BUFFER (64u << 10)

struct stream {
	int fd;
	uint8_t *buf;
	size_t at, have;
	uint64_t pos; /* bytes taken */
};

/* 0; -ENODATA at the end. Afterwards there is at least a byte. */
static int fill(struct stream *s)
{
	while (s->at == s->have) {
		ssize_t n = read(s->fd, s->buf, BUFFER);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			return -ENODATA;
		s->at = 0;
		s->have = (size_t)n;
	}
	return 0;
}

/* Up to max bytes where they lie. */
static int take_bytes(struct stream *s, uint64_t max, const uint8_t **ret, size_t *ret_len)
{
	int r = fill(s);

	if (r)
		return r;
	*ret = s->buf + s->at;
	*ret_len = s->have - s->at < max ? s->have - s->at : max;
	s->at += *ret_len;
	s->pos += *ret_len;
	return 0;
}

static int take_all(struct stream *s, uint8_t *to, size_t len)
{
	while (len) {
		const uint8_t *p;
		size_t n;
		int r = take_bytes(s, len, &p, &n);

		if (r)
			return r;
		memcpy(to, p, n);
		to += n;
		len -= n;
	}
	return 0;
}

static int put_record(struct stream *s, struct sink *out, uint64_t off, uint64_t len,
		      struct unflatten_stats *st, const char **why)
{
	st->records++;
	while (len) {
		const uint8_t *p;
		size_t n;
		int r = take_bytes(s, len, &p, &n);

		*why = r == -ENODATA ? "the stream is cut off inside a record"
				     : "cannot read the stream";
		if (r)
			return r;
		*why = "cannot write";
		r = sink_put(out, off, p, n);
		if (r)
			return r;
		off += n;
		len -= n;
		if (off > st->size)
			st->size = off;
	}
	return 0;
}

static int start(struct stream *s, const char **why)
{
	_free_ uint8_t *head = malloc(FLAT_HEADER);
	int r;

	*why = "no memory";
	if (!head)
		return -ENOMEM;
	r = take_all(s, head, FLAT_HEADER);
	*why = r && r != -ENODATA ? "cannot read the stream"
				  : "no flattened stream, or one of an unknown version";
	if (r)
		return r == -ENODATA ? -ENOEXEC : r;
	return flat_header_ok(head) ? 0 : -ENOEXEC;
}

static int records(struct stream *s, struct sink *out, struct unflatten_stats *st, const char **why)
{
	for (;;) {
		uint8_t head[FLAT_RECORD];
		uint64_t off, len;
		int r = take_all(s, head, sizeof(head));

		*why = r == -ENODATA ? "the stream is cut off: it has no end mark"
				     : "cannot read the stream";
		if (r)
			return r;
		off = get_be64(head);
		len = get_be64(head + 8);
		if (off == UINT64_MAX && len == UINT64_MAX)
			return 0;
		*why = "a record of the stream has an impossible place or length";
		if (off > INT64_MAX || !len || len > INT64_MAX - off)
			return -EBADMSG;
		r = put_record(s, out, off, len, st, why);
		if (r)
			return r;
	}
}

int unflatten(int fd, struct sink *out, struct unflatten_stats *ret, const char **why)
{
	_free_ uint8_t *buf = malloc(BUFFER);
	struct stream s = { .fd = fd, .buf = buf };
	int r;

	memset(ret, 0, sizeof(*ret));
	*why = "no memory";
	if (!buf)
		return -ENOMEM;
	*why = "a flattened stream needs a target that can be written at any place";
	if (!out->rewrites)
		return -EINVAL;
	r = start(&s, why);
	if (!r)
		r = records(&s, out, ret, why);
	if (!r && !ret->records) {
		*why = "the stream holds nothing";
		r = -ENODATA;
	}
	ret->bytes_in = s.pos;
	if (!r)
		*why = "";
	return r;
}
