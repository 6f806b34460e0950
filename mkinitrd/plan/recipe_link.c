/* SPDX-License-Identifier: MIT */
#include "mkinitrd/plan/recipe_link.h"

#include <errno.h>
#include <net/if_arp.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/cleanup.h"
#include "lib/conf/target/conf_kind.h"
#include "lib/log.h"
#include "mkinitrd/plan/recipe_stack.h"

enum { ETHERNET_MTU = 1500, MAX_ADDRESSES = 8 };

static int look_up(const char *host, struct ip *ret, unsigned max)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *found;
	unsigned n = 0;

	if (getaddrinfo(host, NULL, &hints, &found))
		return 0;
	for (const struct addrinfo *a = found; a && n < max; a = a->ai_next) {
		struct ip *to = &ret[n++];

		*to = (struct ip){ .family = (uint8_t)a->ai_family };
		to->prefix = (uint8_t)(ip_size(to) * 8);
		memcpy(to->bytes,
		       a->ai_family == AF_INET
			       ? (const void *)&((const struct sockaddr_in *)a->ai_addr)->sin_addr
			       : &((const struct sockaddr_in6 *)a->ai_addr)->sin6_addr,
		       ip_size(to));
	}
	freeaddrinfo(found);
	return (int)n;
}

recipe_link_lookup *recipe_link_resolver = look_up;

/* What recording one line works on. */
struct record {
	struct recipe *p;
	const struct machine *m;
	const struct netstate *s;
	struct fault *f;
	int index[CONF_MAX_NETS]; /* whose state each net line has; 0: the config's own */
};

/* ---------------------------------------------------------------- one net line */

static const char *keep_ip(struct recipe *p, const struct ip *a, bool with_prefix)
{
	char text[IP_TEXT_BYTES];

	ip_format(a, with_prefix, text);
	return recipe_stack_keep(p, "%s", text);
}

static bool has_address(const struct conf_net *net, const char *text)
{
	for (unsigned i = 0; i < net->n_addresses; i++) {
		if (!strcmp(net->addresses[i], text))
			return true;
	}
	return false;
}

static void take_address(struct record *r, struct conf_net *net, const struct netstate_address *a)
{
	const char *text = keep_ip(r->p, &a->address, true);

	if (!a->lasts && a->address.family == AF_INET)
		net->dhcp = true;
	else if (!a->lasts && a->announced)
		net->slaac = true;
	else if (!a->lasts)
		net->dhcp6 = true;
	else if (text && net->n_addresses < CONF_NET_ADDRESSES && !has_address(net, text))
		net->addresses[net->n_addresses++] = text;
}

static void take_route(struct record *r, struct conf_net *net, const struct netstate_route *route)
{
	struct conf_route *to = &net->routes[net->n_routes];

	if (net->n_routes == CONF_NET_ROUTES)
		return;
	*to = (struct conf_route){ .via = route->via.family ? keep_ip(r->p, &route->via, false)
							    : NULL };
	if (route->to.prefix || !to->via)
		to->to = keep_ip(r->p, &route->to, true);
	net->n_routes++;
}

/* Is a better route to the same network there? */
static bool is_second_best(const struct netstate *s, const struct netstate_route *route)
{
	for (unsigned i = 0; i < s->n_routes; i++) {
		const struct netstate_route *o = &s->routes[i];

		if (o != route && o->to.prefix == route->to.prefix &&
		    !memcmp(o->to.bytes, route->to.bytes, sizeof(o->to.bytes)) &&
		    o->to.family == route->to.family && o->index == route->index &&
		    (o->metric < route->metric || (o->metric == route->metric && o < route)))
			return true;
	}
	return false;
}

/*
 * The routes of a link whose addresses were given; DHCP and routers bring theirs. First the one that
 * leads to the target, as there may be many.
 */
static void take_routes(struct record *r, struct conf_net *net, int index, uint8_t family,
			const struct netstate_route *best)
{
	const struct netstate *s = r->s;

	if (!best->by_kernel)
		take_route(r, net, best);
	for (unsigned i = 0; i < s->n_routes; i++) {
		const struct netstate_route *route = &s->routes[i];

		if (route != best && route->index == index && route->to.family == family &&
		    !route->by_kernel && !is_second_best(s, route))
			take_route(r, net, route);
	}
}

static bool has_static(const struct conf_net *net, uint8_t family)
{
	for (unsigned i = 0; i < net->n_addresses; i++) {
		if (!strchr(net->addresses[i], ':') == (family == AF_INET))
			return true;
	}
	return false;
}

/* What of the line says how a family is set up. */
static bool has_family(const struct conf_net *net, uint8_t family)
{
	return has_static(net, family) ||
	       (family == AF_INET ? net->dhcp : net->dhcp6 || net->slaac);
}

static void fill_net(struct record *r, struct conf_net *net, const struct netstate_link *l,
		     uint8_t family, const struct netstate_route *best)
{
	bool dynamic;

	for (unsigned i = 0; i < r->s->n_addresses; i++) {
		const struct netstate_address *a = &r->s->addresses[i];

		if (a->index == l->index && a->address.family == family)
			take_address(r, net, a);
	}
	dynamic = family == AF_INET ? net->dhcp : net->dhcp6 || net->slaac;
	if (!dynamic)
		take_routes(r, net, l->index, family, best);
	if (!dynamic && !net->n_dns)
		net->n_dns = recipe_stack_name_servers(r->p, r->m, net->dns);
	if (l->mtu != ETHERNET_MTU && l->hardware == ARPHRD_ETHER)
		net->mtu = l->mtu;
}

