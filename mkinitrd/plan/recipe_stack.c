/* SPDX-License-Identifier: MIT */
#include "mkinitrd/plan/recipe_stack.h"

#include <errno.h>
#include <linux/if_ether.h>
#include <net/if_arp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/log.h"
#include "mkinitrd/host/sysfs.h"

enum { DEEPEST = 8, MAC_TEXT = 18 };

/* What the steps down work on. */
struct down {
	struct recipe *p;
	const struct machine *m;
	const struct netstate *s;
	struct fault *f;
	unsigned depth;
};

static int expand(struct down *d, const struct netstate_link *l, const char **ret);

const char *recipe_stack_keep(struct recipe *p, const char *fmt, ...)
{
	char *at = p->net_text + p->net_used;
	size_t room = sizeof(p->net_text) - p->net_used;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(at, room, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= room)
		return NULL;
	p->net_used += (unsigned)n + 1;
	return at;
}

static void mac_text(const struct netstate_link *l, char ret[MAC_TEXT])
{
	const uint8_t *a = l->has_permanent ? l->permanent : l->mac;

	snprintf(ret, MAC_TEXT, "%02x:%02x:%02x:%02x:%02x:%02x", a[0], a[1], a[2], a[3], a[4],
		 a[5]);
}

static bool has_file(const struct machine *m, const struct netstate_link *l, const char *name)
{
	char path[PATH_MAX];

	return !sysfs_path(m, path, "/sys/class/net/%s/%s", l->name, name) && !access(path, F_OK);
}

/* ---------------------------------------------------------------- hardware */

static int take_hardware(struct down *d, const struct netstate_link *l, const char **ret)
{
	char mac[MAC_TEXT];

	if (l->hardware != ARPHRD_ETHER || !l->has_mac)
		return fault_set(d->f, -EOPNOTSUPP,
				 "%s is no Ethernet interface, which a capture needs", l->name);
	if (has_file(d->m, l, "phy80211"))
		return fault_set(d->f, -EOPNOTSUPP,
				 "%s is Wi-Fi, which the crash kernel cannot join; use another "
				 "interface",
				 l->name);
	mac_text(l, mac);
	*ret = recipe_stack_keep(d->p, "%s", mac);
	return *ret ? machine_want_nic(d->m, l->name, &d->p->mods, d->f) : -ENOMEM;
}

/* ---------------------------------------------------------------- a VLAN */

static int add_link(struct down *d, const struct conf_link *l, const char **ret)
{
	struct conf *c = &d->p->conf;
	struct conf_link *to = &c->links[c->n_links];

	if (c->n_links == CONF_MAX_LINKS)
		return fault_set(d->f, -E2BIG, "%s: more than %u VLANs and bonds", l->name,
				 CONF_MAX_LINKS);
	*to = *l;
	to->name = recipe_stack_keep(d->p, "%s", l->name);
	c->n_links += !!to->name;
	*ret = to->name;
	return to->name ? 0 : -ENOMEM;
}

static int take_vlan(struct down *d, const struct netstate_link *l, const char **ret)
{
	const struct netstate_link *lower = netstate_by_index(d->s, l->lower);
	struct conf_link link = {
		.kind = CONF_LINK_VLAN, .name = l->name, .n_lower = 1, .vlan_id = l->vlan_id
	};
	struct fault why = { 0 };
	int r;

	if (!lower)
		return fault_set(d->f, -ENODEV, "%s: the interface of this VLAN is not there",
				 l->name);
	if (l->vlan_protocol != ETH_P_8021Q)
		return fault_set(d->f, -EOPNOTSUPP,
				 "%s: a VLAN of 802.1ad is not supported; use one of 802.1Q",
				 l->name);
	r = kmods_want(&d->p->mods, "8021q", &why);
	if (r)
		return fault_set(d->f, r, "%s: %s", l->name, why.text);
	r = expand(d, lower, &link.lower[0]);
	return r ? r : add_link(d, &link, ret);
}

/* ---------------------------------------------------------------- a bond */

/* Of sysfs, in an order in which they can be written; a mode does not know all of them. */
static const char *const bond_options[] = {
	"mode",
	"miimon",
	"updelay",
	"downdelay",
	"lacp_rate",
	"ad_select",
	"xmit_hash_policy",
	"min_links",
	"fail_over_mac",
	"all_slaves_active",
	"arp_interval",
	"arp_validate",
	"use_carrier",
	"num_grat_arp",
	"primary_reselect",
	"ad_actor_sys_prio",
	"ad_user_port_key",
	"primary",
};

