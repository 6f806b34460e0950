/* SPDX-License-Identifier: MIT */
#include "net/link/ipv6.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/bytes.h"
#include "lib/net/netlink.h"
#include "net/deadline.h"

enum {
	OPT_RDNSS = 25,
	RDNSS_HEAD = 8,
	UNIT = 8, /* an option's length is in these */
	GROUP_ND = 1 << (RTNLGRP_ND_USEROPT - 1),
};

/* Where it is waited for. */
struct wait {
	int index;
	bool global, duplicate;
	struct ip *ret, *dns;
	unsigned max, *n_dns;
};

int ipv6_open(int *ret)
{
	return netlink_open(RTMGRP_IPV6_IFADDR | GROUP_ND, ret);
}

unsigned ipv6_announced_dns(const uint8_t *options, size_t len, struct ip *ret, unsigned max)
{
	unsigned n = 0;

	for (size_t at = 0; bytes_inside(at, 2, len);) {
		size_t size = (size_t)options[at + 1] * UNIT;

		if (!size || !bytes_inside(at, size, len))
			return n;
		for (size_t i = RDNSS_HEAD; options[at] == OPT_RDNSS && i + 16 <= size && n < max;
		     i += 16) {
			ret[n] = (struct ip){ .family = AF_INET6, .prefix = 128 };
			memcpy(ret[n++].bytes, options + at + i, 16);
		}
		at += size;
	}
	return n;
}

static void take_dns(struct wait *w, const struct nlmsghdr *m)
{
	const struct nduseroptmsg *head = NLMSG_DATA(m);
	size_t len = m->nlmsg_len - NLMSG_LENGTH(0);

	if (len < sizeof(*head) || head->nduseropt_ifindex != w->index ||
	    head->nduseropt_opts_len > len - sizeof(*head))
		return;
	*w->n_dns += ipv6_announced_dns((const uint8_t *)(head + 1), head->nduseropt_opts_len,
					w->dns + *w->n_dns, w->max - *w->n_dns);
}

/* True: the address may be used, and is of the kind that is waited for. */
static bool take_address(struct wait *w, const struct nlmsghdr *m)
{
	const struct ifaddrmsg *head = NLMSG_DATA(m);
	size_t off = NLMSG_SPACE(sizeof(*head));
	const struct rtattr *a;
	uint32_t flags;
	bool found = false;

	if (m->nlmsg_len < NLMSG_LENGTH(sizeof(*head)) || head->ifa_family != AF_INET6 ||
	    (int)head->ifa_index != w->index)
		return false;
	if ((head->ifa_scope == RT_SCOPE_LINK) == w->global)
		return false;
	flags = head->ifa_flags;
	while ((a = netlink_next_attr(m, &off))) {
		if (a->rta_type == IFA_FLAGS && RTA_PAYLOAD(a) >= 4)
			memcpy(&flags, RTA_DATA(a), 4);
		if (a->rta_type != IFA_ADDRESS || RTA_PAYLOAD(a) != 16)
			continue;
		*w->ret = (struct ip){ .family = AF_INET6, .prefix = head->ifa_prefixlen };
		memcpy(w->ret->bytes, RTA_DATA(a), 16);
		found = true;
	}
	w->duplicate |= found && flags & IFA_F_DADFAILED;
	/* one that is announced, not one that was given */
	if (w->global && flags & IFA_F_PERMANENT)
		return false;
	return found && !(flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED | IFA_F_DEPRECATED));
}

static int ask_for_addresses(int fd)
{
	struct ifaddrmsg all = { .ifa_family = AF_INET6 };
	struct netlink_msg m;

	netlink_begin(&m, RTM_GETADDR, NLM_F_DUMP, &all, sizeof(all));
	return netlink_send(fd, &m);
}

static bool look_through(struct wait *w, const void *buf, size_t len)
{
	const struct nlmsghdr *m;
	bool found = false;

	for (size_t off = 0; (m = netlink_next(buf, len, &off));) {
		struct ip before = *w->ret;

		if (m->nlmsg_type == RTM_NEWNDUSEROPT)
			take_dns(w, m);
		if (found || m->nlmsg_type != RTM_NEWADDR)
			continue;
		found = take_address(w, m);
		if (!found)
			*w->ret = before;
	}
	return found;
}

int ipv6_wait(int fd, int index, bool global, uint64_t deadline_ms, struct ip *ret, struct ip *dns,
	      unsigned max, unsigned *n_dns)
{
	struct wait w = {
		.index = index, .global = global, .ret = ret, .dns = dns, .max = max, .n_dns = n_dns
	};
	union {
		struct nlmsghdr head;
		uint8_t bytes[16384];
	} in;
	int r = ask_for_addresses(fd), left;

	while (!r && (left = deadline_left_ms(deadline_ms))) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		ssize_t n;

		if (poll(&p, 1, left) < 0 && errno != EINTR)
			return -errno;
		n = recv(fd, &in, sizeof(in), MSG_DONTWAIT);
		if (n < 0 && errno == ENOBUFS)
			r = ask_for_addresses(fd);
		else if (n < 0 && errno != EAGAIN && errno != EINTR)
			return -errno;
		if (n > 0 && look_through(&w, &in, (size_t)n))
			return 0;
	}
	return r ? r : w.duplicate ? -EADDRINUSE : -ETIMEDOUT;
}
