/* SPDX-License-Identifier: MIT */
#include "net/ssh/sftp_link.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/text.h"
#include "net/deadline.h"

#define IN_BYTES (SFTP_REPLY_MAX + 4)

static int __attribute__((format(printf, 3, 4)))
fail(struct sftp_link *l, int r, const char *fmt, ...)
{
	va_list ap;

	if (!l->error) {
		va_start(ap, fmt);
		vsnprintf(l->why, sizeof(l->why), fmt, ap);
		va_end(ap);
		text_make_printable(l->why);
		l->error = r;
	}
	return l->error;
}

bool sftp_link_is_loss(int error)
{
	return error == -ECONNRESET || error == -EPIPE || error == -ETIMEDOUT;
}

int sftp_link_init(struct sftp_link *l, unsigned stall_ms)
{
	*l = (struct sftp_link){
		.fd = -1, .stall_ms = stall_ms, .piece_bytes = 32u << 10, .n_pieces = SFTP_PIECES
	};
	l->in = malloc(IN_BYTES);
	/* one block: pieces may become larger, and fewer, before the first one is used */
	l->piece[0].data = malloc(SFTP_IN_FLIGHT);
	return l->in && l->piece[0].data ? 0 : -ENOMEM;
}

void sftp_link_free(struct sftp_link *l)
{
	free(l->in);
	free(l->piece[0].data);
	l->in = l->piece[0].data = NULL;
}

/* ---------------------------------------------------------------- pieces */

/* The server takes more in one message than each server does. */
static void size_pieces(struct sftp_link *l, uint64_t most)
{
	uint32_t bytes = 32u << 10;

	while (bytes * 2 <= most && bytes < SFTP_PIECE_MAX)
		bytes *= 2;
	/* with pieces on their way already the sizes stay */
	if (!l->piece[1].data) {
		l->piece_bytes = bytes;
		l->n_pieces = SFTP_IN_FLIGHT / bytes;
		for (unsigned i = 1; i < l->n_pieces; i++)
			l->piece[i].data = l->piece[0].data + (size_t)i * bytes;
	}
}

/* The one that was filled first. */
static struct sftp_piece *next_waiting(struct sftp_link *l)
{
	struct sftp_piece *first = NULL;

	for (unsigned i = 0; i < l->n_pieces; i++) {
		struct sftp_piece *p = &l->piece[i];

		if (p->state == SFTP_PIECE_WAITING && (!first || p->id < first->id))
			first = p;
	}
	return first;
}

static bool all_acknowledged(const struct sftp_link *l)
{
	for (unsigned i = 0; i < l->n_pieces; i++) {
		if (l->piece[i].state >= SFTP_PIECE_WAITING)
			return false;
	}
	return true;
}

static void take_ack(struct sftp_link *l, struct sftp_piece *p, const struct sftp_reply *a)
{
	/* the rest of it is still to go out of its memory */
	if (p == l->out_piece) {
		fail(l, -EPROTO, "the server answers a write that it does not have yet");
		return;
	}
	/* until it is known to be there it is not */
	p->state = a->type == SFTP_STATUS && a->status.code == SFTP_OK ? SFTP_PIECE_FREE
								       : SFTP_PIECE_WAITING;
	if (a->type != SFTP_STATUS) {
		fail(l, -EPROTO, "the server answers a write with message %u", a->type);
	} else if (a->status.code != SFTP_OK) {
		fail(l, sftp_status_errno(a->status.code), "write: %s%s%.*s",
		     sftp_status_name(a->status.code), a->status.len ? ": " : "",
		     (int)(a->status.len < 200 ? a->status.len : 200),
		     a->status.len ? a->status.text : "");
	} else if (p->off + p->len > l->acked_end) {
		l->acked_end = p->off + p->len;
	}
}

/* ---------------------------------------------------------------- bytes */

/* The head of the next piece, if nothing else is on its way out. */
static void begin_piece(struct sftp_link *l)
{
	bool may = !l->out.len && !l->error && l->handle_len;
	struct sftp_piece *p = may ? next_waiting(l) : NULL;

	if (!p)
		return;
	sftp_request_begin(&l->out, SFTP_WRITE, p->id);
	sftp_request_bytes(&l->out, l->handle, l->handle_len);
	sftp_request_u64(&l->out, p->off);
	sftp_request_u32(&l->out, p->len);
	sftp_request_end(&l->out, p->len);
	p->state = SFTP_PIECE_SENT;
	l->out_piece = p;
	l->out_done = 0;
}

