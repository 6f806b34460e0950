/* SPDX-License-Identifier: MIT */
#include "mkinitrd/host/netstate.h"

#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/bytes.h"
#include "lib/cleanup.h"

/* The attribute of this type among those nested in another; NULL: none. */
static const struct rtattr *nested(const struct rtattr *in, unsigned type)
{
	size_t len = RTA_PAYLOAD(in);

	for (size_t off = 0; bytes_inside(off, sizeof(struct rtattr), len);) {
		const struct rtattr *a = (const struct rtattr *)((const char *)RTA_DATA(in) + off);

		if (a->rta_len < sizeof(*a) || !bytes_inside(off, a->rta_len, len))
			return NULL;
		if ((a->rta_type & NLA_TYPE_MASK) == type)
			return a;
		off += RTA_ALIGN(a->rta_len);
	}
	return NULL;
}

static uint32_t number(const struct rtattr *a)
{
	uint32_t v = 0;

	memcpy(&v, RTA_DATA(a), RTA_PAYLOAD(a) < sizeof(v) ? RTA_PAYLOAD(a) : sizeof(v));
	return v;
}

static void take_text(const struct rtattr *a, char *ret, size_t size)
{
	snprintf(ret, size, "%.*s", (int)RTA_PAYLOAD(a), (const char *)RTA_DATA(a));
}

static bool take_mac(const struct rtattr *a, uint8_t mac[6])
{
	if (RTA_PAYLOAD(a) != 6)
		return false;
	memcpy(mac, RTA_DATA(a), 6);
	return true;
}

static void take_kind(const struct rtattr *info, struct netstate_link *l)
{
	const struct rtattr *kind = nested(info, IFLA_INFO_KIND);
	const struct rtattr *data = nested(info, IFLA_INFO_DATA), *a;

	if (kind)
		take_text(kind, l->kind, sizeof(l->kind));
	if (!data || strcmp(l->kind, "vlan"))
		return;
	a = nested(data, IFLA_VLAN_ID);
	l->vlan_id = a ? number(a) : 0;
	a = nested(data, IFLA_VLAN_PROTOCOL);
	l->vlan_protocol = a ? ntohs((uint16_t)number(a)) : ETH_P_8021Q;
}

static void take_link(struct netstate *s, const struct nlmsghdr *m)
{
	const struct ifinfomsg *head = NLMSG_DATA(m);
	size_t off = NLMSG_SPACE(sizeof(*head));
	struct netstate_link l = { .index = head->ifi_index,
				   .flags = head->ifi_flags,
				   .hardware = head->ifi_type };
	const struct rtattr *a;

	if (m->nlmsg_len < NLMSG_LENGTH(sizeof(*head)) || head->ifi_family != AF_UNSPEC ||
	    s->n_links == NETSTATE_LINKS)
		return;
	while ((a = netlink_next_attr(m, &off))) {
		switch (a->rta_type & NLA_TYPE_MASK) {
		case IFLA_IFNAME:
			take_text(a, l.name, sizeof(l.name));
			break;
		case IFLA_LINK:
			l.lower = (int)number(a) == l.index ? 0 : (int)number(a);
			break;
		case IFLA_MASTER:
			l.master = (int)number(a);
			break;
		case IFLA_MTU:
			l.mtu = number(a);
			break;
		case IFLA_ADDRESS:
			l.has_mac = take_mac(a, l.mac);
			break;
		case IFLA_PERM_ADDRESS:
			l.has_permanent = take_mac(a, l.permanent);
			break;
		case IFLA_LINKINFO:
			take_kind(a, &l);
			break;
		}
	}
	s->links[s->n_links++] = l;
}

static void take_ip(const struct rtattr *a, uint8_t family, uint8_t prefix, struct ip *ret)
{
	struct ip ip = { .family = family, .prefix = prefix };

	if (RTA_PAYLOAD(a) != ip_size(&ip))
		return;
	memcpy(ip.bytes, RTA_DATA(a), RTA_PAYLOAD(a));
	*ret = ip;
}

