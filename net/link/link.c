/* SPDX-License-Identifier: MIT */
/*
 * Interfaces over rtnetlink. The answers to a dump and the kernel's later events are the same
 * RTM_NEWLINK messages on the same socket, so that one loop sees an interface that is there, one
 * that appears, and each change of its carrier.
 */
#include "net/link/link.h"

#include <errno.h>
#include <linux/if.h>
#include <linux/if_arp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/deadline.h"
#include "net/link/link_private.h"

/* operstate first: until the kernel's link watch has run, what is sent is dropped */
#define READY (IFF_UP | IFF_RUNNING | IFF_LOWER_UP)

static bool parse_mac(const char *s, uint8_t mac[6])
{
	for (int i = 0; i < 6; i++, s += 3) {
		if (strspn(s, "0123456789abcdefABCDEF") != 2 || s[2] != (i < 5 ? ':' : '\0'))
			return false;
		mac[i] = (uint8_t)strtoul(s, NULL, 16);
	}
	return true;
}

int link_want_parse(const char *text, struct link_want *ret)
{
	struct link_want w = { .by = LINK_BY_NAME };

	if (!strcmp(text, "auto")) {
		w.by = LINK_AUTO;
	} else if (parse_mac(text, w.mac)) {
		w.by = LINK_BY_MAC;
	} else {
		if (!*text || strlen(text) >= sizeof(w.name))
			return -EINVAL;
		strcpy(w.name, text);
	}
	*ret = w;
	return 0;
}

int link_open(struct link *l)
{
	int r;

	memset(l, 0, sizeof(*l));
	l->requests = l->events = -1;
	l->dump_wanted = true;
	r = netlink_open(RTMGRP_LINK, &l->events);
	return r < 0 ? r : netlink_open(0, &l->requests);
}

void link_close(struct link *l)
{
	if (l->events >= 0)
		close(l->events);
	if (l->requests >= 0)
		close(l->requests);
	l->requests = l->events = -1;
}

/* ---- what the kernel tells ---- */

/* IFLA_LINKINFO names the kind of a software device; hardware has none. */
static bool is_virtual(const struct rtattr *info)
{
	const struct rtattr *kind = (const struct rtattr *)RTA_DATA(info);
	size_t room = RTA_PAYLOAD(info);

	/* without a kind of its own it is hardware that a bond or bridge has taken */
	if (room < sizeof(*kind) || kind->rta_len > room || kind->rta_type != IFLA_INFO_KIND)
		return false;
	/* a container's, and a test's, Ethernet */
	return RTA_PAYLOAD(kind) != sizeof("veth") || memcmp(RTA_DATA(kind), "veth", 5);
}

static void take_attr(const struct rtattr *a, struct link_info *i)
{
	size_t n = RTA_PAYLOAD(a);

	switch (a->rta_type) {
	case IFLA_IFNAME:
		snprintf(i->name, sizeof(i->name), "%.*s", (int)n, (const char *)RTA_DATA(a));
		break;
	case IFLA_ADDRESS:
		i->has_mac = n == sizeof(i->mac);
		if (i->has_mac)
			memcpy(i->mac, RTA_DATA(a), n);
		break;
	case IFLA_PERM_ADDRESS:
		i->has_permanent = n == sizeof(i->permanent);
		if (i->has_permanent)
			memcpy(i->permanent, RTA_DATA(a), n);
		break;
	case IFLA_LINKINFO:
		i->virtual = is_virtual(a);
		break;
	}
}

bool link_parse(const struct nlmsghdr *m, struct link_info *ret)
{
	struct link_info i = { 0 };
	size_t off = NLMSG_SPACE(sizeof(struct ifinfomsg));
	const struct ifinfomsg *head = NLMSG_DATA(m);
	const struct rtattr *a;

	if (m->nlmsg_type != RTM_NEWLINK || m->nlmsg_len < NLMSG_LENGTH(sizeof(*head)))
		return false;
	/* a bridge tells of its ports in messages of its own family */
	if (head->ifi_family != AF_UNSPEC)
		return false;
	i.index = head->ifi_index;
	i.flags = head->ifi_flags;
	i.hardware = head->ifi_type;
	while ((a = netlink_next_attr(m, &off)))
		take_attr(a, &i);
	*ret = i;
	return i.name[0] != '\0';
}

