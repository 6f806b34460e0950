/* SPDX-License-Identifier: MIT */
/*
 * DHCPv6 messages. A reply is untrusted: each length is checked before what it covers is read.
 */
#include "net/link/dhcp6_packet.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/bytes.h"

enum option {
	OPT_CLIENT = 1,
	OPT_SERVER = 2,
	OPT_IA_NA = 3,
	OPT_IA_ADDRESS = 5,
	OPT_WANTED = 6,
	OPT_PREFERENCE = 7,
	OPT_ELAPSED = 8,
	OPT_STATUS = 13,
	OPT_RAPID_COMMIT = 14,
	OPT_DNS = 23,
};

enum { IA_HEAD = 12, IA_ADDRESS_HEAD = 24, HEAD = 4, DUID_LL_BYTES = 10 };

static void put_16(uint8_t *p, unsigned v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static unsigned get_16(const uint8_t *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

static uint32_t get_32(const uint8_t *p)
{
	return (uint32_t)get_16(p) << 16 | get_16(p + 2);
}

/* ---- building */

static uint8_t *put_option(uint8_t *p, enum option code, const void *data, size_t len)
{
	put_16(p, code);
	put_16(p + 2, (unsigned)len);
	if (len)
		memcpy(p + 4, data, len);
	return p + 4 + len;
}

/* DUID-LL of an Ethernet interface, 11.4. */
static void own_duid(const struct dhcp6_client *c, uint8_t duid[DUID_LL_BYTES])
{
	put_16(duid, 3);
	put_16(duid + 2, 1);
	memcpy(duid + 4, c->mac, 6);
}

static uint8_t *put_ia(uint8_t *p, const struct dhcp6_client *c, const struct dhcp6_reply *offer)
{
	uint8_t ia[IA_HEAD + 4 + IA_ADDRESS_HEAD] = { 0 }, address[IA_ADDRESS_HEAD] = { 0 };
	uint8_t *end = ia + IA_HEAD;

	memcpy(ia, c->mac + 2, 4);
	if (offer) {
		memcpy(address, offer->address.bytes, 16);
		end = put_option(end, OPT_IA_ADDRESS, address, sizeof(address));
	}
	return put_option(p, OPT_IA_NA, ia, (size_t)(end - ia));
}

size_t dhcp6_build(enum dhcp6_type type, const struct dhcp6_client *c,
		   const struct dhcp6_reply *offer, uint8_t packet[DHCP6_PACKET_BYTES])
{
	static const uint8_t wanted[] = { 0, OPT_DNS };
	uint8_t duid[DUID_LL_BYTES], elapsed[2], *p = packet + HEAD;

	packet[0] = (uint8_t)type;
	packet[1] = (uint8_t)(c->xid >> 16);
	put_16(packet + 2, c->xid & 0xffff);
	own_duid(c, duid);
	put_16(elapsed, c->centis);
	p = put_option(p, OPT_CLIENT, duid, sizeof(duid));
	p = put_option(p, OPT_ELAPSED, elapsed, sizeof(elapsed));
	p = put_option(p, OPT_WANTED, wanted, sizeof(wanted));
	if (type == DHCP6_REQUEST)
		p = put_option(p, OPT_SERVER, offer->server, offer->server_bytes);
	if (type == DHCP6_SOLICIT)
		p = put_option(p, OPT_RAPID_COMMIT, NULL, 0);
	if (type != DHCP6_INFORMATION_REQUEST)
		p = put_ia(p, c, type == DHCP6_REQUEST ? offer : NULL);
	return (size_t)(p - packet);
}

/* ---- parsing */

/* What parsing knows besides what it returns. */
struct found {
	const struct dhcp6_client *client;
	bool ours; /* our own identity came back */
};

typedef int option_fn(unsigned code, const uint8_t *v, size_t n, struct found *f,
		      struct dhcp6_reply *r);

/* -EBADMSG when an option reaches beyond the area. */
static int walk_options(const uint8_t *area, size_t len, option_fn *take, struct found *f,
			struct dhcp6_reply *r)
{
	size_t i = 0;

	while (i < len) {
		size_t n;
		int e;

		if (!bytes_inside(i, 4, len))
			return -EBADMSG;
		n = get_16(area + i + 2);
		if (!bytes_inside(i + 4, n, len))
			return -EBADMSG;
		e = take(get_16(area + i), area + i + 4, n, f, r);
		if (e)
			return e;
		i += 4 + n;
	}
	return 0;
}

static void take_status(const uint8_t *v, size_t n, struct dhcp6_reply *r)
{
	if (n >= 2 && !r->status)
		r->status = (uint16_t)get_16(v);
}

/* Unicast of any scope but the link's, and an address that may be used. */
static bool is_usable(const uint8_t *a, uint32_t valid_s)
{
	static const uint8_t zero[16];

	return valid_s && a[0] != 0xff && memcmp(a, zero, 16) && !(a[0] == 0xfe && a[1] >> 6 == 2);
}

static int take_in_ia(unsigned code, const uint8_t *v, size_t n, struct found *f,
		      struct dhcp6_reply *r)
{
	(void)f;
	if (code == OPT_STATUS)
		take_status(v, n, r);
	if (code != OPT_IA_ADDRESS)
		return 0;
	if (n < IA_ADDRESS_HEAD)
		return -EBADMSG;
	if (r->address.family == AF_UNSPEC && is_usable(v, get_32(v + 20))) {
		r->address = (struct ip){ .family = AF_INET6, .prefix = 128 };
		memcpy(r->address.bytes, v, 16);
	}
	return 0;
}

static void take_dns(const uint8_t *v, size_t n, struct dhcp6_reply *r)
{
	for (; n >= 16 && r->n_dns < DHCP6_MAX_DNS; n -= 16, v += 16) {
		struct ip *to = &r->dns[r->n_dns++];

		*to = (struct ip){ .family = AF_INET6, .prefix = 128 };
		memcpy(to->bytes, v, 16);
	}
}

static int take_option(unsigned code, const uint8_t *v, size_t n, struct found *f,
		       struct dhcp6_reply *r)
{
	uint8_t duid[DUID_LL_BYTES];

	switch (code) {
	case OPT_CLIENT:
		own_duid(f->client, duid);
		f->ours = n == sizeof(duid) && !memcmp(v, duid, n);
		return 0;
	case OPT_SERVER:
		if (n < 3 || n > sizeof(r->server))
			return -EBADMSG;
		memcpy(r->server, v, n);
		r->server_bytes = (uint8_t)n;
		return 0;
	case OPT_PREFERENCE:
		r->preference = n ? v[0] : 0;
		return 0;
	case OPT_STATUS:
		take_status(v, n, r);
		return 0;
	case OPT_DNS:
		take_dns(v, n, r);
		return 0;
	case OPT_IA_NA:
		if (n < IA_HEAD)
			return -EBADMSG;
		/* another IA is not ours */
		if (memcmp(v, f->client->mac + 2, 4))
			return 0;
		return walk_options(v + IA_HEAD, n - IA_HEAD, take_in_ia, f, r);
	default:
		return 0;
	}
}

int dhcp6_parse(const uint8_t *packet, size_t len, const struct dhcp6_client *c,
		struct dhcp6_reply *ret)
{
	struct found f = { .client = c };
	struct dhcp6_reply r = { 0 };
	int e;

	if (len < HEAD || (packet[0] != DHCP6_ADVERTISE && packet[0] != DHCP6_REPLY))
		return -ENOMSG;
	if (((uint32_t)packet[1] << 16 | get_16(packet + 2)) != (c->xid & 0xffffff))
		return -ENOMSG;
	r.type = packet[0];
	e = walk_options(packet + HEAD, len - HEAD, take_option, &f, &r);
	if (e)
		return e;
	if (!f.ours)
		return -ENOMSG;
	if (!r.server_bytes)
		return -EBADMSG;
	*ret = r;
	return 0;
}
