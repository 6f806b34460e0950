/* SPDX-License-Identifier: MIT */
#include "net/ssh/sftp.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/text.h"
#include "net/deadline.h"
#include "net/ssh/sftp_ask.h"

#define PATH_BYTES   SFTP_PATH_BYTES
#define END_MS	     5000 /* for the client to say why it ended */
#define OPEN_TRIES   3
#define FINISH_TRIES 3 /* after a loss */

struct sftp {
	struct sink base;
	struct ssh *ssh;
	struct ssh_session session;
	struct sftp_link link;
	unsigned stall_s, resumed;
	char dir[PATH_BYTES], name[PATH_BYTES], partial[PATH_BYTES];
	const char *suffix;
	struct sftp_piece *filling; /* NULL: none */
	bool made;		    /* the file is there */
	const char *to;		    /* its final name, once it is to get it */
	bool renamed;		    /* it has it */
	uint64_t lost_from;	    /* a full server refused bytes from here on; UINT64_MAX: none */
	int result;		    /* the error that ended it all */
	char error[SFTP_WHY_BYTES];
};

static int __attribute__((format(printf, 3, 4))) fail(struct sftp *s, int r, const char *fmt, ...)
{
	va_list ap;

	if (!s->error[0]) {
		va_start(ap, fmt);
		vsnprintf(s->error, sizeof(s->error), fmt, ap);
		va_end(ap);
		text_make_printable(s->error);
	}
	s->result = s->result ? s->result : r;
	return s->result;
}

/* ---------------------------------------------------------------- the file */

/* again: it is there, and keeps what it has. */
static int open_file(struct sftp *s, bool again)
{
	struct sftp_link *l = &s->link;
	struct sftp_request q;
	struct sftp_reply a;
	int r;

	sftp_link_request(l, &q, SFTP_OPEN);
	sftp_request_text(&q, s->partial);
	sftp_request_u32(&q,
			 SFTP_F_READ | SFTP_F_WRITE | (again ? 0 : SFTP_F_CREAT | SFTP_F_TRUNC));
	sftp_request_u32(&q, 4);
	sftp_request_u32(&q, 0600);
	r = sftp_link_ask(l, &q, &a);
	if (r)
		return r;
	if (a.type == SFTP_HANDLE) {
		memcpy(l->handle, a.data.bytes, a.data.len);
		l->handle_len = a.data.len;
		return 0;
	}
	if (a.type != SFTP_STATUS)
		return -EPROTO;
	snprintf(l->why, sizeof(l->why), "%.300s: %s", s->partial, sftp_status_name(a.status.code));
	return sftp_status_errno(a.status.code) ?: -EPROTO;
}

/*
 * A server that was restarted may have lost what it had acknowledged. Or the file has its final name
 * already: only the answer was lost.
 */
static int check_size(struct sftp *s)
{
	uint64_t size = UINT64_MAX;
	int r = sftp_ask_size(&s->link, s->partial, &size);

	if (r == -ENOENT && s->to && !sftp_ask_size(&s->link, s->to, &size)) {
		s->renamed = true;
		r = 0;
	}
	if (r && !s->link.error)
		snprintf(s->link.why, sizeof(s->link.why), "%.300s: %s", s->partial, strerror(-r));
	if (!r && size < s->link.acked_end) {
		snprintf(s->link.why, sizeof(s->link.why),
			 "%.300s: the server has lost what it had acknowledged", s->partial);
		r = -EIO;
	}
	return r;
}

/* ---------------------------------------------------------------- the connection */

/* Ends the client. The error of the connection, with the client's words where it has any. */
static int disconnect(struct sftp *s, int r, char why[SSH_WHY_BYTES])
{
	char said[SSH_WHY_BYTES];
	int r2;

	snprintf(why, SSH_WHY_BYTES, "%s", s->link.why);
	if (s->session.fd < 0)
		return r;
	r2 = ssh_end(s->ssh, &s->session, sftp_link_is_loss(r) ? END_MS : 0, said);
	sftp_link_lost(&s->link);
	if (!sftp_link_is_loss(r) || !r2 || !said[0] || r2 == -ENOTCONN || r2 == -ETIMEDOUT)
		return r;
	snprintf(why, SSH_WHY_BYTES, "%s", said);
	return r2 == -EREMOTEIO ? r : r2;
}

