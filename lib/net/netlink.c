/* SPDX-License-Identifier: MIT */
/*
 * rtnetlink's envelope. The kernel carries a request out inside sendto(), so that the answer is
 * there when it returns; the receive time-out only guards against a surprise.
 */
#include "lib/net/netlink.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "lib/bytes.h"
#include "lib/cleanup.h"

#define ANSWER_S 10

int netlink_open(uint32_t groups, int *ret)
{
	struct sockaddr_nl sa = { .nl_family = AF_NETLINK, .nl_groups = groups };
	struct timeval limit = { .tv_sec = ANSWER_S };
	_close_ int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&sa, sizeof(sa)) < 0)
		return -errno;
	*ret = keep_fd(&fd);
	return 0;
}

void netlink_begin(struct netlink_msg *m, uint16_t type, uint16_t flags, const void *body,
		   size_t len)
{
	memset(m, 0, sizeof(*m));
	memcpy(m->bytes + NLMSG_HDRLEN, body, len);
	m->head.nlmsg_len = (uint32_t)NLMSG_LENGTH(len);
	m->head.nlmsg_type = type;
	m->head.nlmsg_flags = NLM_F_REQUEST | flags;
}

void netlink_put(struct netlink_msg *m, uint16_t type, const void *data, size_t len)
{
	size_t at = NLMSG_ALIGN(m->head.nlmsg_len);
	struct rtattr a = { .rta_len = (unsigned short)RTA_LENGTH(len), .rta_type = type };

	if (!bytes_inside(at, RTA_SPACE(len), sizeof(m->bytes))) {
		m->full = true;
		return;
	}
	memcpy(m->bytes + at, &a, sizeof(a));
	memcpy(m->bytes + at + RTA_LENGTH(0), data, len);
	m->head.nlmsg_len = (uint32_t)(at + RTA_LENGTH(len));
}

int netlink_send(int fd, struct netlink_msg *m)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

	if (m->full)
		return -EMSGSIZE;
	if (sendto(fd, m->bytes, m->head.nlmsg_len, 0, (struct sockaddr *)&kernel, sizeof(kernel)) <
	    0)
		return -errno;
	return 0;
}

int netlink_talk(int fd, struct netlink_msg *m)
{
	/* aligned as the kernel's messages are */
	union {
		struct nlmsghdr head;
		uint8_t bytes[1024];
	} in;
	const struct nlmsghdr *n;
	int r;

	m->head.nlmsg_flags |= NLM_F_ACK;
	r = netlink_send(fd, m);
	if (r < 0)
		return r;
	for (;;) {
		ssize_t len = recv(fd, &in, sizeof(in), 0);
		size_t off = 0;

		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0)
			return -errno;
		while ((n = netlink_next(&in, (size_t)len, &off))) {
			if (n->nlmsg_type == NLMSG_ERROR &&
			    n->nlmsg_len >= NLMSG_LENGTH(sizeof(int)))
				return ((const struct nlmsgerr *)NLMSG_DATA(n))->error;
		}
	}
}

/* 1: that was the end. */
static int take_dump(const void *buf, size_t len, void (*each)(void *ctx, const struct nlmsghdr *m),
		     void *ctx)
{
	const struct nlmsghdr *n;

	for (size_t off = 0; (n = netlink_next(buf, len, &off));) {
		if (n->nlmsg_type == NLMSG_DONE)
			return 1;
		if (n->nlmsg_type == NLMSG_ERROR)
			return n->nlmsg_len >= NLMSG_LENGTH(sizeof(int))
				       ? ((const struct nlmsgerr *)NLMSG_DATA(n))->error
				       : -EBADMSG;
		each(ctx, n);
	}
	return 0;
}

int netlink_dump(int fd, struct netlink_msg *m, void (*each)(void *ctx, const struct nlmsghdr *m),
		 void *ctx)
{
	union {
		struct nlmsghdr head;
		uint8_t bytes[32768];
	} in;
	int r;

	m->head.nlmsg_flags |= NLM_F_DUMP;
	r = netlink_send(fd, m);
	while (!r) {
		ssize_t len = recv(fd, &in, sizeof(in), 0);

		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0)
			return -errno;
		r = take_dump(&in, (size_t)len, each, ctx);
	}
	return r > 0 ? 0 : r;
}

const struct nlmsghdr *netlink_next(const void *buf, size_t len, size_t *off)
{
	const struct nlmsghdr *n;

	if (!bytes_inside(*off, sizeof(*n), len))
		return NULL;
	n = (const struct nlmsghdr *)((const uint8_t *)buf + *off);
	if (n->nlmsg_len < sizeof(*n) || !bytes_inside(*off, n->nlmsg_len, len))
		return NULL;
	*off += NLMSG_ALIGN(n->nlmsg_len);
	return n;
}

const struct rtattr *netlink_next_attr(const struct nlmsghdr *m, size_t *off)
{
	const struct rtattr *a;

	if (!bytes_inside(*off, sizeof(*a), m->nlmsg_len))
		return NULL;
	a = (const struct rtattr *)((const uint8_t *)m + *off);
	if (a->rta_len < sizeof(*a) || !bytes_inside(*off, a->rta_len, m->nlmsg_len))
		return NULL;
	*off += RTA_ALIGN(a->rta_len);
	return a;
}