/* ---------------------------------------------------------------- a target's */

/* The line for what this interface has: made, or made complete by another family. */
static int record_interface(struct record *r, const struct netstate_route *route, uint8_t family,
			    unsigned line)
{
	const struct netstate_link *l = netstate_by_index(r->s, route->index);
	struct conf *c = &r->p->conf;
	struct conf_net *last = c->n_nets ? &c->nets[c->n_nets - 1] : NULL;
	struct conf_net net = { .line = line ? line - 1 : 0 };
	int e;

	if (!l)
		return fault_set(r->f, -ENODEV, "the interface of the route has gone");
	if (last && r->index[c->n_nets - 1] == l->index) {
		if (!has_family(last, family))
			fill_net(r, last, l, family, route);
		return 0;
	}
	if (c->n_nets == CONF_MAX_NETS)
		return fault_at(r->f, line, -E2BIG,
				"more than %u interfaces lead to the targets; name fewer",
				CONF_MAX_NETS);
	e = recipe_stack_expand(r->p, r->m, r->s, l, &net.iface, r->f);
	if (e)
		return e;
	fill_net(r, &net, l, family, route);
	if (!has_family(&net, family))
		return fault_at(r->f, line, -EADDRNOTAVAIL,
				"%s has no address that a capture could use; write a `net` line",
				l->name);
	r->index[c->n_nets] = l->index;
	c->nets[c->n_nets++] = net;
	return 0;
}

static const struct netstate_route *default_route(const struct netstate *s, struct ip *to)
{
	const struct netstate_route *route;

	*to = (struct ip){ .family = AF_INET, .prefix = 32 };
	route = netstate_route_to(s, to);
	if (route)
		return route;
	*to = (struct ip){ .family = AF_INET6, .prefix = 128 };
	return netstate_route_to(s, to);
}

static int record_default(struct record *r, unsigned line)
{
	const struct netstate_route *route;
	struct ip to;

	route = default_route(r->s, &to);
	if (!route)
		return fault_set(r->f, -ENETUNREACH,
				 "no interface has a default route; name it in a line `net IFACE "
				 "dhcp`");
	return record_interface(r, route, to.family, line);
}

/* line: of the target; 0: of none. */
static int record_place(struct record *r, const struct conf_place *place, unsigned line)
{
	struct ip found[MAX_ADDRESSES];
	char text[IP_TEXT_BYTES];
	int n = recipe_link_resolver(place->host, found, MAX_ADDRESSES);

	for (int i = 0; i < n; i++) {
		const struct netstate_route *route = netstate_route_to(r->s, &found[i]);

		if (route)
			return record_interface(r, route, found[i].family, line);
	}
	if (n) {
		ip_format(&found[0], false, text);
		if (strcmp(text, place->host))
			return fault_at(r->f, line, -ENETUNREACH,
					"no route leads to %s (%s); write a `net` line",
					place->host, text);
		return fault_at(r->f, line, -ENETUNREACH,
				"no route leads to %s; write a `net` line", text);
	}
	log_warn("%s has no address now: the interface of the default route is taken", place->host);
	return record_default(r, line);
}

static int record_target(struct record *r, const struct conf_target *t)
{
	struct conf_place place;

	if (conf_kind(t)->place(t, &place))
		return fault_at(r->f, t->line, -EINVAL, "%s names no host", t->where);
	return record_place(r, &place, t->line);
}

static int record_all(struct record *r)
{
	struct conf *c = &r->p->conf;
	struct conf_place place;
	int e = 0;

	for (unsigned i = 0; i < c->n_targets && !e; i++) {
		if (conf_kind(&c->targets[i])->place)
			e = record_target(r, &c->targets[i]);
	}
	if (e || c->n_nets)
		return e;
	/* targets' interfaces carry beacons, too; without any the first one chooses */
	if (c->n_beacons && !c->fence.n_nodes && !conf_place_url(c->beacons[0], 0, &place))
		return record_place(r, &place, 0);
	return record_default(r, 0);
}

/* ---------------------------------------------------------------- the config's own lines */

static int resolve_line(struct record *r, struct conf_net *net)
{
	const struct netstate_link *l;
	const struct netstate_route *route;
	struct ip to;

	if (conf_link_find(&r->p->conf, net->iface))
		return 0;
	if (!strcmp(net->iface, "auto")) {
		route = default_route(r->s, &to);
		l = route ? netstate_by_index(r->s, route->index) : NULL;
		if (!l)
			return fault_at(r->f, net->line, -ENETUNREACH,
					"no interface has a default route; write its name in place "
					"of auto");
	} else {
		l = recipe_stack_find(r->s, net->iface);
		if (!l)
			return fault_at(r->f, net->line, -ENODEV, "there is no interface %s",
					net->iface);
	}
	return recipe_stack_expand(r->p, r->m, r->s, l, &net->iface, r->f);
}

int recipe_link_resolve(struct recipe *p, const struct machine *m, const struct netstate *s,
			struct fault *f)
{
	struct record r = { .p = p, .m = m, .s = s, .f = f };
	int e = recipe_stack_links(p, m, s, f);

	if (e)
		return e;
	if (!p->conf.n_nets)
		return record_all(&r);
	for (unsigned i = 0; i < p->conf.n_nets && !e; i++)
		e = resolve_line(&r, &p->conf.nets[i]);
	return e;
}