/* A connection with the file open on it. why is filled in on failure. */
static int connect_once(struct sftp *s, char why[SSH_WHY_BYTES])
{
	struct sftp_link *l = &s->link;
	int r = ssh_open(s->ssh, NULL, &s->session, why);

	if (r)
		return r;
	r = sftp_link_greet(l, s->session.fd);
	if (!r && s->made)
		r = check_size(s);
	else if (!r)
		r = sftp_ask_folders(l, s->dir);
	r = r || s->renamed ? r : open_file(s, s->made);
	s->made |= !r;
	return r ? disconnect(s, r, why) : 0;
}

/* Errors that the next connection may not have. */
static bool is_passing(int r)
{
	return sftp_link_is_loss(r) || ssh_is_passing(r) || r == -ECONNABORTED;
}

/* The first one. A server that is there, and dropped it, may take the next; what was said first counts. */
static int connect_first(struct sftp *s, char why[SSH_WHY_BYTES])
{
	int first = connect_once(s, why), r = first;
	char ignored[SSH_WHY_BYTES];

	for (unsigned n = 1; n < OPEN_TRIES && r == -ECONNRESET; n++) {
		sleep(n);
		r = connect_once(s, ignored);
	}
	return r ? first : 0;
}

/* After a loss: again and again, with pauses, until stall_s is over. */
static int reconnect(struct sftp *s, int r)
{
	uint64_t end_ms = deadline_in_ms(s->stall_s * 1000ull);
	char first[SSH_WHY_BYTES], why[SSH_WHY_BYTES];
	unsigned pause_s = 1;

	r = disconnect(s, r, first);
	if (!is_passing(r))
		return fail(s, r, "%s", first);
	while (deadline_pause(end_ms, &pause_s)) {
		r = connect_once(s, why);
		if (!r) {
			s->resumed++;
			return 0;
		}
		if (!is_passing(r))
			return fail(s, r, "%s; then: %s", first, why);
	}
	return fail(s, r, "%s; it did not come back within %u s", first, s->stall_s);
}

/* No piece is on its way any more; what the server does not have is known. */
static void drop_pieces(struct sftp *s)
{
	for (unsigned i = 0; i < s->link.n_pieces; i++) {
		struct sftp_piece *p = &s->link.piece[i];

		if (p->state != SFTP_PIECE_FREE && p->off < s->lost_from)
			s->lost_from = p->off;
		p->state = SFTP_PIECE_FREE;
	}
	s->filling = NULL;
}

/* The disk may be full, of which version 3 has no word. */
static int explain(struct sftp *s, int r)
{
	uint64_t left;

	snprintf(s->error, sizeof(s->error), "%s", s->link.why);
	text_make_printable(s->error);
	s->link.error = 0;
	drop_pieces(s);
	if (r == -EIO && !sftp_ask_space(&s->link, s->dir, &left) && left < s->link.piece_bytes) {
		snprintf(s->error, sizeof(s->error), "the server's disk is full");
		r = -ENOSPC;
	}
	s->link.error = 0;
	return r;
}

/* An error of the link: 0 if the work can go on. */
static int recover(struct sftp *s, int r)
{
	if (sftp_link_is_loss(r))
		return reconnect(s, r);
	r = explain(s, r);
	/* a full disk is not the end: some of it may be given back */
	if (r != -ENOSPC)
		s->result = r;
	return r;
}

/* ---------------------------------------------------------------- the sink */

static void send_filling(struct sftp *s)
{
	if (s->filling)
		sftp_link_send(&s->link, s->filling);
	s->filling = NULL;
}

/* A piece that takes bytes at off. */
static int piece_at(struct sftp *s, uint64_t off)
{
	struct sftp_piece *p = s->filling;

	if (p && p->off + p->len == off && p->len < s->link.piece_bytes)
		return 0;
	send_filling(s);
	while (!s->filling) {
		int r;

		s->filling = sftp_link_take(&s->link);
		if (s->filling)
			break;
		r = recover(s, s->link.error);
		if (r)
			return r;
	}
	s->filling->off = off;
	s->filling->len = 0;
	return 0;
}

static int sftp_put(struct sink *base, uint64_t off, const void *buf, size_t len)
{
	struct sftp *s = container_of(base, struct sftp, base);
	const uint8_t *from = buf;
	int r = s->result;

	if (!r && s->lost_from != UINT64_MAX)
		return -ENOSPC;
	while (len && !r) {
		struct sftp_piece *p;
		size_t n;

		r = piece_at(s, off);
		if (r)
			return r;
		p = s->filling;
		n = s->link.piece_bytes - p->len;
		n = n < len ? n : len;
		memcpy(p->data + p->len, from, n);
		p->len += (uint32_t)n;
		from += n;
		off += n;
		len -= n;
		if (p->len == s->link.piece_bytes)
			send_filling(s);
		r = sftp_link_move(&s->link);
		r = r ? recover(s, r) : 0;
	}
	return r;
}

