/* SPDX-License-Identifier: MIT */
/*
 * Addresses: text in the config and in reports, bytes in netlink and DHCP.
 */
#include "lib/net/ip.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

size_t ip_size(const struct ip *a)
{
	return a->family == AF_INET ? 4 : a->family == AF_INET6 ? 16 : 0;
}

struct ip ip_from_v4(uint32_t be, uint8_t prefix)
{
	struct ip a = { .family = AF_INET, .prefix = prefix };

	memcpy(a.bytes, &be, 4);
	return a;
}

/* Decimal, without sign or spaces, at most max. */
static int parse_prefix(const char *s, unsigned max, uint8_t *ret)
{
	unsigned v = 0;

	if (!*s || strlen(s) > 3)
		return -EINVAL;
	for (; *s; s++) {
		if (*s < '0' || *s > '9')
			return -EINVAL;
		v = v * 10 + (unsigned)(*s - '0');
	}
	if (v > max)
		return -EINVAL;
	*ret = (uint8_t)v;
	return 0;
}

int ip_parse(const char *text, bool with_prefix, struct ip *ret)
{
	const char *slash = strchr(text, '/');
	size_t len = slash ? (size_t)(slash - text) : strlen(text);
	char host[IP_TEXT_BYTES];
	struct ip a = { 0 };
	unsigned bits;

	if (len >= sizeof(host) || with_prefix != !!slash)
		return -EINVAL;
	memcpy(host, text, len);
	host[len] = '\0';
	a.family = strchr(host, ':') ? AF_INET6 : AF_INET;
	if (inet_pton(a.family, host, a.bytes) != 1)
		return -EINVAL;
	bits = (unsigned)ip_size(&a) * 8;
	a.prefix = (uint8_t)bits;
	if (slash && parse_prefix(slash + 1, bits, &a.prefix) < 0)
		return -EINVAL;
	*ret = a;
	return 0;
}

void ip_format(const struct ip *a, bool with_prefix, char *buf)
{
	char host[INET6_ADDRSTRLEN];

	if (!ip_size(a) || !inet_ntop(a->family, a->bytes, host, sizeof(host)))
		buf[0] = '\0';
	else if (with_prefix)
		snprintf(buf, IP_TEXT_BYTES, "%s/%u", host, a->prefix);
	else
		snprintf(buf, IP_TEXT_BYTES, "%s", host);
}

bool ip_contains(const struct ip *net, const struct ip *host)
{
	unsigned whole = net->prefix / 8, rest = net->prefix % 8;

	if (net->family != host->family || !ip_size(net))
		return false;
	if (memcmp(net->bytes, host->bytes, whole))
		return false;
	return !rest || !((net->bytes[whole] ^ host->bytes[whole]) >> (8 - rest));
}

bool ip_is_zero(const struct ip *a)
{
	for (size_t i = 0; i < ip_size(a); i++) {
		if (a->bytes[i])
			return false;
	}
	return true;
}
