/* SPDX-License-Identifier: MIT */
/*
 * A VLAN is one message of rtnetlink. A bond is one, too, but what it does is written to its files
 * in sysfs, whose names and values are the ones that kdump-mkinitrd has read there: `mode` first, and
 * while it has no ports; `primary` when it has.
 */
#include "net/link/stack.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/net/netlink.h"
#include "net/deadline.h"

#define BOND_FILE "/sys/class/net/%s/bonding/%s"

struct stack {
	struct link *l;
	const struct conf *conf;
	uint64_t deadline_ms;
	char *why;
};

static int __attribute__((format(printf, 3, 4))) fail(struct stack *s, int r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(s->why, STACK_WHY_BYTES, fmt, ap);
	va_end(ap);
	return r;
}

/* ---------------------------------------------------------------- requests */

/* The attribute that nests others begins; its length is put in at the end. */
static struct rtattr *begin_nest(struct netlink_msg *m, uint16_t type)
{
	size_t at = NLMSG_ALIGN(m->head.nlmsg_len);

	netlink_put(m, type, NULL, 0);
	return (struct rtattr *)(m->bytes + at);
}

static void end_nest(struct netlink_msg *m, struct rtattr *nest)
{
	if (!m->full)
		nest->rta_len = (unsigned short)(m->bytes + m->head.nlmsg_len - (uint8_t *)nest);
}

static void begin_link(struct netlink_msg *m, const char *name, uint16_t flags)
{
	struct ifinfomsg head = { .ifi_family = AF_UNSPEC };

	netlink_begin(m, RTM_NEWLINK, flags, &head, sizeof(head));
	netlink_put(m, IFLA_IFNAME, name, strlen(name) + 1);
}

static int make_vlan(struct stack *s, const struct conf_link *k, int lower)
{
	uint16_t id = (uint16_t)k->vlan_id;
	struct rtattr *info, *data;
	struct netlink_msg m;
	int32_t index = lower;

	begin_link(&m, k->name, NLM_F_CREATE | NLM_F_EXCL);
	netlink_put(&m, IFLA_LINK, &index, sizeof(index));
	info = begin_nest(&m, IFLA_LINKINFO);
	netlink_put(&m, IFLA_INFO_KIND, "vlan", 4);
	data = begin_nest(&m, IFLA_INFO_DATA);
	netlink_put(&m, IFLA_VLAN_ID, &id, sizeof(id));
	end_nest(&m, data);
	end_nest(&m, info);
	return netlink_talk(s->l->requests, &m);
}

/* The module makes a bond0 as it is loaded: that is no error. */
static int make_bond(struct stack *s, const char *name)
{
	struct netlink_msg m;
	struct rtattr *info;

	begin_link(&m, name, NLM_F_CREATE | NLM_F_EXCL);
	info = begin_nest(&m, IFLA_LINKINFO);
	netlink_put(&m, IFLA_INFO_KIND, "bond", 4);
	end_nest(&m, info);
	return netlink_talk(s->l->requests, &m);
}

static int set_master(struct stack *s, int index, int master)
{
	struct ifinfomsg head = { .ifi_index = index };
	struct netlink_msg m;
	int32_t of = master;

	netlink_begin(&m, RTM_NEWLINK, 0, &head, sizeof(head));
	netlink_put(&m, IFLA_MASTER, &of, sizeof(of));
	return netlink_talk(s->l->requests, &m);
}

/* ---------------------------------------------------------------- finding */

static int find(struct stack *s, const char *text, uint64_t deadline_ms, struct link_info *ret)
{
	struct link_want want;

	if (link_want_parse(text, &want))
		return -EINVAL;
	return link_find(s->l, &want, deadline_ms, ret);
}

static uint64_t half_way(const struct stack *s)
{
	return deadline_in_ms((uint64_t)deadline_left_ms(s->deadline_ms) / 2);
}

/* ---------------------------------------------------------------- a bond */

static int write_option(const char *bond, const char *name, const char *value)
{
	char path[96];
	_close_ int fd = -1;

	if (strpbrk(name, "/.") ||
	    (size_t)snprintf(path, sizeof(path), BOND_FILE, bond, name) >= sizeof(path))
		return -EINVAL;
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	return write(fd, value, strlen(value)) < 0 ? -errno : 0;
}

/* A port is named by its MAC address here, and in sysfs by what it is called now. */
static void port_name(struct stack *s, char *value, size_t size)
{
	struct link_want want;
	struct link_info port;

	if (!link_want_parse(value, &want) && want.by == LINK_BY_MAC &&
	    !link_find(s->l, &want, half_way(s), &port))
		snprintf(value, size, "%s", port.name);
}