/* "802.3ad 4" is what can be written, without its number. */
static void bond_option(struct down *d, const struct netstate_link *bond, const char *option,
			char *ret, size_t size)
{
	char folder[PATH_MAX], mac[MAC_TEXT];
	const struct netstate_link *port;

	ret[0] = '\0';
	if (sysfs_path(d->m, folder, "/sys/class/net/%s/bonding", bond->name))
		return;
	sysfs_line(folder, option, ret, size);
	ret[strcspn(ret, " \t\n")] = '\0';
	if (strcmp(option, "primary") || !ret[0])
		return;
	port = netstate_by_name(d->s, ret);
	ret[0] = '\0';
	if (!port)
		return;
	mac_text(port, mac);
	snprintf(ret, size, "%s", mac);
}

/* What is 0 is the default, but for the link monitor. */
static const char *bond_text(struct down *d, const struct netstate_link *bond)
{
	char text[512] = "", value[64];
	bool watched = false;
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(bond_options); i++) {
		bond_option(d, bond, bond_options[i], value, sizeof(value));
		if (!value[0] || !strcmp(value, "0") || !strcmp(value, "none"))
			continue;
		/* without its targets ARP finds every port dead */
		if (!strncmp(bond_options[i], "arp_", 4))
			continue;
		watched |= !strcmp(bond_options[i], "miimon");
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s=%s", n ? " " : "",
				      bond_options[i], value);
		if (n >= sizeof(text))
			return NULL;
	}
	return recipe_stack_keep(d->p, "%s%s", text,
				 watched ? ""
				 : n	 ? " miimon=100"
					 : "miimon=100");
}

static int take_bond(struct down *d, const struct netstate_link *l, const char **ret)
{
	struct conf_link link = { .kind = CONF_LINK_BOND, .name = l->name };
	struct fault why = { 0 };
	int r = kmods_want(&d->p->mods, "bonding", &why);

	if (r)
		return fault_set(d->f, r, "%s: %s", l->name, why.text);
	for (unsigned i = 0; i < d->s->n_links && !r; i++) {
		const struct netstate_link *port = &d->s->links[i];

		if (port->master != l->index)
			continue;
		if (link.n_lower == CONF_LINK_PORTS) {
			log_warn("%s: of its ports %u are used", l->name, CONF_LINK_PORTS);
			break;
		}
		r = expand(d, port, &link.lower[link.n_lower++]);
	}
	if (!r && !link.n_lower)
		r = fault_set(d->f, -ENODEV, "%s: this bond has no ports", l->name);
	link.options = bond_text(d, l);
	return r ? r : add_link(d, &link, ret);
}

/* ---------------------------------------------------------------- what is left out */

/* Has it hardware below it, as no machine's or container's port has? */
static bool is_physical(struct down *d, const struct netstate_link *l)
{
	return has_file(d->m, l, "device") || !strcmp(l->kind, "bond") || !strcmp(l->kind, "vlan");
}

static bool same_mac(const struct netstate_link *a, const struct netstate_link *b)
{
	return a->has_mac && b->has_mac && !memcmp(a->mac, b->mac, 6);
}

/* The port that leads out, rather one that is up: a bridge wears its address. */
static const struct netstate_link *port_of(struct down *d, const struct netstate_link *l,
					   int master)
{
	const struct netstate_link *best = NULL;
	int best_score = -1;

	for (unsigned i = 0; i < d->s->n_links; i++) {
		const struct netstate_link *port = &d->s->links[i];
		int score = 2 * same_mac(port, l) + !!(port->flags & IFF_RUNNING);

		if (port->master != master || port == l || !is_physical(d, port) ||
		    score <= best_score)
			continue;
		best = port;
		best_score = score;
	}
	return best;
}

static int take_port(struct down *d, const struct netstate_link *l, const char **ret)
{
	/* all ports of all bridges of Open vSwitch are of one master */
	const struct netstate_link *ovs = netstate_by_name(d->s, "ovs-system"), *port;
	bool is_ovs = !strcmp(l->kind, "openvswitch");

	port = port_of(d, l, is_ovs && ovs ? ovs->index : l->index);
	if (!port)
		return fault_set(d->f, -ENODEV,
				 "%s: no port of this %s has hardware; name an interface in a "
				 "`net` line",
				 l->name, is_ovs ? "Open vSwitch bridge" : l->kind);
	log_info("net: %s: its port %s stands in for the %s", l->name, port->name,
		 is_ovs ? "Open vSwitch bridge" : l->kind);
	return expand(d, port, ret);
}