static void take_address(struct netstate *s, const struct nlmsghdr *m)
{
	const struct ifaddrmsg *head = NLMSG_DATA(m);
	size_t off = NLMSG_SPACE(sizeof(*head));
	struct netstate_address to = { .index = (int)head->ifa_index };
	uint32_t flags = head->ifa_flags;
	bool local = false;
	const struct rtattr *a;

	if (m->nlmsg_len < NLMSG_LENGTH(sizeof(*head)) || head->ifa_scope >= RT_SCOPE_LINK ||
	    s->n_addresses == NETSTATE_ADDRESSES)
		return;
	while ((a = netlink_next_attr(m, &off))) {
		if (a->rta_type == IFA_FLAGS && RTA_PAYLOAD(a) >= 4)
			flags = number(a);
		/* on a link of two ends IFA_ADDRESS is the other one */
		if (a->rta_type == IFA_LOCAL || (a->rta_type == IFA_ADDRESS && !local))
			take_ip(a, head->ifa_family, head->ifa_prefixlen, &to.address);
		local |= a->rta_type == IFA_LOCAL;
	}
	if (flags & (IFA_F_SECONDARY | IFA_F_DEPRECATED | IFA_F_DADFAILED) &&
	    head->ifa_family == AF_INET6)
		return;
	to.lasts = flags & IFA_F_PERMANENT;
	/* DHCPv6's are /128; NetworkManager and systemd-networkd read announcements themselves */
	to.announced = !to.lasts && head->ifa_family == AF_INET6 && head->ifa_prefixlen < 128;
	if (to.address.family)
		s->addresses[s->n_addresses++] = to;
}

static void take_route(struct netstate *s, const struct nlmsghdr *m)
{
	const struct rtmsg *head = NLMSG_DATA(m);
	size_t off = NLMSG_SPACE(sizeof(*head));
	struct netstate_route r = { .to = { .family = head->rtm_family } };
	uint32_t table = head->rtm_table;
	const struct rtattr *a;

	if (m->nlmsg_len < NLMSG_LENGTH(sizeof(*head)) || head->rtm_type != RTN_UNICAST ||
	    head->rtm_flags & RTM_F_CLONED || s->n_routes == NETSTATE_ROUTES)
		return;
	r.announced = head->rtm_protocol == RTPROT_RA;
	r.by_kernel = head->rtm_protocol == RTPROT_KERNEL;
	while ((a = netlink_next_attr(m, &off))) {
		switch (a->rta_type & NLA_TYPE_MASK) {
		case RTA_TABLE:
			table = number(a);
			break;
		case RTA_OIF:
			r.index = (int)number(a);
			break;
		case RTA_PRIORITY:
			r.metric = number(a);
			break;
		case RTA_DST:
			take_ip(a, head->rtm_family, head->rtm_dst_len, &r.to);
			break;
		case RTA_GATEWAY:
			take_ip(a, head->rtm_family, head->rtm_family == AF_INET ? 32 : 128,
				&r.via);
			break;
		}
	}
	/* one with several ways has no interface of its own: the first address decides otherwise */
	if (table == RT_TABLE_MAIN && r.index)
		s->routes[s->n_routes++] = r;
}

void netstate_take(struct netstate *s, const struct nlmsghdr *m)
{
	switch (m->nlmsg_type) {
	case RTM_NEWLINK:
		take_link(s, m);
		break;
	case RTM_NEWADDR:
		take_address(s, m);
		break;
	case RTM_NEWROUTE:
		take_route(s, m);
		break;
	}
}

static void take(void *ctx, const struct nlmsghdr *m)
{
	netstate_take(ctx, m);
}

int netstate_read(struct netstate *ret)
{
	static const struct ifinfomsg links = { .ifi_family = AF_UNSPEC };
	static const struct ifaddrmsg addresses = { .ifa_family = AF_UNSPEC };
	static const struct rtmsg routes = { .rtm_family = AF_UNSPEC };
	_close_ int fd = -1;
	struct netlink_msg m;
	int r = netlink_open(0, &fd);

	memset(ret, 0, sizeof(*ret));
	if (r)
		return r;
	netlink_begin(&m, RTM_GETLINK, 0, &links, sizeof(links));
	r = netlink_dump(fd, &m, take, ret);
	netlink_begin(&m, RTM_GETADDR, 0, &addresses, sizeof(addresses));
	r = r ? r : netlink_dump(fd, &m, take, ret);
	netlink_begin(&m, RTM_GETROUTE, 0, &routes, sizeof(routes));
	return r ? r : netlink_dump(fd, &m, take, ret);
}

const struct netstate_route *netstate_route_to(const struct netstate *s, const struct ip *to)
{
	const struct netstate_route *best = NULL;

	for (unsigned i = 0; i < s->n_routes; i++) {
		const struct netstate_route *r = &s->routes[i];

		if (!ip_contains(&r->to, to))
			continue;
		if (!best || r->to.prefix > best->to.prefix ||
		    (r->to.prefix == best->to.prefix && r->metric < best->metric))
			best = r;
	}
	return best;
}

const struct netstate_link *netstate_by_index(const struct netstate *s, int index)
{
	for (unsigned i = 0; i < s->n_links; i++) {
		if (s->links[i].index == index)
			return &s->links[i];
	}
	return NULL;
}

const struct netstate_link *netstate_by_name(const struct netstate *s, const char *name)
{
	for (unsigned i = 0; i < s->n_links; i++) {
		if (!strcmp(s->links[i].name, name))
			return &s->links[i];
	}
	return NULL;
}