/* All that was put is acknowledged. */
static int drain(struct sftp *s)
{
	int r = s->result;

	send_filling(s);
	while (!r && sftp_link_drain(&s->link))
		r = recover(s, s->link.error);
	return r;
}

/* Of a request on the open file. */
static void request_handle(struct sftp *s, struct sftp_request *q, enum sftp_type type)
{
	sftp_link_request(&s->link, q, type);
	sftp_request_bytes(q, s->link.handle, s->link.handle_len);
}

/* One read; *ret_len bytes came. */
static int read_some(struct sftp *s, uint64_t off, void *buf, size_t len, size_t *ret_len)
{
	struct sftp_request q;
	struct sftp_reply a;
	int r;

	request_handle(s, &q, SFTP_READ);
	sftp_request_u64(&q, off);
	sftp_request_u32(&q, (uint32_t)(len < SFTP_PIECE_MAX ? len : SFTP_PIECE_MAX));
	r = sftp_link_ask(&s->link, &q, &a);
	if (r)
		return r;
	if (a.type == SFTP_STATUS)
		return sftp_status_errno(a.status.code) ?: -EPROTO;
	if (a.type != SFTP_DATA || !a.data.len || a.data.len > len)
		return -EPROTO;
	memcpy(buf, a.data.bytes, a.data.len);
	*ret_len = a.data.len;
	return 0;
}

static int sftp_get(struct sink *base, uint64_t off, void *buf, size_t len)
{
	struct sftp *s = container_of(base, struct sftp, base);
	int r = drain(s);

	if (!r && len && off + len > s->lost_from)
		return -ENOSPC;
	for (size_t at = 0, n = 0; at < len && !r; at += n) {
		r = read_some(s, off + at, (char *)buf + at, len - at, &n);
		if (r && sftp_link_is_loss(r)) {
			r = recover(s, r);
			n = 0;
		}
	}
	return r;
}

static int sftp_cut(struct sink *base, uint64_t off)
{
	struct sftp *s = container_of(base, struct sftp, base);
	struct sftp_request q;
	int r = drain(s);

	if (r)
		return r;
	/* what is left would have a hole */
	if (off > s->lost_from)
		return -ENOSPC;
	request_handle(s, &q, SFTP_FSETSTAT);
	sftp_request_u32(&q, 1);
	sftp_request_u64(&q, off);
	r = sftp_ask_status(&s->link, &q, s->partial);
	if (!r)
		s->lost_from = UINT64_MAX;
	if (!r && s->link.acked_end > off)
		s->link.acked_end = off;
	return r && sftp_link_is_loss(r) ? recover(s, r) ?: sftp_cut(base, off) : r;
}

/* ---------------------------------------------------------------- the end */

static int sync_file(struct sftp *s)
{
	struct sftp_request q;
	int r;

	if (!(s->link.extensions & SFTP_HAS_FSYNC))
		return 0;
	sftp_link_request(&s->link, &q, SFTP_EXTENDED);
	sftp_request_text(&q, "fsync@openssh.com");
	sftp_request_bytes(&q, s->link.handle, s->link.handle_len);
	r = sftp_ask_status(&s->link, &q, "fsync");
	return r == -ENOTSUP ? 0 : r;
}

static int close_file(struct sftp *s)
{
	struct sftp_request q;

	request_handle(s, &q, SFTP_CLOSE);
	s->link.handle_len = 0;
	return sftp_ask_status(&s->link, &q, "close");
}

static int rename_file(struct sftp *s, const char *to)
{
	bool posix = s->link.extensions & SFTP_HAS_POSIX_RENAME;
	struct sftp_request q;

	/* version 3 renames over nothing */
	if (!posix)
		sftp_ask_path(&s->link, SFTP_REMOVE, to, to);
	if (s->link.error)
		return s->link.error;
	sftp_link_request(&s->link, &q, posix ? SFTP_EXTENDED : SFTP_RENAME);
	if (posix)
		sftp_request_text(&q, "posix-rename@openssh.com");
	sftp_request_text(&q, s->partial);
	sftp_request_text(&q, to);
	return sftp_ask_status(&s->link, &q, to);
}

static int finish(struct sftp *s, const char *to)
{
	int r = sync_file(s);

	r = r ? r : close_file(s);
	return r ? r : rename_file(s, to);
}

