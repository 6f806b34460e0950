/* SPDX-License-Identifier: MIT */
/*
 * A shell on an SSH server: a command takes each file from its standard input, a second one, on a
 * connection of its own, gives it its name, so that a connection that ends early leaves no whole
 * file.
 */
#include "init/remote/targets.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "init/remote/netup.h"
#include "init/remote/ssh_setup.h"
#include "lib/cleanup.h"
#include "lib/conf/target/conf_kind.h"
#include "net/deadline.h"
#include "net/ssh/ssh_command.h"

#define READY_BYTES (sizeof(SSH_COMMAND_READY) - 1)
#define END_MS	    5000 /* for the client's own words */

struct ssh_file {
	struct sink base;
	struct ssh *ssh;
	struct ssh_session session;
	unsigned stall_ms, end_ms;
	uint64_t next;
	char rename[SSH_COMMAND_BYTES];
	char why[SSH_WHY_BYTES];
	int result;
};

/* The client's own words for its end are better than those of a broken pipe. */
static int ask_why(struct ssh_file *f, int r, const char *words)
{
	int r2 = ssh_end(f->ssh, &f->session, END_MS, f->why);

	if (!r2 || !f->why[0] || r2 == -ETIMEDOUT)
		snprintf(f->why, sizeof(f->why), "%s", words);
	f->result = r2 && r2 != -ETIMEDOUT && r2 != -EREMOTEIO ? r2 : r;
	/* a shell's words for a full disk are the system's */
	if (strstr(f->why, "No space left") || strstr(f->why, "quota exceeded"))
		f->result = -ENOSPC;
	return f->result;
}

static int wait_for_room(struct ssh_file *f)
{
	struct pollfd p = { .fd = f->session.fd, .events = POLLOUT };
	int n;

	do
		n = poll(&p, 1, (int)f->stall_ms);
	while (n < 0 && errno == EINTR);
	return n > 0 ? 0 : ask_why(f, -ETIMEDOUT, "the transfer stalls: no byte moves");
}

static int ssh_put(struct sink *s, uint64_t off, const void *buf, size_t len)
{
	struct ssh_file *f = container_of(s, struct ssh_file, base);
	const char *from = buf;

	if (f->result || off != f->next)
		return f->result ? f->result : -ESPIPE;
	f->next += len;
	while (len) {
		ssize_t n = send(f->session.fd, from, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EAGAIN) {
			if (wait_for_room(f))
				return f->result;
			continue;
		}
		if (n < 0 && errno != EINTR)
			return ask_why(f, -ECONNRESET, "the connection was lost");
		from += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
	return 0;
}

static int rename_once(struct ssh_file *f)
{
	int r = ssh_open(f->ssh, f->rename, &f->session, f->why);

	return r ? r : ssh_end(f->ssh, &f->session, f->end_ms, f->why);
}

/* The file is there: a server that takes this connection late costs no dump. */
static int rename_file(struct ssh_file *f)
{
	uint64_t limit_ms = deadline_in_ms(f->end_ms);
	unsigned pause_s = 1;
	int r;

	do
		r = rename_once(f);
	while (ssh_is_passing(r) && deadline_pause(limit_ms, &pause_s));
	return r;
}

static int ssh_commit(struct sink *s)
{
	struct ssh_file *f = container_of(s, struct ssh_file, base);
	int r = f->result;

	if (!r) {
		r = ssh_end(f->ssh, &f->session, f->stall_ms, f->why);
		if (strstr(f->why, "No space left") || strstr(f->why, "quota exceeded"))
			r = -ENOSPC;
	}
	return r ? r : rename_file(f);
}

static void ssh_abort(struct sink *s)
{
	struct ssh_file *f = container_of(s, struct ssh_file, base);
	char why[SSH_WHY_BYTES];

	if (f->session.fd >= 0)
		ssh_end(f->ssh, &f->session, 0, why);
}

static const char *ssh_error(const struct target_file *file)
{
	const struct ssh_file *f = file->own;

	return f->why;
}

/* Reads until the command is ready, past what a shell's own files say. 0, -ETIMEDOUT, -ECONNRESET. */
static int wait_ready(const struct ssh_file *f, uint64_t limit_ms)
{
	char got[512];
	size_t n = 0;

	for (;;) {
		struct pollfd p = { .fd = f->session.fd, .events = POLLIN };
		ssize_t more;

		if (!poll(&p, 1, deadline_left_ms(limit_ms)))
			return -ETIMEDOUT;
		more = recv(f->session.fd, got + n, sizeof(got) - n, 0);
		if (more < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (more <= 0)
			return -ECONNRESET;
		n += (size_t)more;
		if (memmem(got, n, SSH_COMMAND_READY, READY_BYTES))
			return 0;
		if (n > READY_BYTES) {
			memmove(got, got + n - READY_BYTES, READY_BYTES);
			n = READY_BYTES;
		}
	}
}

static int begin_once(struct ssh_file *f, const char *command, uint64_t limit_ms)
{
	int r = ssh_open(f->ssh, command, &f->session, f->why);

	if (r)
		return r;
	r = wait_ready(f, limit_ms);
	if (!r)
		return 0;
	if (r == -ETIMEDOUT) {
		ssh_end(f->ssh, &f->session, 0, f->why);
		snprintf(f->why, sizeof(f->why), "no answer: the transfer stalls");
		return r;
	}
	r = ssh_end(f->ssh, &f->session, END_MS, f->why);
	if (r)
		return r;
	snprintf(f->why, sizeof(f->why), "the server's shell ends without a word");
	return -EPROTO;
}

/* A server that drops the connection may have too many for a moment: no byte is lost yet. */
static int begin(struct ssh_file *f, const struct target *t, const char *name)
{
	uint64_t limit_ms = deadline_in_ms(f->stall_ms);
	char command[SSH_COMMAND_BYTES];
	unsigned pause_s = 1;
	int r = ssh_command_take(t->conf->path, t->folder, name, command);

	r = r ? r : ssh_command_finish(t->conf->path, t->folder, name, f->rename);
	if (r)
		return r;
	do
		r = begin_once(f, command, limit_ms);
	while (ssh_is_passing(r) && deadline_pause(limit_ms, &pause_s));
	return r;
}

static int ssh_target_create(const struct target *t, const char *name, struct target_file *ret,
			     struct child *self)
{
	struct ssh_file *f = calloc(1, sizeof(*f));
	int r;

	if (!f)
		return -ENOMEM;
	f->base = (struct sink){ .put = ssh_put, .commit = ssh_commit, .abort = ssh_abort };
	f->ssh = t->connection;
	f->session.fd = -1;
	f->stall_ms = netup_stall_s(t) * 1000;
	f->end_ms = t->conf->limits.step_timeout_s * 500;
	r = begin(f, t, name);
	if (r) {
		child_why(self, "%s: %s", name, f->why[0] ? f->why : strerror(-r));
		free(f);
		return r;
	}
	*ret = (struct target_file){ .sink = &f->base, .error = ssh_error, .own = f };
	return 0;
}

const struct target_kind target_ssh = {
	.ready = CONF_NETWORK_READY,
	.stream = true,
	.open = netup_open,
	.connect = ssh_setup_connect,
	.create = ssh_target_create,
};
