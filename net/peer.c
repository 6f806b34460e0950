/* SPDX-License-Identifier: MIT */
#include "net/peer.h"

#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/cleanup.h"
#include "net/deadline.h"

enum {
	AGAIN_MS = 1000,
	ATTEMPT_MS = 5000,
};

static bool is_of_link(const struct sockaddr *a)
{
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)a;

	return a->sa_family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&in6->sin6_addr);
}

int peer_family(void)
{
	struct ifaddrs *all;
	bool v4 = false, v6 = false;

	if (getifaddrs(&all) < 0)
		return AF_UNSPEC;
	for (const struct ifaddrs *i = all; i; i = i->ifa_next) {
		if (!i->ifa_addr || i->ifa_flags & IFF_LOOPBACK || is_of_link(i->ifa_addr))
			continue;
		v4 |= i->ifa_addr->sa_family == AF_INET;
		v6 |= i->ifa_addr->sa_family == AF_INET6;
	}
	freeifaddrs(all);
	return v4 == v6 ? AF_UNSPEC : v4 ? AF_INET : AF_INET6;
}

static int say_unresolved(const char *host, int code, char why[PEER_WHY_BYTES])
{
	snprintf(why, PEER_WHY_BYTES, "%s: %s", host,
		 code == EAI_AGAIN ? "no name server answers" : "no such host");
	return code == EAI_AGAIN ? -EAGAIN : -ENOENT;
}

int peer_resolve(const struct conf_place *at, int family, int type, struct peer_list *ret,
		 char why[PEER_WHY_BYTES])
{
	struct addrinfo hints = { .ai_family = family,
				  .ai_socktype = type,
				  .ai_flags = AI_NUMERICSERV | AI_NUMERICHOST };
	struct addrinfo *found;
	char port[8];
	int r;

	ret->n = 0;
	snprintf(port, sizeof(port), "%u", at->port & 0xffff);
	r = getaddrinfo(at->host, port, &hints, &found);
	if (r == EAI_NONAME) {
		hints.ai_flags = AI_NUMERICSERV;
		hints.ai_family = family == AF_UNSPEC ? peer_family() : family;
		r = getaddrinfo(at->host, port, &hints, &found);
	}
	if (r)
		return say_unresolved(at->host, r, why);
	for (const struct addrinfo *a = found; a && ret->n < PEER_MAX; a = a->ai_next) {
		struct peer *p = &ret->at[ret->n++];

		p->len = a->ai_addrlen;
		memcpy(&p->address, a->ai_addr, a->ai_addrlen);
	}
	freeaddrinfo(found);
	return 0;
}

void peer_text(const struct peer *p, char ret[PEER_TEXT_BYTES])
{
	if (getnameinfo((const struct sockaddr *)&p->address, p->len, ret, PEER_TEXT_BYTES, NULL, 0,
			NI_NUMERICHOST))
		ret[0] = '\0';
}

/* Waits for the verdict on a connection that was begun. */
static int await_connection(int fd, uint64_t deadline_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	socklen_t len = sizeof(int);
	int error = 0, r;

	do
		r = poll(&p, 1, deadline_left_ms(deadline_ms));
	while (r < 0 && errno == EINTR);
	if (r <= 0)
		return r ? -errno : -ETIMEDOUT;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
		return -errno;
	return -error;
}

int peer_connect_one(const struct peer *to, uint64_t deadline_ms, int *ret_fd)
{
	_close_ int fd = socket(to->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
				IPPROTO_TCP);
	int r = 0;

	if (fd < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)&to->address, to->len) < 0)
		r = errno == EINPROGRESS ? await_connection(fd, deadline_ms) : -errno;
	if (!r && fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK) < 0)
		r = -errno;
	if (!r)
		*ret_fd = keep_fd(&fd);
	return r;
}

static void say_unconnected(const struct conf_place *at, const struct peer *p, int r,
			    char why[PEER_WHY_BYTES])
{
	char text[PEER_TEXT_BYTES];

	peer_text(p, text);
	if (strcmp(text, at->host))
		snprintf(why, PEER_WHY_BYTES, "%s (%s), port %u: %s", at->host, text, at->port,
			 strerror(-r));
	else
		snprintf(why, PEER_WHY_BYTES, "%s, port %u: %s", at->host, at->port, strerror(-r));
}

int peer_connect(const struct conf_place *at, uint64_t deadline_ms, int *ret_fd, struct peer *ret,
		 char why[PEER_WHY_BYTES])
{
	struct peer_list list;
	int r = peer_resolve(at, AF_UNSPEC, SOCK_STREAM, &list, why);

	if (r)
		return r;
	for (unsigned i = 0; i < list.n; i++) {
		uint64_t share = (uint64_t)deadline_left_ms(deadline_ms) / (list.n - i);

		r = peer_connect_one(&list.at[i], deadline_in_ms(share), ret_fd);
		if (!r && ret)
			*ret = list.at[i];
		if (!r)
			return 0;
		say_unconnected(at, &list.at[i], r, why);
	}
	return r;
}

uint64_t peer_attempt_ms(uint64_t deadline_ms)
{
	uint64_t end_ms = deadline_in_ms(ATTEMPT_MS);

	return end_ms < deadline_ms ? end_ms : deadline_ms;
}

bool peer_again(int r, uint64_t deadline_ms)
{
	const struct timespec pause = { .tv_nsec = AGAIN_MS * 999999L };

	if (!r || r == -ENOENT || r == -ENETUNREACH || deadline_left_ms(deadline_ms) <= AGAIN_MS)
		return false;
	nanosleep(&pause, NULL);
	return true;
}

int peer_await(const struct conf_place *at, uint64_t deadline_ms, char why[PEER_WHY_BYTES])
{
	int r;

	do {
		_close_ int fd = -1;

		r = peer_connect(at, peer_attempt_ms(deadline_ms), &fd, NULL, why);
	} while (peer_again(r, deadline_ms));
	return r;
}
