/* SPDX-License-Identifier: MIT */
/*
 * The network's story: lo, the interface, its carrier, addresses from wherever they come, routes,
 * name servers.
 */
#include "net/link/net.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/io.h"
#include "net/deadline.h"
#include "net/link/dhcp.h"
#include "net/link/dhcp6.h"
#include "net/link/ipv6.h"
#include "net/link/link.h"
#include "net/link/stack.h"

/* What the steps work on. */
struct up {
	struct link link;
	struct link_info iface;
	int ipv6; /* net/link/ipv6.h's socket */
	uint64_t deadline_ms;
	struct ip dns[CONF_NET_DNS];
	unsigned n_dns, n_addresses;
	struct net_state *s;
};

static int __attribute__((format(printf, 3, 4)))
fail(struct net_state *s, int r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(s->why, sizeof(s->why), fmt, ap);
	va_end(ap);
	return r;
}

/* ---------------------------------------------------------------- what is set up */

static void add_dns(struct up *u, const struct ip *server)
{
	for (unsigned i = 0; i < u->n_dns; i++) {
		if (!memcmp(&u->dns[i], server, sizeof(*server)))
			return;
	}
	if (u->n_dns < CONF_NET_DNS)
		u->dns[u->n_dns++] = *server;
}

static void note_address(struct up *u, const struct ip *a)
{
	char text[IP_TEXT_BYTES];
	size_t n = strlen(u->s->address);

	ip_format(a, true, text);
	if (n + strlen(text) + 2 < sizeof(u->s->address))
		snprintf(u->s->address + n, sizeof(u->s->address) - n, "%s%s", n ? " " : "", text);
	u->n_addresses++;
}

static int add_address(struct up *u, const struct ip *a)
{
	char text[IP_TEXT_BYTES];
	int r = link_add_address(&u->link, u->iface.index, a);

	if (r) {
		ip_format(a, true, text);
		return fail(u->s, r, "%s: address %s: %s", u->iface.name, text, strerror(-r));
	}
	note_address(u, a);
	return 0;
}

/* inside: gateway is a neighbour by this address. */
static int add_route(struct up *u, const struct ip *dst, const struct ip *gateway, bool inside)
{
	int r = link_add_route(&u->link, u->iface.index, dst, gateway, !inside);
	char to[IP_TEXT_BYTES], via[IP_TEXT_BYTES];

	ip_format(gateway, false, via);
	if (r) {
		ip_format(dst, true, to);
		return fail(u->s, r, "%s: route to %s by %s: %s", u->iface.name, to, via,
			    strerror(-r));
	}
	if (!dst->prefix && !u->s->gateway[0])
		snprintf(u->s->gateway, sizeof(u->s->gateway), "%s", via);
	return 0;
}

/* The network is up without a route that the kernel does not take; the others may be what counts. */
static void try_route(struct up *u, const struct ip *dst, const struct ip *gateway, bool inside)
{
	if (add_route(u, dst, gateway, inside) && !u->s->note[0])
		snprintf(u->s->note, sizeof(u->s->note), "%s", u->s->why);
	u->s->why[0] = '\0';
}

/* ---------------------------------------------------------------- from the config */

/* A link-local gateway is a neighbour without an address that says so. */
static bool is_inside(const struct conf_net *net, const struct ip *gateway)
{
	struct ip a;

	if (gateway->family == AF_INET6 && gateway->bytes[0] == 0xfe && gateway->bytes[1] >> 6 == 2)
		return true;
	for (unsigned i = 0; i < net->n_addresses; i++) {
		if (!ip_parse(net->addresses[i], true, &a) && ip_contains(&a, gateway))
			return true;
	}
	return false;
}

static int parse_route(const struct conf_route *route, struct ip *to, struct ip *via)
{
	*to = *via = (struct ip){ 0 };
	if (route->via && ip_parse(route->via, false, via))
		return -EINVAL;
	if (route->to)
		return ip_parse(route->to, true, to) || (via->family && via->family != to->family)
			       ? -EINVAL
			       : 0;
	/* zero bytes, prefix 0: the default route */
	to->family = via->family;
	return to->family ? 0 : -EINVAL;
}

/* A bad address is told at once, not after the wait for a carrier. */
static int check_config(const struct conf_net *net, struct net_state *s)
{
	struct ip a, b;

	for (unsigned i = 0; i < net->n_addresses; i++) {
		if (ip_parse(net->addresses[i], true, &a))
			return fail(s, -EINVAL, "%s: not an address with a prefix length",
				    net->addresses[i]);
	}
	for (unsigned i = 0; i < net->n_routes; i++) {
		const struct conf_route *r = &net->routes[i];

		if (parse_route(r, &a, &b))
			return fail(s, -EINVAL, "route %s via %s: not addresses of one family",
				    r->to ? r->to : "default", r->via ? r->via : "-");
	}
	for (unsigned i = 0; i < net->n_dns; i++) {
		if (ip_parse(net->dns[i], false, &a))
			return fail(s, -EINVAL, "dns %s: not an address", net->dns[i]);
	}
	return 0;
}