static bool is_ethernet(const struct link_info *i)
{
	return i->hardware == ARPHRD_ETHER && i->has_mac &&
	       !(i->flags & (IFF_LOOPBACK | IFF_NOARP));
}

bool link_matches(const struct link_want *w, const struct link_info *i)
{
	switch (w->by) {
	case LINK_BY_NAME:
		return !strcmp(w->name, i->name);
	case LINK_BY_MAC:
		/* a bond, a VLAN or a bridge wears its port's */
		if (i->virtual)
			return false;
		return (i->has_mac && !memcmp(w->mac, i->mac, 6)) ||
		       (i->has_permanent && !memcmp(w->mac, i->permanent, 6));
	default:
		return is_ethernet(i) && !i->virtual;
	}
}

static int ask_for_dump(struct link *l)
{
	struct ifinfomsg all = { .ifi_family = AF_UNSPEC };
	struct netlink_msg m;

	netlink_begin(&m, RTM_GETLINK, NLM_F_DUMP, &all, sizeof(all));
	l->dump_wanted = false;
	return netlink_send(l->events, &m);
}

/* Fills the buffer with the next datagram. 0, -ETIMEDOUT at the deadline, or -errno. */
static int receive(struct link *l, uint64_t deadline_ms)
{
	for (;;) {
		int left = deadline_left_ms(deadline_ms);
		struct pollfd p = { .fd = l->events, .events = POLLIN };
		int r = l->dump_wanted ? ask_for_dump(l) : 0;
		ssize_t n;

		if (r < 0)
			return r;
		if (poll(&p, 1, left) < 0 && errno != EINTR)
			return -errno;
		n = recv(l->events, l->buf, sizeof(l->buf), MSG_DONTWAIT);
		if (n >= 0) {
			l->len = (size_t)n;
			l->off = 0;
			return 0;
		}
		/* more events than the socket holds: some are lost, so ask for the whole state */
		l->dump_wanted = errno == ENOBUFS;
		if (errno != ENOBUFS && errno != EAGAIN && errno != EINTR)
			return -errno;
		if (!left)
			return -ETIMEDOUT;
	}
}

/* The next thing the kernel tells of an interface. */
static int next_info(struct link *l, uint64_t deadline_ms, struct link_info *ret)
{
	for (;;) {
		const struct nlmsghdr *m;
		int r;

		while ((m = netlink_next(l->buf, l->len, &l->off))) {
			if (link_parse(m, ret))
				return 0;
		}
		/* an endless stream of events must not outlive the deadline */
		if (l->len && !deadline_left_ms(deadline_ms))
			return -ETIMEDOUT;
		r = receive(l, deadline_ms);
		if (r < 0)
			return r;
	}
}

/* ---- what we tell the kernel ---- */

static int set_flags(struct link *l, int index, unsigned flags)
{
	struct ifinfomsg head = { .ifi_index = index, .ifi_flags = flags, .ifi_change = IFF_UP };
	struct netlink_msg m;

	netlink_begin(&m, RTM_NEWLINK, 0, &head, sizeof(head));
	return netlink_talk(l->requests, &m);
}

int link_set_up(struct link *l, int index, bool up)
{
	return set_flags(l, index, up ? IFF_UP : 0);
}

int link_up_loopback(struct link *l)
{
	struct ifinfomsg up = { .ifi_flags = IFF_UP, .ifi_change = IFF_UP };
	struct netlink_msg m;

	netlink_begin(&m, RTM_NEWLINK, 0, &up, sizeof(up));
	netlink_put(&m, IFLA_IFNAME, "lo", sizeof("lo"));
	return netlink_talk(l->requests, &m);
}

