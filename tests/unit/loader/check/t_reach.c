/* SPDX-License-Identifier: MIT */
/*
 * Servers on the loopback: one that listens, one that does not, one that never answers.
 */
#include "loader/check/reach.h"

#include <arpa/inet.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/clock.h"
#include "tests/unit/test.h"

static unsigned port;
static char why[160];

/* A socket that listens on 127.0.0.1, or a name alone; its port into *port. */
static int open_server(int backlog)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&at, len) || listen(fd, backlog) ||
	    getsockname(fd, (struct sockaddr *)&at, &len))
		abort();
	port = ntohs(at.sin_port);
	return fd;
}

TEST(one_that_listens)
{
	int fd = open_server(4);

	CHECK_EQ(reach_server("127.0.0.1", port, 3000, why, sizeof(why)), 0);
	close(fd);
	CHECK_EQ(reach_server("127.0.0.1", port, 3000, why, sizeof(why)), -ECONNREFUSED);
	CHECK_STR(why, strerror(ECONNREFUSED));
}

/* With a full backlog the kernel drops what else asks for a connection. */
TEST(one_that_never_answers)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = open_server(0), waits[4];
	uint64_t began_ms;

	at.sin_port = htons((uint16_t)port);
	for (int i = 0; i < 4; i++) {
		waits[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		CHECK(connect(waits[i], (struct sockaddr *)&at, sizeof(at)) == 0 ||
		      errno == EINPROGRESS);
	}
	usleep(50000);
	began_ms = clock_mono_ms();
	CHECK_EQ(reach_server("127.0.0.1", port, 300, why, sizeof(why)), -ETIMEDOUT);
	CHECK_STR(why, "no answer within 1 s");
	CHECK(clock_mono_ms() - began_ms < 2500);
	for (int i = 0; i < 4; i++)
		close(waits[i]);
	close(fd);
}

TEST(a_name_that_is_none)
{
	CHECK(reach_server("no such name", 443, 3000, why, sizeof(why)) < 0);
	CHECK(strstr(why, "its name is not resolved") || strstr(why, "no answer"));
}