static int apply_addresses(struct up *u, const struct conf_net *net)
{
	struct ip a;
	int r = 0;

	for (unsigned i = 0; i < net->n_addresses && !r; i++) {
		ip_parse(net->addresses[i], true, &a);
		r = add_address(u, &a);
	}
	return r;
}

/* Those that a gateway is reached by first: the kernel takes no route by one that it cannot reach. */
static void apply_routes(struct up *u, const struct conf_net *net)
{
	struct ip to, via;

	for (unsigned pass = 0; pass < 2; pass++) {
		for (unsigned i = 0; i < net->n_routes; i++) {
			if (!!net->routes[i].via != pass)
				continue;
			parse_route(&net->routes[i], &to, &via);
			try_route(u, &to, &via, is_inside(net, &via));
		}
	}
	for (unsigned i = 0; i < net->n_dns; i++) {
		ip_parse(net->dns[i], false, &to);
		add_dns(u, &to);
	}
}

/* ---------------------------------------------------------------- from the network */

static int need_mac(struct up *u, const char *for_what)
{
	return u->iface.has_mac ? 0
				: fail(u->s, -ENODEV, "%s: not an Ethernet interface, so no %s",
				       u->iface.name, for_what);
}

static int apply_lease(struct up *u, const struct dhcp_reply *lease)
{
	struct ip address = ip_from_v4(lease->address, lease->prefix), dst, gateway;
	int r;

	/* a driver that refuses the MTU may still do with its own */
	if (lease->mtu)
		link_set_mtu(&u->link, u->iface.index, lease->mtu);
	r = add_address(u, &address);
	for (unsigned i = 0; i < lease->n_routes && !r; i++) {
		dst = ip_from_v4(lease->routes[i].dst, lease->routes[i].prefix);
		gateway = ip_from_v4(lease->routes[i].gateway, 32);
		try_route(u, &dst, &gateway, ip_contains(&address, &gateway));
	}
	for (unsigned i = 0; i < lease->n_dns; i++) {
		struct ip server = ip_from_v4(lease->dns[i], 32);

		add_dns(u, &server);
	}
	return r;
}

static int ask_dhcp(struct up *u, uint64_t deadline_ms)
{
	struct dhcp_reply lease;
	struct dhcp_counts n;
	int r = need_mac(u, "DHCP");

	if (r)
		return r;
	r = dhcp_run(u->iface.index, u->iface.mac, deadline_ms, &lease, &n);
	if (r == -ETIMEDOUT)
		return fail(u->s, r,
			    "%s: no DHCP lease (%u requests sent; %u offers, %u refusals, "
			    "%u broken answers)",
			    u->iface.name, n.sent, n.offers, n.naks, n.bad);
	if (r)
		return fail(u->s, r, "%s: DHCP: %s", u->iface.name, strerror(-r));
	return apply_lease(u, &lease);
}

/* The addresses that the kernel makes by itself. */
static int await_ipv6(struct up *u, bool global, uint64_t deadline_ms, struct ip *ret)
{
	int r = ipv6_wait(u->ipv6, u->iface.index, global, deadline_ms, ret, u->dns, CONF_NET_DNS,
			  &u->n_dns);

	if (r == -ETIMEDOUT)
		return fail(u->s, r,
			    global ? "%s: no router announces an IPv6 address"
				   : "%s: no link-local IPv6 address",
			    u->iface.name);
	if (r == -EADDRINUSE)
		return fail(u->s, r, "%s: another machine has its IPv6 address", u->iface.name);
	return r ? fail(u->s, r, "%s: IPv6: %s", u->iface.name, strerror(-r)) : 0;
}

static int ask_dhcp6(struct up *u, bool stateless, uint64_t deadline_ms)
{
	struct dhcp6_reply reply;
	struct dhcp6_counts n;
	struct ip own;
	int r = need_mac(u, "DHCPv6");

	r = r ? r : await_ipv6(u, false, deadline_ms, &own);
	if (r)
		return r;
	r = dhcp6_run(u->iface.index, u->iface.mac, stateless, deadline_ms, &reply, &n);
	if (r == -ETIMEDOUT)
		return fail(u->s, r,
			    "%s: no DHCPv6 lease (%u requests sent; %u offers, %u refusals, "
			    "%u broken answers)",
			    u->iface.name, n.sent, n.offers, n.refusals, n.bad);
	if (r)
		return fail(u->s, r, "%s: DHCPv6: %s", u->iface.name, strerror(-r));
	for (unsigned i = 0; i < reply.n_dns; i++)
		add_dns(u, &reply.dns[i]);
	return stateless ? 0 : add_address(u, &reply.address);
}

static int ask_stateful(struct up *u, uint64_t deadline_ms)
{
	return ask_dhcp6(u, false, deadline_ms);
}

/* Name servers may come from the router, or from a server that has no addresses. */
static int ask_routers(struct up *u, uint64_t deadline_ms)
{
	enum { DNS_WAIT_MS = 3000 };
	struct net_state said = *u->s;
	uint64_t soon = deadline_in_ms(DNS_WAIT_MS);
	struct ip own;
	int r = await_ipv6(u, true, deadline_ms, &own);

	if (r)
		return r;
	note_address(u, &own);
	if (!u->n_dns && ask_dhcp6(u, true, soon < deadline_ms ? soon : deadline_ms))
		memcpy(u->s->why, said.why, sizeof(said.why));
	return 0;
}

