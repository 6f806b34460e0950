/* SPDX-License-Identifier: MIT */
/*
 * The network's story: lo, the interface, its carrier, an address, routes, name servers.
 */
#include "net/link/net.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/cleanup.h"
#include "lib/io.h"
#include "net/deadline.h"
#include "net/link/dhcp.h"
#include "net/link/link.h"

/* What is to be set up, wherever it came from. */
struct setup {
	struct ip address;
	uint32_t mtu; /* 0: leave it */
	unsigned n_routes, n_dns;
	struct {
		struct ip dst, gateway;
	} routes[DHCP_MAX_ROUTES];
	struct ip dns[DHCP_MAX_DNS];
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

static int from_config(const struct conf_net *conf, struct setup *ret, struct net_state *s)
{
	struct ip *gateway = &ret->routes[0].gateway;

	if (ip_parse(conf->address, true, &ret->address) < 0)
		return fail(s, -EINVAL, "%s: not an address with a prefix length", conf->address);
	if (conf->gateway) {
		if (ip_parse(conf->gateway, false, gateway) < 0 ||
		    gateway->family != ret->address.family)
			return fail(s, -EINVAL, "gateway %s: not an address like %s", conf->gateway,
				    conf->address);
		/* zero bytes, prefix 0: the default route */
		ret->routes[0].dst.family = gateway->family;
		ret->n_routes = 1;
	}
	if (conf->dns) {
		if (ip_parse(conf->dns, false, &ret->dns[0]) < 0)
			return fail(s, -EINVAL, "dns %s: not an address", conf->dns);
		ret->n_dns = 1;
	}
	return 0;
}

static void from_lease(const struct dhcp_reply *lease, struct setup *ret)
{
	ret->address = ip_from_v4(lease->address, lease->prefix);
	ret->mtu = lease->mtu;
	ret->n_routes = lease->n_routes;
	for (unsigned i = 0; i < lease->n_routes; i++) {
		ret->routes[i].dst = ip_from_v4(lease->routes[i].dst, lease->routes[i].prefix);
		ret->routes[i].gateway = ip_from_v4(lease->routes[i].gateway, 32);
	}
	ret->n_dns = lease->n_dns;
	for (unsigned i = 0; i < lease->n_dns; i++)
		ret->dns[i] = ip_from_v4(lease->dns[i], 32);
}

static int ask_dhcp(const struct link_info *i, uint64_t deadline_ms, struct setup *ret,
		    struct net_state *s)
{
	struct dhcp_reply lease;
	struct dhcp_counts n;
	int r;

	if (!i->has_mac)
		return fail(s, -ENODEV, "%s: not an Ethernet interface, so no DHCP", i->name);
	r = dhcp_run(i->index, i->mac, deadline_ms, &lease, &n);
	if (r == -ETIMEDOUT)
		return fail(s, r,
			    "%s: no DHCP lease (%u requests sent; %u offers, %u refusals, "
			    "%u broken answers)",
			    i->name, n.sent, n.offers, n.naks, n.bad);
	if (r < 0)
		return fail(s, r, "%s: DHCP: %s", i->name, strerror(-r));
	from_lease(&lease, ret);
	return 0;
}

static int apply_route(struct link *l, const struct link_info *i, const struct setup *set,
		       unsigned n, struct net_state *s)
{
	const struct ip *dst = &set->routes[n].dst, *gateway = &set->routes[n].gateway;
	bool inside = ip_contains(&set->address, gateway);
	int r = link_add_route(l, i->index, dst, gateway, !inside);
	char to[IP_TEXT_BYTES], via[IP_TEXT_BYTES];

	ip_format(gateway, false, via);
	if (r < 0) {
		ip_format(dst, true, to);
		return fail(s, r, "%s: route to %s by %s: %s", i->name, to, via, strerror(-r));
	}
	if (!dst->prefix)
		snprintf(s->gateway, sizeof(s->gateway), "%s", via);
	return 0;
}

static int apply(struct link *l, const struct link_info *i, const struct setup *set,
		 struct net_state *s)
{
	int r;

