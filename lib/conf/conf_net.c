/* SPDX-License-Identifier: MIT */
/*
 * The `net` and `link` lines of kdump.conf.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/conf/conf_parse.h"
#include "lib/conf/target/conf_nfs.h"
#include "lib/conf/words.h"

enum { IFACE_MAX = 17, NAME_MAX_BYTES = 15, MTU_MIN = 68, MTU_MAX = 65535, VLAN_MAX = 4094 };

/* AF_INET, AF_INET6, or 0 where it is no address. */
static int family_of(const char *s)
{
	uint8_t bytes[16];
	int family = s && strchr(s, ':') ? AF_INET6 : AF_INET;

	return s && inet_pton(family, s, bytes) == 1 ? family : 0;
}

/* "192.0.2.7/24", "2001:db8::7/64" */
static bool is_network(char *text, unsigned min)
{
	char *slash = text ? strchr(text, '/') : NULL;
	unsigned bits;
	int family;

	if (!slash)
		return false;
	*slash = '\0';
	family = family_of(text);
	*slash = '/';
	return family && !words_number(slash + 1, min, family == AF_INET ? 32 : 128, &bits);
}

/* What the words behind the interface work on. */
struct words {
	char *rest;
	struct conf_net *net;
	struct conf_error *err;
};

static int too_many(struct words *w, const char *what, unsigned max)
{
	return conf_fail(w->err, "net: more than %u %s; remove some", max, what);
}

static int add_route(struct words *w, const char *to, const char *via)
{
	struct conf_net *n = w->net;

	if (n->n_routes == CONF_NET_ROUTES)
		return too_many(w, "routes", CONF_NET_ROUTES);
	n->routes[n->n_routes++] = (struct conf_route){ .to = to, .via = via };
	return 0;
}

static int take_gateway(struct words *w)
{
	const char *via = words_next(&w->rest);

	return family_of(via) ? add_route(w, NULL, via)
			      : conf_fail(w->err, "net: gateway needs an address");
}

/* route NET/LEN [via ADDR] */
static int take_route(struct words *w)
{
	char *to = words_next(&w->rest), *before = w->rest, *word;

	if (!is_network(to, 0))
		return conf_fail(
			w->err,
			"net: route needs a network, as `route 192.0.2.0/24 via 192.0.2.1`");
	word = before + strspn(before, " \t");
	if (strncmp(word, "via", 3) || (word[3] != ' ' && word[3] != '\t'))
		return add_route(w, to, NULL);
	words_next(&w->rest);
	word = words_next(&w->rest);
	return family_of(word) ? add_route(w, to, word)
			       : conf_fail(w->err, "net: via needs an address");
}

static int take_dns(struct words *w)
{
	const char *server = words_next(&w->rest);
	struct conf_net *n = w->net;

	if (!family_of(server))
		return conf_fail(w->err, "net: dns needs an address");
	if (n->n_dns == CONF_NET_DNS)
		return too_many(w, "name servers", CONF_NET_DNS);
	n->dns[n->n_dns++] = server;
	return 0;
}

static int take_mtu(struct words *w)
{
	const char *value = words_next(&w->rest);

	if (value && !words_number(value, MTU_MIN, MTU_MAX, &w->net->mtu))
		return 0;
	return conf_fail(w->err, "net: mtu needs bytes from %u to %u", MTU_MIN, MTU_MAX);
}

static int take_address(struct words *w, char *text)
{
	struct conf_net *n = w->net;

	if (!is_network(text, 1))
		return conf_fail(
			w->err,
			"net: '%.40s' is no address with a prefix length, as 192.0.2.7/24, "
			"nor dhcp, dhcp6, slaac, gateway, route, dns or mtu",
			text);
	if (n->n_addresses == CONF_NET_ADDRESSES)
		return too_many(w, "addresses", CONF_NET_ADDRESSES);
	n->addresses[n->n_addresses++] = text;
	return 0;
}

static const struct {
	const char *word;
	int (*take)(struct words *w);
} keys[] = {
	{ "gateway", take_gateway },
	{ "route", take_route },
	{ "dns", take_dns },
	{ "mtu", take_mtu },
};

static int take_word(struct words *w, char *word)
{
	if (!strcmp(word, "dhcp"))
		w->net->dhcp = true;
	else if (!strcmp(word, "dhcp6"))
		w->net->dhcp6 = true;
	else if (!strcmp(word, "slaac"))
		w->net->slaac = true;
	else {
		for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
			if (!strcmp(word, keys[i].word))
				return keys[i].take(w);
		}
		return take_address(w, word);
	}
	return 0;
}

static int add_net(struct conf *c, const struct conf_net *net, struct conf_error *err)
{
	if (c->n_nets == CONF_MAX_NETS)
		return conf_fail(err, "more than %u net lines; remove some", CONF_MAX_NETS);
	c->nets[c->n_nets++] = *net;
	return 0;
}

/* What older files name a target by. */
static const struct conf_directive as_ssh = { .name = "ssh" };

