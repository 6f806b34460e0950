/* SPDX-License-Identifier: MIT */
#include "net/fence.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <unistd.h>

#include "tests/unit/test.h"

/* As fence_kdump reads it: eight bytes, on a machine like this one. */
TEST(message)
{
	struct sockaddr_in here = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct conf_fence f = { .port = 1 };
	socklen_t len = sizeof(here);
	struct peer peer;
	char text[PEER_TEXT_BYTES];
	uint32_t got[4];

	CHECK_EQ(bind(fd, (struct sockaddr *)&here, sizeof(here)), 0);
	CHECK_EQ(getsockname(fd, (struct sockaddr *)&here, &len), 0);
	f.port = ntohs(here.sin_port);
	CHECK_EQ(fence_resolve("127.0.0.1", &f, &peer), 0);
	peer_text(&peer, text);
	CHECK_STR(text, "127.0.0.1");
	CHECK_EQ(fence_send(&peer), 0);
	CHECK_EQ(recv(fd, got, sizeof(got), 0), 8);
	CHECK_EQ(got[0], 0x1B302A40);
	CHECK_EQ(got[1], 1);
	close(fd);
}

TEST(families)
{
	struct conf_fence f = { .port = 7410, .family = CONF_FAMILY_IPV6 };
	struct peer peer;

	CHECK_EQ(fence_resolve("::1", &f, &peer), 0);
	CHECK_EQ(peer.address.ss_family, AF_INET6);
	CHECK_EQ(fence_resolve("127.0.0.1", &f, &peer), -ENOENT);
	f.family = CONF_FAMILY_IPV4;
	CHECK_EQ(fence_resolve("::1", &f, &peer), -ENOENT);
	f.family = CONF_FAMILY_AUTO;
	CHECK_EQ(fence_resolve("127.0.0.1", &f, &peer), 0);
	CHECK_EQ(peer.address.ss_family, AF_INET);
	CHECK_EQ(((struct sockaddr_in *)&peer.address)->sin_port, htons(7410));
}