/* Those that answer fast come first, so that one that is silent leaves them their time. */
static int ask_sources(struct up *u, const struct conf_net *net)
{
	const struct {
		bool wanted;
		int (*ask)(struct up *u, uint64_t deadline_ms);
	} sources[] = {
		{ net->slaac, ask_routers },
		{ net->dhcp6, ask_stateful },
		{ net->dhcp, ask_dhcp },
	};
	unsigned left = net->slaac + net->dhcp6 + net->dhcp;
	char why[sizeof(u->s->why)] = "";
	int first = 0;

	for (size_t i = 0; i < ARRAY_LEN(sources); i++) {
		uint64_t share;
		int r;

		if (!sources[i].wanted)
			continue;
		share = (uint64_t)deadline_left_ms(u->deadline_ms) / left--;
		r = sources[i].ask(u, deadline_in_ms(share));
		if (r && !first)
			memcpy(why, u->s->why, sizeof(why));
		first = first ? first : r;
	}
	if (!u->s->note[0])
		memcpy(u->s->note, why, sizeof(why));
	if (u->n_addresses)
		return 0;
	memcpy(u->s->why, why, sizeof(why));
	return first;
}

/* ---------------------------------------------------------------- the story */

/* attempts: musl asks so many times within the time-out, which is for the whole question. */
static int write_resolv_conf(const struct up *u, const char *path)
{
	char text[CONF_NET_DNS * (IP_TEXT_BYTES + 16) + 64] = "", one[IP_TEXT_BYTES];
	_close_ int fd = -1;
	size_t len = 0;
	int r;

	if (!u->n_dns)
		return 0;
	for (unsigned n = 0; n < u->n_dns; n++) {
		ip_format(&u->dns[n], false, one);
		len += (size_t)snprintf(text + len, sizeof(text) - len, "nameserver %s\n", one);
	}
	len += (size_t)snprintf(text + len, sizeof(text) - len, "options timeout:5 attempts:3\n");
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	r = fd < 0 ? -errno : io_write(fd, text, len);
	if (r < 0)
		return fail(u->s, r, "%s: %s", path, strerror(-r));
	ip_format(&u->dns[0], false, u->s->dns);
	return 0;
}

static int open_sockets(struct up *u)
{
	int r = link_open(&u->link);

	r = r ? r : link_up_loopback(&u->link);
	/* before the interface is up, so that no announcement is missed; a kernel may have no IPv6 */
	if (!r && ipv6_open(&u->ipv6))
		u->ipv6 = -1;
	return r ? fail(u->s, r, "rtnetlink: %s", strerror(-r)) : 0;
}

static int bring_up(struct up *u, const struct conf *conf, const struct conf_net *net,
		    unsigned timeout_s)
{
	const struct conf_link *made = conf_link_find(conf, net->iface);
	struct link_want want;
	int r;

	if (link_want_parse(net->iface, &want) < 0)
		return fail(u->s, -EINVAL, "%s: not an interface's name", net->iface);
	r = made ? stack_make(&u->link, conf, made, u->deadline_ms, u->s->why) : 0;
	if (r)
		return r;
	r = link_bring_up(&u->link, &want, u->deadline_ms, &u->iface);
	if (r == -ENODEV)
		return fail(u->s, r, "%s: no such interface within %u s (there is: %s)", net->iface,
			    timeout_s, u->link.seen[0] ? u->link.seen : "none");
	snprintf(u->s->ifname, sizeof(u->s->ifname), "%s", u->iface.name);
	if (r == -ENETDOWN)
		return fail(u->s, r, "%s: no carrier within %u s", u->iface.name, timeout_s);
	if (r)
		return fail(u->s, r, "%s: cannot be set up: %s", u->iface.name, strerror(-r));
	if (net->mtu)
		link_set_mtu(&u->link, u->iface.index, net->mtu);
	return 0;
}

static void close_sockets(struct up *u)
{
	link_close(&u->link);
	if (u->ipv6 >= 0)
		close(u->ipv6);
}

int net_up(const struct conf *conf, const struct conf_net *net, unsigned timeout_s,
	   const char *resolv_conf, struct net_state *ret)
{
	_cleanup_(close_sockets) struct up u = { .link = { .requests = -1, .events = -1 },
						 .ipv6 = -1,
						 .deadline_ms = deadline_in_ms(timeout_s * 1000ull),
						 .s = ret };
	int r;

	memset(ret, 0, sizeof(*ret));
	r = check_config(net, ret);
	r = r ? r : open_sockets(&u);
	r = r ? r : bring_up(&u, conf, net, timeout_s);
	r = r ? r : apply_addresses(&u, net);
	if (!r)
		apply_routes(&u, net);
	r = r ? r : ask_sources(&u, net);
	if (!r && resolv_conf)
		r = write_resolv_conf(&u, resolv_conf);
	return r;
}
