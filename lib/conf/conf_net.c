/* SPDX-License-Identifier: MIT */
/*
 * The `net` line of kdump.conf.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "lib/conf/conf_parse.h"
#include "lib/conf/words.h"

static bool is_ipv4(const char *s)
{
	struct in_addr a;

	return s && inet_pton(AF_INET, s, &a) == 1;
}

/* "192.0.2.7/24" */
static int check_address(char *text, struct conf_error *err)
{
	char *slash = strchr(text, '/');
	unsigned bits;
	bool good;

	if (!slash)
		return conf_fail(err,
				 "net: '%.40s' must be dhcp or an IPv4 address with its prefix "
				 "length, as 192.0.2.7/24",
				 text);
	*slash = '\0';
	good = is_ipv4(text);
	*slash = '/';
	if (!good || words_number(slash + 1, 1, 32, &bits))
		return conf_fail(err,
				 "net: '%.40s' is no IPv4 address with a prefix length, as "
				 "192.0.2.7/24",
				 text);
	return 0;
}

/* The words behind a static address. */
static int parse_net_options(char *rest, struct conf_net *net, struct conf_error *err)
{
	char *key, *value;

	while ((key = words_next(&rest))) {
		const char **to = !strcmp(key, "gateway") ? &net->gateway
				  : !strcmp(key, "dns")	  ? &net->dns
							  : NULL;

		if (!to)
			return conf_fail(err,
					 "net: unknown word '%.40s'; write gateway ADDR or "
					 "dns ADDR",
					 key);
		if (*to)
			return conf_fail(err, "net: %s is there twice; keep one", key);
		value = words_next(&rest);
		if (!is_ipv4(value))
			return conf_fail(err, "net: %s needs an IPv4 address", key);
		*to = value;
	}
	return 0;
}

int conf_parse_net(const struct conf_directive *d, char *value, struct conf_state *s,
		   struct conf_error *err)
{
	struct conf_net net = { .iface = words_next(&value) };
	char *how = words_next(&value);
	int r;

	(void)d;
	if (!how && strchr(net.iface, '@'))
		return conf_fail(err,
				 "net names a target as `ssh %.60s`, which is not supported yet: "
				 "use https, virtiofs, 9p or a local file system",
				 net.iface);
	if (!how && strstr(net.iface, ":/"))
		return conf_fail(err,
				 "net names a target as `nfs %.60s`, which is not supported yet: "
				 "use https, virtiofs, 9p or a local file system",
				 net.iface);
	if (!how)
		return conf_fail(
			err, "net needs an interface and dhcp or an address, as `net eth0 dhcp`");
	if (strlen(net.iface) > 17)
		return conf_fail(err,
				 "net: '%.40s' is no interface; write its name, its MAC address "
				 "or auto",
				 net.iface);
	if (!strcmp(how, "dhcp")) {
		net.mode = CONF_NET_DHCP;
		if (words_next(&value))
			return conf_fail(err, "net: nothing may follow dhcp");
	} else {
		net.mode = CONF_NET_STATIC;
		net.address = how;
		r = check_address(how, err);
		r = r ? r : parse_net_options(value, &net, err);
		if (r)
			return r;
	}
	s->conf->net = net;
	return 0;
}