/* What is begun goes out as far as the socket takes it. */
static int push_out(struct sftp_link *l)
{
	for (begin_piece(l); l->out.len; begin_piece(l)) {
		size_t total = l->out.len + (l->out_piece ? l->out_piece->len : 0);
		bool head = l->out_done < l->out.len;
		const uint8_t *from = head ? l->out.buf + l->out_done
					   : l->out_piece->data + (l->out_done - l->out.len);
		size_t n = (head ? l->out.len : total) - l->out_done;
		ssize_t sent =
			send(l->fd, from, n, MSG_NOSIGNAL | (head && l->out_piece ? MSG_MORE : 0));

		if (sent < 0 && (errno == EAGAIN || errno == EINTR))
			return 0;
		if (sent < 0)
			return fail(l, errno == EPIPE ? -ECONNRESET : -errno,
				    "the connection was lost");
		l->out_done += (size_t)sent;
		if (l->out_done == total) {
			l->out.len = 0;
			l->out_piece = NULL;
		}
	}
	return 0;
}

/* The message that was handed out last is not needed any more. */
static void drop_used(struct sftp_link *l)
{
	memmove(l->in, l->in + l->in_used, l->in_len - l->in_used);
	l->in_len -= l->in_used;
	l->in_used = 0;
}

/* The whole messages that are there, but for the one with number `id`, whose turn ends it: 1. */
static int take_in(struct sftp_link *l, bool want, uint32_t id, struct sftp_reply *ret)
{
	for (;;) {
		long len;
		struct sftp_reply a;

		drop_used(l);
		len = sftp_reply_length(l->in, l->in_len);
		if (len < 0)
			return fail(l, -EPROTO, "the server sends something else than SFTP");
		if (!len || l->in_len < (size_t)len + 4)
			return 0;
		l->in_used = (size_t)len + 4;
		if (sftp_reply_parse(l->in + 4, (size_t)len, &a))
			return fail(l, -EPROTO, "the server sends a message that is no SFTP");
		if (want && (a.type == SFTP_VERSION_REPLY || a.id == id)) {
			*ret = a;
			return 1;
		}
		for (unsigned i = 0; i < l->n_pieces; i++) {
			if (l->piece[i].state == SFTP_PIECE_SENT && l->piece[i].id == a.id)
				take_ack(l, &l->piece[i], &a);
		}
	}
}

static int pull_in(struct sftp_link *l)
{
	ssize_t n;

	drop_used(l);
	n = recv(l->fd, l->in + l->in_len, IN_BYTES - l->in_len, 0);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n <= 0)
		return fail(l, -ECONNRESET, "the connection was lost");
	l->in_len += (size_t)n;
	return 0;
}

/* One look at the socket, wait_ms long. 0: nothing moved; 1: something did; or the error. */
static int look(struct sftp_link *l, int wait_ms)
{
	struct pollfd p = { .fd = l->fd, .events = POLLIN };
	size_t done;
	int n;

	begin_piece(l);
	done = l->out_done;
	if (l->out.len)
		p.events |= POLLOUT;
	n = poll(&p, 1, wait_ms);
	if (n <= 0)
		return n < 0 && errno != EINTR ? fail(l, -errno, "poll: %s", strerror(errno)) : 0;
	if (p.revents & (POLLOUT | POLLERR) && push_out(l) < 0)
		return l->error;
	if (p.revents & (POLLIN | POLLHUP) && pull_in(l) < 0)
		return l->error;
	return p.revents & POLLIN || l->out_done != done || !l->out.len;
}

/* ---------------------------------------------------------------- waits */

enum want { WANT_REPLY, WANT_FREE, WANT_ALL };

static struct sftp_piece *free_piece(struct sftp_link *l)
{
	for (unsigned i = 0; i < l->n_pieces; i++) {
		if (l->piece[i].state == SFTP_PIECE_FREE)
			return &l->piece[i];
	}
	return NULL;
}