/*
 * The next option of a list, whose name is wanted (with_ports: those that name ports, else the
 * others). False: there is none left.
 */
static bool next_option(const char **list, bool with_ports, char *name, char *value, size_t size)
{
	while (**list) {
		size_t len, key;
		bool of_ports;

		*list += strspn(*list, " \t");
		len = strcspn(*list, " \t");
		key = strcspn(*list, "=");
		if (!len)
			return false;
		if (key >= len || key >= size || len - key > size) {
			*list += len;
			continue;
		}
		snprintf(name, size, "%.*s", (int)key, *list);
		snprintf(value, size, "%.*s", (int)(len - key - 1), *list + key + 1);
		*list += len;
		of_ports = !strcmp(name, "primary") || !strcmp(name, "active_slave");
		if (of_ports == with_ports)
			return true;
	}
	return false;
}

static int write_options(struct stack *s, const struct conf_link *k, bool with_ports)
{
	const char *list = k->options ? k->options : "";
	char name[64], value[64];

	while (next_option(&list, with_ports, name, value, sizeof(name))) {
		int r;

		if (with_ports)
			port_name(s, value, sizeof(value));
		r = write_option(k->name, name, value);
		/* which mode it is decides whether a switch talks to it; the others are fine points */
		if (r && !strcmp(name, "mode"))
			return fail(s, r, "%s: bonding mode %s: %s", k->name, value, strerror(-r));
	}
	return 0;
}

static int add_port(struct stack *s, const struct conf_link *k, const char *port, int master)
{
	struct link_info i;
	int r = find(s, port, half_way(s), &i);

	if (r)
		return fail(s, r, "%s: there is no port %s", k->name, port);
	/* a port is taken while it is down, and the bond sets it up */
	link_set_up(s->l, i.index, false);
	r = set_master(s, i.index, master);
	if (r)
		return fail(s, r, "%s: port %s: %s", k->name, i.name, strerror(-r));
	return 0;
}

static int fill_bond(struct stack *s, const struct conf_link *k)
{
	unsigned ports = 0;
	struct link_info bond;
	int r = find(s, k->name, s->deadline_ms, &bond);

	if (r)
		return fail(s, r, "%s: %s", k->name, strerror(-r));
	link_set_up(s->l, bond.index, false);
	r = write_options(s, k, false);
	for (unsigned i = 0; !r && i < k->n_lower; i++)
		ports += !add_port(s, k, k->lower[i], bond.index);
	if (!r && !ports)
		return -ENODEV;
	r = r ? r : write_options(s, k, true);
	return r ? r : link_set_up(s->l, bond.index, true);
}

/* ---------------------------------------------------------------- one link */

static int make_one(struct stack *s, const struct conf_link *k)
{
	struct link_info lower;
	int r;

	if (k->kind == CONF_LINK_BOND) {
		r = make_bond(s, k->name);
		if (r && r != -EEXIST)
			return fail(s, r, "%s: bond: %s%s", k->name, strerror(-r),
				    r == -EOPNOTSUPP ? " (is the module bonding in the image?)"
						     : "");
		return fill_bond(s, k);
	}
	r = find(s, k->lower[0], s->deadline_ms, &lower);
	if (r)
		return fail(s, r, "%s: there is no interface %s", k->name, k->lower[0]);
	link_set_up(s->l, lower.index, true);
	r = make_vlan(s, k, lower.index);
	if (r)
		return fail(s, r, "%s: VLAN %u of %s: %s%s", k->name, k->vlan_id, lower.name,
			    strerror(-r),
			    r == -EOPNOTSUPP ? " (is the module 8021q in the image?)" : "");
	return 0;
}

/* Is the interface there, made for an earlier target? */
static bool is_made(struct stack *s, const struct conf_link *k)
{
	struct link_info i;

	return if_nametoindex(k->name) && !find(s, k->name, s->deadline_ms, &i) && i.flags & IFF_UP;
}

/* Those above in the config alone, so that nothing is made of itself. */
static const struct conf_link *link_above(const struct conf *c, const struct conf_link *k,
					  const char *name)
{
	const struct conf_link *found = conf_link_find(c, name);

	return found && found < k ? found : NULL;
}

int stack_make(struct link *l, const struct conf *conf, const struct conf_link *k,
	       uint64_t deadline_ms, char why[STACK_WHY_BYTES])
{
	struct stack s = { .l = l, .conf = conf, .deadline_ms = deadline_ms, .why = why };

	for (unsigned i = 0; i < k->n_lower; i++) {
		const struct conf_link *below = link_above(conf, k, k->lower[i]);
		int r = below ? stack_make(l, conf, below, deadline_ms, why) : 0;

		if (r)
			return r;
	}
	return is_made(&s, k) ? 0 : make_one(&s, k);
}
