/* SPDX-License-Identifier: MIT */
/*
 * The helper: a socket of messages to its caller, a pipe from the client's standard error. It does
 * one thing at a time, as its caller waits for each answer.
 */
#include "net/ssh/ssh.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/io.h"
#include "net/deadline.h"
#include "net/peer.h"
#include "net/ssh/ssh_said.h"

#define KEYS_BYTES	  256
#define KNOWN_HOSTS_BYTES (64u << 10)
#define KEEPALIVE_SECONDS "15"

struct ask {
	enum { ASK_OPEN, ASK_END } what;
	unsigned wait_ms;
	bool subsystem;
	char command[SSH_COMMAND_BYTES];
};

struct answer {
	int r;
	char why[SSH_WHY_BYTES];
};

struct helper {
	const struct ssh_server *server;
	int control;
	pid_t client;  /* 0: none */
	int stderr_fd; /* of the client; -1 */
	struct ssh_said said;
};

/* ---------------------------------------------------------------- the client */

/* In the client's process, before exec. */
static _Noreturn void become_client(const struct ssh_server *s, const struct ask *a, int connection,
				    int pipe_fd, int stderr_fd, char *environment[])
{
	char proxy[16];
	const char *words[20] = { s->client, "-J",
				  proxy,     "-i",
				  s->key,    "-l",
				  s->user,   "-T",
				  "-K",	     KEEPALIVE_SECONDS,
				  "-o",	     "StrictHostKeyChecking=yes",
				  "-o",	     "BatchMode=yes" };
	unsigned n = 14;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	snprintf(proxy, sizeof(proxy), "&%d", connection);
	if (a->subsystem)
		words[n++] = "-s";
	words[n++] = s->at.host;
	words[n++] = a->command;
	dup2(pipe_fd, STDIN_FILENO);
	dup2(pipe_fd, STDOUT_FILENO);
	dup2(stderr_fd, STDERR_FILENO);
	execve(s->client, (char **)words, environment);
	dprintf(STDERR_FILENO, "%s: %s\n", s->client, strerror(errno));
	_exit(127);
}

/* The kinds of host key to ask for. */
static int known_keys(const struct ssh_server *s, char ret[KEYS_BYTES])
{
	_free_ char *text = NULL;
	char path[512];
	size_t len;
	int r;

	snprintf(path, sizeof(path), "%s/.ssh/known_hosts", s->home);
	r = io_load_file(AT_FDCWD, path, KNOWN_HOSTS_BYTES, &text, &len);
	if (!r)
		ssh_said_host_keys(text, s->at.host, ret, KEYS_BYTES);
	return r ? r : ret[0] ? 0 : -ENOENT;
}

static int start_client(struct helper *h, const struct ask *a, int connection, int pipe_fd)
{
	char home[512], keys[KEYS_BYTES + 24] = "DBCLIENT_HOST_KEYS=";
	char *environment[] = { home, keys, NULL };
	int said[2];

	snprintf(home, sizeof(home), "HOME=%s", h->server->home);
	if (known_keys(h->server, keys + strlen(keys)))
		return -EKEYREJECTED;
	if (pipe2(said, O_CLOEXEC) < 0)
		return -errno;
	h->client = fork();
	if (!h->client)
		become_client(h->server, a, connection, pipe_fd, said[1], environment);
	close(said[1]);
	if (h->client < 0) {
		close(said[0]);
		h->client = 0;
		return -errno;
	}
	h->stderr_fd = said[0];
	h->said.len = 0;
	return 0;
}

/* What it has said so far. False: it has closed its standard error, which is its end. */
static bool listen_to_client(struct helper *h)
{
	char bytes[512];
	ssize_t n = read(h->stderr_fd, bytes, sizeof(bytes));

	if (n > 0)
		ssh_said_add(&h->said, bytes, (size_t)n);
	return n > 0 || (n < 0 && errno == EINTR);
}

/* The exit status; of a signal its number, negative. */
static int reap_client(struct helper *h)
{
	int status = 0;

	while (waitpid(h->client, &status, 0) < 0 && errno == EINTR)
		;
	close(h->stderr_fd);
	h->client = 0;
	h->stderr_fd = -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/* ---------------------------------------------------------------- answers */

/* fd: goes along; -1: none. */
static void reply(const struct helper *h, const struct answer *a, int fd)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} with = { .room = "" };
	struct iovec iov = { (void *)a, sizeof(*a) };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (fd >= 0) {
		m.msg_control = with.room;
		m.msg_controllen = sizeof(with.room);
		with.head.cmsg_level = SOL_SOCKET;
		with.head.cmsg_type = SCM_RIGHTS;
		with.head.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&with.head), &fd, sizeof(fd));
	}
	sendmsg(h->control, &m, MSG_NOSIGNAL);
}

static int connect_client(struct helper *h, const struct ask *a, int pipe_fd,
			  char why[SSH_WHY_BYTES])
{
	_close_ int connection = -1;
	int r = peer_connect(&h->server->at, deadline_in_ms(h->server->connect_timeout_s * 1000ull),
			     &connection, NULL, why);

	if (r)
		return r;
	fcntl(connection, F_SETFD, 0);
	r = start_client(h, a, connection, pipe_fd);
	if (r == -EKEYREJECTED)
		snprintf(why, SSH_WHY_BYTES, "%s: the image's known_hosts has no key of it",
			 h->server->at.host);
	else if (r)
		snprintf(why, SSH_WHY_BYTES, "%s: %s", h->server->client, strerror(-r));
	return r;
}

static void answer_open(struct helper *h, const struct ask *a)
{
	struct answer answer = { .why = "" };
	_close_ int ours = -1;
	_close_ int theirs = -1;
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
		answer.r = -errno;
		reply(h, &answer, -1);
		return;
	}
	ours = pair[0];
	theirs = pair[1];
	answer.r = connect_client(h, a, theirs, answer.why);
	reply(h, &answer, answer.r ? -1 : ours);
}