/* Moves bytes until what is wanted is there. */
static int run(struct sftp_link *l, enum want want, uint32_t id, struct sftp_reply *ret)
{
	uint64_t limit = deadline_in_ms(l->stall_ms);
	int r;

	while (!l->error) {
		r = take_in(l, want == WANT_REPLY, id, ret);
		if (r)
			return r > 0 ? 0 : r;
		if ((want == WANT_FREE && free_piece(l)) ||
		    (want == WANT_ALL && all_acknowledged(l)))
			break;
		r = look(l, deadline_left_ms(limit));
		if (r < 0)
			return r;
		if (r)
			limit = deadline_in_ms(l->stall_ms);
		else if (!deadline_left_ms(limit))
			return fail(l, -ETIMEDOUT, "the transfer stalls: no byte moves");
	}
	return l->error;
}

uint32_t sftp_link_request(struct sftp_link *l, struct sftp_request *q, enum sftp_type type)
{
	sftp_request_begin(q, type, l->next_id);
	return l->next_id++;
}

int sftp_link_ask(struct sftp_link *l, struct sftp_request *q, struct sftp_reply *ret)
{
	uint32_t id = l->next_id - 1;
	int r = sftp_request_end(q, 0);

	if (r)
		return r;
	/* what is on its way out comes first, as messages must not mix */
	while (!l->error && l->out.len) {
		r = look(l, (int)l->stall_ms);
		if (!r)
			return fail(l, -ETIMEDOUT, "the transfer stalls: no byte moves");
		if (r > 0)
			r = take_in(l, false, 0, ret);
		if (r < 0)
			return r;
	}
	if (l->error)
		return l->error;
	l->out = *q;
	l->out_done = 0;
	l->out_piece = NULL;
	return run(l, WANT_REPLY, id, ret);
}

struct sftp_piece *sftp_link_take(struct sftp_link *l)
{
	struct sftp_piece *p = free_piece(l);

	if (!p && !run(l, WANT_FREE, 0, NULL))
		p = free_piece(l);
	if (p)
		p->state = SFTP_PIECE_FILLING;
	return p;
}

void sftp_link_send(struct sftp_link *l, struct sftp_piece *p)
{
	p->id = l->next_id++;
	p->state = SFTP_PIECE_WAITING;
}

int sftp_link_move(struct sftp_link *l)
{
	int r = 1;

	while (!l->error && r > 0) {
		r = look(l, 0);
		if (r > 0 && take_in(l, false, 0, NULL) < 0)
			break;
		if (!l->out.len && !next_waiting(l))
			break;
	}
	return l->error;
}

int sftp_link_drain(struct sftp_link *l)
{
	return run(l, WANT_ALL, 0, NULL);
}

void sftp_link_lost(struct sftp_link *l)
{
	for (unsigned i = 0; i < l->n_pieces; i++) {
		if (l->piece[i].state == SFTP_PIECE_SENT)
			l->piece[i].state = SFTP_PIECE_WAITING;
	}
	l->fd = -1;
	l->out.len = l->out_done = l->in_len = l->in_used = l->handle_len = 0;
	l->out_piece = NULL;
	l->error = 0;
}

/* ---------------------------------------------------------------- the greeting */

static int ask_limits(struct sftp_link *l)
{
	struct sftp_request q;
	struct sftp_reply a;
	int r;

	sftp_link_request(l, &q, SFTP_EXTENDED);
	sftp_request_text(&q, "limits@openssh.com");
	r = sftp_link_ask(l, &q, &a);
	/* packet, read, write, handles; 0: no limit is told */
	if (!r && a.type == SFTP_EXTENDED_REPLY && a.extended.n >= 3)
		size_pieces(l, a.extended.number[2]);
	return r;
}

int sftp_link_greet(struct sftp_link *l, int fd)
{
	struct sftp_request q;
	struct sftp_reply a;
	int r;

	l->fd = fd;
	l->next_id = l->next_id ? l->next_id : 1;
	sftp_request_begin(&q, SFTP_INIT, SFTP_VERSION);
	r = sftp_link_ask(l, &q, &a);
	if (r)
		return r;
	if (a.type != SFTP_VERSION_REPLY || a.hello.version < SFTP_VERSION)
		return fail(l, -EPROTO, "the server does not speak SFTP of version 3");
	l->version = a.hello.version;
	l->extensions = a.hello.extensions;
	if (l->extensions & SFTP_HAS_LIMITS)
		r = ask_limits(l);
	if (!r)
		size_pieces(l, 0);
	return r;
}