int conf_parse_net(const struct conf_directive *d, char *value, struct conf_state *s,
		   struct conf_error *err)
{
	char *first = words_next(&value), *word = words_next(&value);
	struct conf_net net = { .iface = first, .line = s->line };
	struct words w = { .rest = value, .net = &net, .err = err };
	int r = 0;

	(void)d;
	/* RHEL 5 and 6 */
	if (!word && strchr(first, '@')) {
		conf_note(err, "taken as ssh %.60s", first);
		return conf_parse_ssh(&as_ssh, first, s, err);
	}
	if (!word && strstr(first, ":/")) {
		conf_note(err, "taken as nfs %s", first);
		return conf_nfs_line("nfs", first, s, err);
	}
	if (!word)
		return conf_fail(
			err, "net needs an interface and dhcp or an address, as `net eth0 dhcp`");
	if (strlen(first) > IFACE_MAX)
		return conf_fail(err,
				 "net: '%.40s' is no interface; write its name, its MAC address "
				 "or auto",
				 first);
	for (; word && !r; word = words_next(&w.rest))
		r = take_word(&w, word);
	if (!r && !net.dhcp && !net.dhcp6 && !net.slaac && !net.n_addresses)
		r = conf_fail(err, "net: %s has no address; write dhcp, dhcp6, slaac or one",
			      first);
	return r ? r : add_net(s->conf, &net, err);
}

const struct conf_net *conf_net_of(const struct conf *c, const struct conf_target *t)
{
	const struct conf_net *found = c->n_nets ? &c->nets[0] : NULL;

	for (unsigned i = 1; t && i < c->n_nets; i++) {
		if (c->nets[i].line < t->line)
			found = &c->nets[i];
	}
	return found;
}

/* ---------------------------------------------------------------- link */

/* PORT ID */
static int take_vlan(struct conf_link *l, char *rest, struct conf_error *err)
{
	char *port = words_next(&rest), *id = words_next(&rest);

	if (!id || words_next(&rest) || strlen(port) > IFACE_MAX ||
	    words_number(id, 1, VLAN_MAX, &l->vlan_id))
		return conf_fail(
			err,
			"link: vlan needs an interface and a number from 1 to %u, as `link "
			"%s vlan eth0 7`",
			VLAN_MAX, l->name);
	l->lower[l->n_lower++] = port;
	return 0;
}

/* PORT... [OPTION=VALUE...] */
static int take_bond(struct conf_link *l, char *rest, struct conf_error *err)
{
	rest += strspn(rest, " \t");
	while (*rest) {
		char *word, *end = rest + strcspn(rest, " \t");

		if (memchr(rest, '=', (size_t)(end - rest))) {
			l->options = rest;
			break;
		}
		word = words_next(&rest);
		if (l->n_lower == CONF_LINK_PORTS || strlen(word) > IFACE_MAX)
			return conf_fail(err,
					 "link: a bond has up to %u ports, each a name or a "
					 "MAC address",
					 CONF_LINK_PORTS);
		l->lower[l->n_lower++] = word;
		rest += strspn(rest, " \t");
	}
	return l->n_lower ? 0
			  : conf_fail(err, "link: bond needs the interfaces that it is made of");
}

int conf_parse_link(const struct conf_directive *d, char *value, struct conf_state *s,
		    struct conf_error *err)
{
	struct conf_link l = { .name = words_next(&value), .line = s->line };
	struct conf *c = s->conf;
	char *kind = words_next(&value);
	int r;

	(void)d;
	if (strlen(l.name) > NAME_MAX_BYTES || strchr(l.name, '/') || strchr(l.name, ':'))
		return conf_fail(err, "link: '%.40s' is no interface's name", l.name);
	if (conf_link_find(c, l.name))
		return conf_fail(err, "link %s is in line %u already; remove one", l.name,
				 conf_link_find(c, l.name)->line);
	if (c->n_links == CONF_MAX_LINKS)
		return conf_fail(err, "more than %u link lines; remove some", CONF_MAX_LINKS);
	if (kind && !strcmp(kind, "vlan")) {
		l.kind = CONF_LINK_VLAN;
		r = take_vlan(&l, value, err);
	} else if (kind && !strcmp(kind, "bond")) {
		l.kind = CONF_LINK_BOND;
		r = take_bond(&l, value, err);
	} else {
		r = conf_fail(err, "link: write `link %s vlan PORT ID` or `link %s bond PORT...`",
			      l.name, l.name);
	}
	if (!r)
		c->links[c->n_links++] = l;
	return r;
}

int conf_parse_ntp(const struct conf_directive *d, char *value, struct conf_state *s,
		   struct conf_error *err)
{
	struct conf *c = s->conf;

	return conf_list(d->name, value, c->ntp, &c->n_ntp, CONF_MAX_NTP, err);
}

const struct conf_link *conf_link_find(const struct conf *c, const char *iface)
{
	for (unsigned i = 0; i < c->n_links; i++) {
		if (!strcmp(c->links[i].name, iface))
			return &c->links[i];
	}
	return NULL;
}