	ip_format(&set->address, true, s->address);
	/* a driver that refuses the MTU may still do with its own */
	if (set->mtu)
		link_set_mtu(l, i->index, set->mtu);
	r = link_add_address(l, i->index, &set->address);
	if (r < 0)
		return fail(s, r, "%s: address %s: %s", i->name, s->address, strerror(-r));
	for (unsigned n = 0; n < set->n_routes; n++) {
		r = apply_route(l, i, set, n, s);
		if (r < 0)
			return r;
	}
	return 0;
}

/* attempts: musl asks so many times within the time-out, which is for the whole question. */
static int write_resolv_conf(const char *path, const struct setup *set, struct net_state *s)
{
	char text[DHCP_MAX_DNS * (IP_TEXT_BYTES + 16) + 64] = "", one[IP_TEXT_BYTES];
	_close_ int fd = -1;
	size_t len = 0;
	int r;

	if (!set->n_dns)
		return 0;
	for (unsigned n = 0; n < set->n_dns; n++) {
		ip_format(&set->dns[n], false, one);
		len += (size_t)snprintf(text + len, sizeof(text) - len, "nameserver %s\n", one);
	}
	len += (size_t)snprintf(text + len, sizeof(text) - len, "options timeout:5 attempts:3\n");
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	r = fd < 0 ? -errno : io_write(fd, text, len);
	if (r < 0)
		return fail(s, r, "%s: %s", path, strerror(-r));
	ip_format(&set->dns[0], false, s->dns);
	return 0;
}

static int bring_up(struct link *l, const struct conf_net *conf, unsigned timeout_s,
		    uint64_t deadline_ms, struct link_info *ret, struct net_state *s)
{
	struct link_want want;
	int r;

	if (link_want_parse(conf->iface, &want) < 0)
		return fail(s, -EINVAL, "%s: not an interface's name", conf->iface);
	r = link_open(l);
	if (!r)
		r = link_up_loopback(l);
	if (r < 0)
		return fail(s, r, "rtnetlink: %s", strerror(-r));
	r = link_bring_up(l, &want, deadline_ms, ret);
	if (r == -ENODEV)
		return fail(s, r, "%s: no such interface within %u s (there is: %s)", conf->iface,
			    timeout_s, l->seen[0] ? l->seen : "none");
	snprintf(s->ifname, sizeof(s->ifname), "%s", ret->name);
	if (r == -ENETDOWN)
		return fail(s, r, "%s: no carrier within %u s", ret->name, timeout_s);
	if (r < 0)
		return fail(s, r, "%s: cannot be set up: %s", ret->name, strerror(-r));
	return 0;
}

int net_up(const struct conf_net *conf, unsigned timeout_s, const char *resolv_conf,
	   struct net_state *ret)
{
	uint64_t deadline_ms = deadline_in_ms((uint64_t)timeout_s * 1000);
	_cleanup_(link_close) struct link link = { .requests = -1, .events = -1 };
	struct setup set = { 0 };
	struct link_info info;
	int r;

	memset(ret, 0, sizeof(*ret));
	if (conf->mode == CONF_NET_NONE)
		return fail(ret, -EINVAL, "no net directive in the config");
	/* a bad address is told at once, not after the wait for a carrier */
	if (conf->mode == CONF_NET_STATIC) {
		r = from_config(conf, &set, ret);
		if (r < 0)
			return r;
	}
	r = bring_up(&link, conf, timeout_s, deadline_ms, &info, ret);
	if (!r && conf->mode == CONF_NET_DHCP)
		r = ask_dhcp(&info, deadline_ms, &set, ret);
	if (!r)
		r = apply(&link, &info, &set, ret);
	if (!r && resolv_conf)
		r = write_resolv_conf(resolv_conf, &set, ret);
	return r;
}