static void note_seen(struct link *l, const struct link_info *i)
{
	size_t used = strlen(l->seen);
	char one[48];

	if (!is_ethernet(i))
		return;
	snprintf(one, sizeof(one), "%s %02x:%02x:%02x:%02x:%02x:%02x", i->name, i->mac[0],
		 i->mac[1], i->mac[2], i->mac[3], i->mac[4], i->mac[5]);
	if (strstr(l->seen, one) || used + strlen(one) + 3 > sizeof(l->seen))
		return;
	snprintf(l->seen + used, sizeof(l->seen) - used, "%s%s", used ? ", " : "", one);
}

/* What was told before may not be true any more: the kernel tells all of it again. */
static void tell_anew(struct link *l)
{
	l->len = l->off = 0;
	l->dump_wanted = true;
}

int link_bring_up(struct link *l, const struct link_want *w, uint64_t deadline_ms,
		  struct link_info *ret)
{
	struct link_info i;
	int missing = -ENODEV; /* what the deadline means by then */

	tell_anew(l);
	for (;;) {
		int r = next_info(l, deadline_ms, &i);

		if (r < 0)
			return r == -ETIMEDOUT ? missing : r;
		note_seen(l, &i);
		if (!link_matches(w, &i))
			continue;
		*ret = i;
		missing = -ENETDOWN;
		if ((i.flags & READY) == READY)
			return 0;
		r = i.flags & IFF_UP ? 0 : link_set_up(l, i.index, true);
		/* an interface that went away again, or one of several, is not the last word */
		if (r < 0 && r != -ENODEV && w->by != LINK_AUTO)
			return r;
	}
}

int link_find(struct link *l, const struct link_want *w, uint64_t deadline_ms,
	      struct link_info *ret)
{
	struct link_info i;
	int r;

	tell_anew(l);
	while (!(r = next_info(l, deadline_ms, &i))) {
		note_seen(l, &i);
		if (!link_matches(w, &i))
			continue;
		*ret = i;
		return 0;
	}
	return r == -ETIMEDOUT ? -ENODEV : r;
}

int link_set_mtu(struct link *l, int index, uint32_t mtu)
{
	struct ifinfomsg which = { .ifi_index = index };
	struct netlink_msg m;

	netlink_begin(&m, RTM_NEWLINK, 0, &which, sizeof(which));
	netlink_put(&m, IFLA_MTU, &mtu, sizeof(mtu));
	return netlink_talk(l->requests, &m);
}

int link_add_address(struct link *l, int index, const struct ip *a)
{
	struct ifaddrmsg head = {
		.ifa_family = a->family,
		.ifa_prefixlen = a->prefix,
		/* IPv6 would wait a second for somebody to object */
		.ifa_flags = a->family == AF_INET6 ? IFA_F_NODAD : 0,
		.ifa_index = (unsigned)index,
	};
	struct netlink_msg m;

	netlink_begin(&m, RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, &head, sizeof(head));
	netlink_put(&m, IFA_LOCAL, a->bytes, ip_size(a));
	netlink_put(&m, IFA_ADDRESS, a->bytes, ip_size(a));
	return netlink_talk(l->requests, &m);
}

int link_add_route(struct link *l, int index, const struct ip *dst, const struct ip *gateway,
		   bool onlink)
{
	bool direct = !ip_size(gateway) || ip_is_zero(gateway);
	struct rtmsg head = {
		.rtm_family = dst->family,
		.rtm_dst_len = dst->prefix,
		.rtm_table = RT_TABLE_MAIN,
		.rtm_protocol = RTPROT_BOOT,
		.rtm_scope = direct ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE,
		.rtm_type = RTN_UNICAST,
		.rtm_flags = onlink && !direct ? RTNH_F_ONLINK : 0,
	};
	struct netlink_msg m;
	int32_t oif = index;

	netlink_begin(&m, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, &head, sizeof(head));
	if (dst->prefix)
		netlink_put(&m, RTA_DST, dst->bytes, ip_size(dst));
	if (!direct)
		netlink_put(&m, RTA_GATEWAY, gateway->bytes, ip_size(gateway));
	netlink_put(&m, RTA_OIF, &oif, sizeof(oif));
	return netlink_talk(l->requests, &m);
}