static void say_end(const struct helper *h, int status, struct answer *ret)
{
	char said[SSH_WHY_BYTES - 80];

	ret->r = ssh_said_reason(&h->said, status, said, sizeof(said));
	if (ret->r)
		snprintf(ret->why, sizeof(ret->why), "%.70s: %s", h->server->at.host, said);
}

static void answer_end(struct helper *h, unsigned wait_ms)
{
	uint64_t end_ms = deadline_in_ms(wait_ms);
	struct answer answer = { .why = "" };
	bool late = false;

	while (h->client && !late) {
		struct pollfd p = { .fd = h->stderr_fd, .events = POLLIN };

		late = !poll(&p, 1, deadline_left_ms(end_ms));
		if (!late && !listen_to_client(h))
			break;
	}
	if (!h->client) {
		answer.r = -ENOTCONN;
	} else if (late) {
		kill(h->client, SIGKILL);
		reap_client(h);
		answer.r = -ETIMEDOUT;
		snprintf(answer.why, sizeof(answer.why), "%.70s: no answer within %u s",
			 h->server->at.host, wait_ms / 1000);
	} else {
		say_end(h, reap_client(h), &answer);
	}
	reply(h, &answer, -1);
}

/* Ends with the caller, however that ends. */
static _Noreturn void helper_main(struct helper *h)
{
	struct ask a;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, "ssh");
	for (;;) {
		struct pollfd p[2] = { { .fd = h->control, .events = POLLIN },
				       { .fd = h->stderr_fd, .events = POLLIN } };

		if (poll(p, 2, -1) < 0)
			continue;
		/* what is at its end is asked for again by answer_end() alone */
		if (p[1].revents && !listen_to_client(h) && !p[0].revents)
			p[0].revents = POLLIN;
		if (!p[0].revents)
			continue;
		if (recv(h->control, &a, sizeof(a), 0) != sizeof(a))
			break;
		if (a.what == ASK_OPEN)
			answer_open(h, &a);
		else
			answer_end(h, a.wait_ms);
	}
	if (h->client)
		kill(h->client, SIGKILL);
	_exit(0);
}

/* ---------------------------------------------------------------- the caller */

int ssh_start(const struct ssh_server *server, struct ssh *ret)
{
	int pair[2];
	pid_t pid;

	*ret = (struct ssh){ .control = -1 };
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	pid = fork();
	if (!pid) {
		struct helper h = { .server = server, .control = pair[1], .stderr_fd = -1 };

		close(pair[0]);
		helper_main(&h);
	}
	close(pair[1]);
	if (pid < 0) {
		close(pair[0]);
		return -errno;
	}
	*ret = (struct ssh){ .control = pair[0], .helper = pid };
	return 0;
}

/* ret_fd: NULL: the answer brings none. */
static int ask_helper(struct ssh *s, const struct ask *a, struct answer *ret, int *ret_fd)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} with = { .room = "" };
	struct iovec iov = { ret, sizeof(*ret) };
	struct msghdr m = { .msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = with.room,
			    .msg_controllen = sizeof(with.room) };

	if (send(s->control, a, sizeof(*a), MSG_NOSIGNAL) != sizeof(*a) ||
	    recvmsg(s->control, &m, MSG_CMSG_CLOEXEC) != sizeof(*ret))
		return -EPIPE;
	if (ret_fd && m.msg_controllen >= CMSG_LEN(sizeof(int)) &&
	    with.head.cmsg_type == SCM_RIGHTS)
		memcpy(ret_fd, CMSG_DATA(&with.head), sizeof(*ret_fd));
	return ret->r;
}

bool ssh_is_passing(int r)
{
	return r == -ECONNRESET || r == -EPIPE || r == -ECONNREFUSED || r == -EHOSTUNREACH ||
	       r == -ENETUNREACH || r == -EAGAIN;
}

int ssh_open(struct ssh *s, const char *command, struct ssh_session *ret, char why[SSH_WHY_BYTES])
{
	struct ask a = { .what = ASK_OPEN, .subsystem = !command };
	struct answer answer = { .why = "the SSH helper has ended" };
	int r;

	ret->fd = -1;
	if ((size_t)snprintf(a.command, sizeof(a.command), "%s", command ? command : "sftp") >=
	    sizeof(a.command))
		return -ENAMETOOLONG;
	r = ask_helper(s, &a, &answer, &ret->fd);
	snprintf(why, SSH_WHY_BYTES, "%s", answer.why);
	if (!r && ret->fd < 0)
		r = -EPIPE;
	if (!r)
		fcntl(ret->fd, F_SETFL, O_NONBLOCK);
	return r;
}

int ssh_end(struct ssh *s, struct ssh_session *session, unsigned wait_ms, char why[SSH_WHY_BYTES])
{
	struct ask a = { .what = ASK_END, .wait_ms = wait_ms };
	struct answer answer = { .why = "the SSH helper has ended" };
	int r;

	/* only the end of what goes there: a client that cannot write what a chatty shell says would die of it */
	if (session->fd >= 0)
		shutdown(session->fd, SHUT_WR);
	r = ask_helper(s, &a, &answer, NULL);
	if (session->fd >= 0)
		close(session->fd);
	session->fd = -1;
	snprintf(why, SSH_WHY_BYTES, "%s", answer.why);
	return r;
}

void ssh_stop(struct ssh *s)
{
	if (s->control < 0)
		return;
	close(s->control);
	s->control = -1;
	while (waitpid(s->helper, NULL, 0) < 0 && errno == EINTR)
		;
}
