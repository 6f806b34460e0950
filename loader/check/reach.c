/* SPDX-License-Identifier: MIT */
#include "loader/check/reach.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/clock.h"

static int connect_one(const struct addrinfo *a)
{
	_close_ int fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);

	if (fd < 0)
		return errno;
	return connect(fd, a->ai_addr, a->ai_addrlen) < 0 ? errno : 0;
}

/* What the child has found out. */
struct answer {
	int err;       /* errno; 0: connected */
	char why[120]; /* where there is no errno */
};

static struct answer find_answer(const char *host, unsigned port)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct answer ret = { .err = EHOSTUNREACH };
	struct addrinfo *list;
	char number[12];
	int r;

	snprintf(number, sizeof(number), "%u", port);
	r = getaddrinfo(host, number, &hints, &list);
	if (r) {
		snprintf(ret.why, sizeof(ret.why), "its name is not resolved (%s)",
			 gai_strerror(r));
		return ret;
	}
	for (const struct addrinfo *a = list; a && ret.err; a = a->ai_next)
		ret.err = connect_one(a);
	freeaddrinfo(list);
	return ret;
}

/* 0, or -ETIMEDOUT when nothing whole came in time. */
static int await_answer(int fd, unsigned limit_ms, struct answer *ret)
{
	uint64_t end_ms = clock_mono_ms() + limit_ms;

	for (uint64_t now_ms; (now_ms = clock_mono_ms()) < end_ms;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };

		if (poll(&p, 1, (int)(end_ms - now_ms)) <= 0)
			continue;
		return read(fd, ret, sizeof(*ret)) == sizeof(*ret) ? 0 : -EIO;
	}
	return -ETIMEDOUT;
}

int reach_server(const char *host, unsigned port, unsigned limit_ms, char *why, size_t size)
{
	struct answer answer = { .err = EIO };
	int ends[2], r;
	pid_t pid;

	if (pipe(ends) < 0)
		return -errno;
	pid = fork();
	if (!pid) {
		answer = find_answer(host, port);
		_exit(write(ends[1], &answer, sizeof(answer)) != sizeof(answer));
	}
	close(ends[1]);
	r = pid < 0 ? -errno : await_answer(ends[0], limit_ms, &answer);
	close(ends[0]);
	if (pid > 0) {
		kill(pid, SIGKILL);
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	if (r == -ETIMEDOUT)
		snprintf(why, size, "no answer within %u s", (limit_ms + 999) / 1000);
	else
		snprintf(why, size, "%s", *answer.why ? answer.why : strerror(r ? -r : answer.err));
	return r ? r : -answer.err;
}
