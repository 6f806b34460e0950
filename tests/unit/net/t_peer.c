/* SPDX-License-Identifier: MIT */
#include "net/peer.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "lib/clock.h"
#include "net/deadline.h"
#include "tests/unit/test.h"

static char why[PEER_WHY_BYTES];

/* A socket of the loopback; its port. It listens when backlog is not negative. */
static int listener(int backlog, unsigned *ret_port)
{
	struct sockaddr_in here = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t len = sizeof(here);

	CHECK_EQ(bind(fd, (struct sockaddr *)&here, sizeof(here)), 0);
	CHECK_EQ(getsockname(fd, (struct sockaddr *)&here, &len), 0);
	*ret_port = ntohs(here.sin_port);
	if (backlog >= 0)
		CHECK_EQ(listen(fd, backlog), 0);
	return fd;
}

TEST(addresses)
{
	struct conf_place at = { .host = "192.0.2.7", .port = 2049 };
	char text[PEER_TEXT_BYTES];
	struct peer_list list;

	CHECK_EQ(peer_resolve(&at, AF_UNSPEC, SOCK_STREAM, &list, why), 0);
	CHECK_EQ(list.n, 1);
	CHECK_EQ(((struct sockaddr_in *)&list.at[0].address)->sin_port, htons(2049));
	peer_text(&list.at[0], text);
	CHECK_STR(text, "192.0.2.7");
	CHECK_EQ(peer_resolve(&at, AF_INET6, SOCK_STREAM, &list, why), -ENOENT);
	CHECK_STR(why, "192.0.2.7: no such host");
	strcpy(at.host, "2001:db8::7");
	CHECK_EQ(peer_resolve(&at, AF_UNSPEC, SOCK_DGRAM, &list, why), 0);
	peer_text(&list.at[0], text);
	CHECK_STR(text, "2001:db8::7");
}

TEST(connected)
{
	struct conf_place at = { .host = "127.0.0.1" };
	int here = listener(1, &at.port), fd = -1;
	struct peer p;

	CHECK_EQ(peer_connect(&at, deadline_in_ms(5000), &fd, &p, why), 0);
	CHECK(!(fcntl(fd, F_GETFL) & O_NONBLOCK));
	CHECK_EQ(((struct sockaddr_in *)&p.address)->sin_port, htons(at.port));
	close(fd);
	close(here);
}

TEST(refused_is_told_with_host_and_port)
{
	struct conf_place at = { .host = "127.0.0.1" };
	int here = listener(-1, &at.port), fd = -1;
	char said[64];

	CHECK_EQ(peer_connect(&at, deadline_in_ms(5000), &fd, NULL, why), -ECONNREFUSED);
	snprintf(said, sizeof(said), "127.0.0.1, port %u: Connection refused", at.port);
	CHECK_STR(why, said);
	close(here);
}

/* A queue that is full answers nobody. */
TEST(a_silent_server_ends_at_the_deadline)
{
	struct conf_place at = { .host = "127.0.0.1" };
	int here = listener(0, &at.port), fd[8], r = 0;
	uint64_t began;

	for (unsigned i = 0; i < 8 && !r; i++) {
		began = clock_mono_ms();
		r = peer_connect(&at, deadline_in_ms(300), &fd[i], NULL, why);
		if (r) {
			CHECK_EQ(r, -ETIMEDOUT);
			CHECK(clock_mono_ms() - began >= 290);
			CHECK(strstr(why, "timed out"));
		}
	}
	CHECK(r);
	close(here);
}