static int commit_file(struct sftp *s)
{
	char to[PATH_BYTES * 2];
	int r = s->lost_from == UINT64_MAX ? drain(s) : -ENOSPC;

	snprintf(to, sizeof(to), "%s%s", s->name, s->suffix ? s->suffix : "");
	s->to = to;
	r = r ? r : finish(s, to);
	/* once more, and again, if it is not done already */
	for (unsigned n = 0; n < FINISH_TRIES && sftp_link_is_loss(r) && !s->result; n++) {
		r = reconnect(s, r);
		r = r || s->renamed ? r : finish(s, to);
	}
	s->to = NULL;
	return r ? fail(s, r, "%s", s->link.why) : 0;
}

static void leave(struct sftp *s)
{
	char why[SSH_WHY_BYTES];

	if (s->session.fd >= 0)
		ssh_end(s->ssh, &s->session, 0, why);
	s->link.fd = -1;
}

static int sftp_commit(struct sink *base)
{
	struct sftp *s = container_of(base, struct sftp, base);
	int r = s->result ? s->result : commit_file(s);

	leave(s);
	return r;
}

static void sftp_abort(struct sink *base)
{
	struct sftp *s = container_of(base, struct sftp, base);

	s->result = s->result ? s->result : -ECANCELED;
	leave(s);
}

/* ---------------------------------------------------------------- open */

static int set_paths(struct sftp *s, const char *dir, const char *name)
{
	size_t len = strlen(dir);

	while (len > 1 && dir[len - 1] == '/')
		len--;
	if (len + strlen(name) + 16 > sizeof(s->partial))
		return -ENAMETOOLONG;
	snprintf(s->dir, sizeof(s->dir), "%.*s", (int)len, dir);
	snprintf(s->name, sizeof(s->name), "%.*s/%s", (int)len, dir, name);
	snprintf(s->partial, sizeof(s->partial), "%.*s/%s.partial", (int)len, dir, name);
	return 0;
}

int sftp_open(struct ssh *ssh, const char *dir, const char *name, unsigned stall_s,
	      struct sftp **ret)
{
	struct sftp *s = calloc(1, sizeof(*s));
	char why[SSH_WHY_BYTES] = "";
	int r;

	*ret = s;
	if (!s)
		return -ENOMEM;
	s->base = (struct sink){ .put = sftp_put,
				 .commit = sftp_commit,
				 .abort = sftp_abort,
				 .get = sftp_get,
				 .cut = sftp_cut,
				 .rewrites = true,
				 .zeros = true };
	s->ssh = ssh;
	s->session.fd = -1;
	s->lost_from = UINT64_MAX;
	s->stall_s = stall_s;
	r = set_paths(s, dir, name);
	r = r ? r : sftp_link_init(&s->link, stall_s * 1000);
	r = r ? r : connect_first(s, why);
	return r ? fail(s, r, "%s", why[0] ? why : strerror(-r)) : 0;
}

struct sink *sftp_sink(struct sftp *s)
{
	return &s->base;
}

void sftp_suffix(struct sftp *s, const char *suffix)
{
	s->suffix = suffix;
}

const char *sftp_error(const struct sftp *s)
{
	return s ? s->error : "";
}

unsigned sftp_resumed(const struct sftp *s)
{
	return s->resumed;
}

void sftp_free(struct sftp *s)
{
	if (!s)
		return;
	leave(s);
	sftp_link_free(&s->link);
	free(s);
}

int sftp_space(struct ssh *ssh, const char *dir, unsigned stall_s, uint64_t *ret,
	       char why[SSH_WHY_BYTES])
{
	struct ssh_session session;
	char part[PATH_BYTES], said[SSH_WHY_BYTES];
	struct sftp_link link;
	int r = sftp_link_init(&link, stall_s * 1000);

	why[0] = '\0';
	snprintf(part, sizeof(part), "%s", dir);
	r = r ? r : ssh_open(ssh, NULL, &session, why);
	if (!r) {
		r = sftp_link_greet(&link, session.fd);
		r = r ? r : sftp_ask_nearest(&link, part, ret);
		snprintf(why, SSH_WHY_BYTES, "%s", link.why);
		if (ssh_end(ssh, &session, r && sftp_link_is_loss(r) ? END_MS : 0, said) < 0 && r &&
		    said[0])
			snprintf(why, SSH_WHY_BYTES, "%s", said);
	}
	sftp_link_free(&link);
	return r;
}