static int take_lower(struct down *d, const struct netstate_link *l, const char **ret)
{
	const struct netstate_link *lower = netstate_by_index(d->s, l->lower);

	return lower ? expand(d, lower, ret)
		     : fault_set(d->f, -ENODEV, "%s: what this %s is on is not there", l->name,
				 l->kind);
}

static const struct {
	const char *kind;
	int (*take)(struct down *d, const struct netstate_link *l, const char **ret);
} kinds[] = {
	{ "vlan", take_vlan },	  { "bond", take_bond },	{ "bridge", take_port },
	{ "team", take_port },	  { "openvswitch", take_port }, { "macvlan", take_lower },
	{ "ipvlan", take_lower },
};

static int expand(struct down *d, const struct netstate_link *l, const char **ret)
{
	int r = -EOPNOTSUPP;

	if (conf_link_find(&d->p->conf, l->name)) {
		*ret = conf_link_find(&d->p->conf, l->name)->name;
		return 0;
	}
	if (has_file(d->m, l, "device"))
		return take_hardware(d, l, ret);
	if (d->depth == DEEPEST)
		return fault_set(d->f, -ELOOP, "%s stands on too many others", l->name);
	d->depth++;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (strcmp(kinds[i].kind, l->kind))
			continue;
		r = kinds[i].take(d, l, ret);
		d->depth--;
		return r;
	}
	return fault_set(d->f, r,
			 "%s has no hardware of its own (%s), and the crash kernel cannot make it: "
			 "name the interface behind it in a `net` line",
			 l->name, l->kind[0] ? l->kind : "it is virtual");
}

int recipe_stack_expand(struct recipe *p, const struct machine *m, const struct netstate *s,
			const struct netstate_link *l, const char **ret, struct fault *f)
{
	struct down d = { .p = p, .m = m, .s = s, .f = f };

	return expand(&d, l, ret);
}

/* ---------------------------------------------------------------- the config's own link lines */

const struct netstate_link *recipe_stack_find(const struct netstate *s, const char *text)
{
	const struct netstate_link *found = netstate_by_name(s, text);

	for (unsigned i = 0; !found && i < s->n_links; i++) {
		char mac[MAC_TEXT];

		mac_text(&s->links[i], mac);
		if (!strcasecmp(mac, text) && !s->links[i].kind[0])
			found = &s->links[i];
	}
	return found;
}

int recipe_stack_links(struct recipe *p, const struct machine *m, const struct netstate *s,
		       struct fault *f)
{
	struct conf *c = &p->conf;
	struct fault why = { 0 };
	int r = 0;

	for (unsigned i = 0; i < c->n_links && !r; i++) {
		struct conf_link *l = &c->links[i];

		r = kmods_want(&p->mods, l->kind == CONF_LINK_VLAN ? "8021q" : "bonding", &why);
		for (unsigned k = 0; k < l->n_lower && !r; k++) {
			const struct netstate_link *port = recipe_stack_find(s, l->lower[k]);

			if (conf_link_find(c, l->lower[k]))
				continue;
			r = port ? recipe_stack_expand(p, m, s, port, &l->lower[k], &why)
				 : fault_set(&why, -ENODEV, "there is no interface %s",
					     l->lower[k]);
		}
		if (r)
			return fault_at(f, l->line, r, "link %s: %s", l->name, why.text);
	}
	return 0;
}

/* ---------------------------------------------------------------- name servers */

/* systemd-resolved's own address stands for those that it knows. */
static const char *const resolv_confs[] = { "/run/systemd/resolve/resolv.conf",
					    "/etc/resolv.conf" };

unsigned recipe_stack_name_servers(struct recipe *p, const struct machine *m,
				   const char *ret[CONF_NET_DNS])
{
	char path[PATH_MAX], line[256], text[64];
	unsigned n = 0;
	struct ip a;

	for (size_t i = 0; i < ARRAY_LEN(resolv_confs) && !n; i++) {
		_fclose_ FILE *file = NULL;

		if (!sysfs_path(m, path, "%s", resolv_confs[i]))
			file = fopen(path, "re");
		while (file && n < CONF_NET_DNS && fgets(line, sizeof(line), file)) {
			if (sscanf(line, " nameserver %63s", text) != 1 ||
			    ip_parse(text, false, &a) || !strncmp(text, "127.", 4) ||
			    !strcmp(text, "::1"))
				continue;
			ret[n] = recipe_stack_keep(p, "%s", text);
			n += !!ret[n];
		}
	}
	return n;
}
