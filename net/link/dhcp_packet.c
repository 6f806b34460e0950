/* SPDX-License-Identifier: MIT */
/*
 * DHCPv4 messages. A reply is untrusted: each length is checked before what it covers is read,
 * and a value that makes no sense counts as absent.
 */
#include "net/link/dhcp_packet.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "lib/bytes.h"

#define IP_UDP	     17
#define BOOT_REQUEST 1
#define BOOT_REPLY   2
#define COOKIE	     0x63825363

enum option {
	OPT_PAD = 0,
	OPT_MASK = 1,
	OPT_ROUTER = 3,
	OPT_DNS = 6,
	OPT_MTU = 26,
	OPT_REQUESTED = 50,
	OPT_OVERLOAD = 52,
	OPT_TYPE = 53,
	OPT_SERVER = 54,
	OPT_WANTED = 55,
	OPT_MAX_SIZE = 57,
	OPT_CLIENT_ID = 61,
	OPT_ROUTES = 121,
	OPT_END = 255,
};

/* RFC 791, 768 and 2131 figure 1; all multi-byte fields in network order. */
struct ip_head {
	uint8_t version_words, tos;
	uint16_t len, id, fragment;
	uint8_t ttl, protocol;
	uint16_t sum;
	uint32_t from, to;
};
static_assert(sizeof(struct ip_head) == 20, "fixed by the protocol");

struct udp_head {
	uint16_t from, to, len, sum;
};
static_assert(sizeof(struct udp_head) == 8, "fixed by the protocol");

struct boot {
	uint8_t op, hw_type, hw_len, hops;
	uint32_t xid;
	uint16_t secs, flags;
	uint32_t client, yours, next_server, relay;
	uint8_t hw[16], server_name[64], file[128];
	uint32_t cookie;
};
static_assert(sizeof(struct boot) == 240, "fixed by the protocol");

/* The options as they are found, before what they mean together is known. */
struct found {
	uint32_t mask, router;
	uint8_t overload;
	uint16_t routes_len;
	bool routes_cut;
	uint8_t routes[512]; /* all parts of option 121, one behind the other */
};

/* ---- the checksum of IP and UDP, RFC 1071 ---- */

static uint32_t sum_add(uint32_t sum, const void *data, size_t len)
{
	const uint8_t *b = data;
	size_t i;

	for (i = 0; i + 1 < len; i += 2)
		sum += (uint32_t)(b[i] << 8 | b[i + 1]);
	return i < len ? sum + (uint32_t)(b[i] << 8) : sum;
}

/* 0 over data that holds a right checksum. */
static uint16_t sum_end(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

/* UDP's sum covers the addresses, the protocol and the length, too. */
static uint32_t pseudo_head(const struct ip_head *ip, size_t udp_len)
{
	return sum_add(IP_UDP + (uint32_t)udp_len, &ip->from, 8);
}

/* ---- building ---- */

static uint8_t *put_option(uint8_t *p, uint8_t code, const void *data, uint8_t len)
{
	p[0] = code;
	p[1] = len;
	memcpy(p + 2, data, len);
	return p + 2 + len;
}

static void put_options(uint8_t *p, enum dhcp_type type, const struct dhcp_client *c)
{
	static const uint8_t wanted[] = { OPT_MASK, OPT_ROUTES, OPT_ROUTER, OPT_DNS, OPT_MTU };
	static const uint8_t max_size[2] = { 1500 >> 8, 1500 & 0xff };
	uint8_t id[7] = { 1 }, t = (uint8_t)type; /* 1: Ethernet */

	memcpy(id + 1, c->mac, 6);
	p = put_option(p, OPT_TYPE, &t, 1);
	p = put_option(p, OPT_CLIENT_ID, id, sizeof(id));
	p = put_option(p, OPT_MAX_SIZE, max_size, sizeof(max_size));
	p = put_option(p, OPT_WANTED, wanted, sizeof(wanted));
	if (type == DHCP_REQUEST) {
		p = put_option(p, OPT_REQUESTED, &c->requested, 4);
		p = put_option(p, OPT_SERVER, &c->server, 4);
	}
	*p = OPT_END;
}

void dhcp_build(enum dhcp_type type, const struct dhcp_client *c, uint8_t frame[DHCP_FRAME_BYTES])
{
	size_t udp_len = DHCP_FRAME_BYTES - sizeof(struct ip_head);
	struct ip_head ip = {
		.version_words = 0x45,
		.len = htons(DHCP_FRAME_BYTES),
		.ttl = 64,
		.protocol = IP_UDP,
		.to = INADDR_BROADCAST,
	};
	struct udp_head udp = {
		.from = htons(DHCP_CLIENT_PORT),
		.to = htons(DHCP_SERVER_PORT),
		.len = htons((uint16_t)udp_len),
	};
	struct boot boot = {
		.op = BOOT_REQUEST,
		.hw_type = 1,
		.hw_len = 6,
		.xid = c->xid,
		/* the answer as a broadcast: no address is set up yet */
		.secs = htons(c->secs),
		.flags = htons(0x8000),
		.cookie = htonl(COOKIE),
	};
	uint8_t *body = frame + sizeof(ip) + sizeof(udp);

	memset(frame, 0, DHCP_FRAME_BYTES);
	memcpy(boot.hw, c->mac, 6);
	memcpy(body, &boot, sizeof(boot));
	put_options(body + sizeof(boot), type, c);
	ip.sum = htons(sum_end(sum_add(0, &ip, sizeof(ip))));
	udp.sum = sum_end(sum_add(sum_add(pseudo_head(&ip, udp_len), &udp, sizeof(udp)), body,
				  udp_len - sizeof(udp)));
	/* on the wire 0 says that there is no sum */
	udp.sum = htons(udp.sum ? udp.sum : 0xffff);
	memcpy(frame, &ip, sizeof(ip));
	memcpy(frame + sizeof(ip), &udp, sizeof(udp));
}

/* ---- parsing ---- */

/* Finds the UDP payload. -ENOMSG for what is not a whole datagram from a DHCP server. */
static int open_envelope(const uint8_t *frame, size_t len, bool udp_sum, const uint8_t **ret,
			 size_t *ret_len)
{
	struct ip_head ip;
	struct udp_head udp;
	size_t head, total, udp_len;

	if (len < sizeof(ip))
		return -ENOMSG;
	memcpy(&ip, frame, sizeof(ip));
	head = (ip.version_words & 15u) * 4;
	total = ntohs(ip.len);
	/* behind total there may be Ethernet's padding; 0x3fff: a part of a larger datagram */
	if (ip.version_words >> 4 != 4 || head < sizeof(ip) || total > len ||
	    !bytes_inside(head, sizeof(udp), total))
		return -ENOMSG;
	if (ip.protocol != IP_UDP || ntohs(ip.fragment) & 0x3fff)
		return -ENOMSG;
	memcpy(&udp, frame + head, sizeof(udp));
	udp_len = ntohs(udp.len);
	if (udp.to != htons(DHCP_CLIENT_PORT) || udp.from != htons(DHCP_SERVER_PORT))
		return -ENOMSG;
	if (udp_len < sizeof(udp) || !bytes_inside(head, udp_len, total))
		return -ENOMSG;
	if (sum_end(sum_add(0, frame, head)))
		return -ENOMSG;
	if (udp_sum && udp.sum &&
	    sum_end(sum_add(pseudo_head(&ip, udp_len), frame + head, udp_len)))
		return -ENOMSG;
	*ret = frame + head + sizeof(udp);
	*ret_len = udp_len - sizeof(udp);
	return 0;
}

/* An option's value as an address; 0 when it is shorter than one. */
static uint32_t first_address(const uint8_t *v, uint8_t n)
{
	return n >= 4 ? get_u32(v) : 0;
}

static void take_option(uint8_t code, const uint8_t *v, uint8_t n, struct found *f,
			struct dhcp_reply *r)
{
	switch (code) {
	case OPT_MASK:
		f->mask = first_address(v, n);
		break;
	case OPT_ROUTER:
		f->router = first_address(v, n);
		break;
	case OPT_SERVER:
		r->server = first_address(v, n);
		break;
	case OPT_DNS:
		for (; n >= 4 && r->n_dns < DHCP_MAX_DNS; n = (uint8_t)(n - 4), v += 4)
			r->dns[r->n_dns++] = get_u32(v);
		break;
	case OPT_MTU:
		r->mtu = n == 2 ? (uint16_t)(v[0] << 8 | v[1]) : 0;
		break;
	case OPT_TYPE:
		r->type = n == 1 ? v[0] : 0;
		break;
	case OPT_OVERLOAD:
		f->overload = n == 1 ? v[0] : 0;
		break;
	case OPT_ROUTES:
		/* no part behind one that did not fit: it would begin inside a route */
		f->routes_cut |= n > sizeof(f->routes) - f->routes_len;
		if (!f->routes_cut) {
			memcpy(f->routes + f->routes_len, v, n);
			f->routes_len = (uint16_t)(f->routes_len + n);
		}
		break;
	}
}

/* -EBADMSG when an option reaches beyond the area. A missing END is forgiven. */
static int walk_options(const uint8_t *area, size_t len, struct found *f, struct dhcp_reply *r)
{
	size_t i = 0;

	while (i < len) {
		uint8_t code = area[i++], n;

		if (code == OPT_PAD)
			continue;
		if (code == OPT_END)
			return 0;
		if (i == len)
			return -EBADMSG;
		n = area[i++];
		if (n > len - i)
			return -EBADMSG;
		take_option(code, area + i, n, f, r);
		i += n;
	}
	return 0;
}

/* Options may go on in the two fields that a boot loader would use. */
static int walk_all(const struct boot *b, const uint8_t *options, size_t len, struct found *f,
		    struct dhcp_reply *r)
{
	uint8_t overload;
	int e = walk_options(options, len, f, r);

	overload = f->overload;
	if (!e && overload & 1)
		e = walk_options(b->file, sizeof(b->file), f, r);
	if (!e && overload & 2)
		e = walk_options(b->server_name, sizeof(b->server_name), f, r);
	return e;
}

static uint32_t mask_of(unsigned prefix)
{
	return htonl(prefix ? ~0u << (32 - prefix) : 0);
}

/* The prefix of a mask; without a mask that makes sense, that of the address's old class. */
static uint8_t prefix_of(uint32_t mask, uint32_t address)
{
	uint32_t first = ntohl(address) >> 24;

	for (uint8_t p = 1; p <= 32; p++) {
		if (mask == mask_of(p))
			return p;
	}
	return first < 128 ? 8 : first < 192 ? 16 : 24;
}

/* Can a host have it? Not 0/8, 127/8, multicast, reserved, broadcast. */
static bool is_host(uint32_t address)
{
	uint32_t first = ntohl(address) >> 24;

	return first && first != 127 && first < 224;
}

/* RFC 3442: prefix length, as many bytes of the destination as it covers, the gateway. */
static bool take_routes(const struct found *f, struct dhcp_reply *r)
{
	size_t i = 0;

	while (i < f->routes_len) {
		uint8_t prefix = f->routes[i++], n = (uint8_t)((prefix + 7) / 8);
		struct dhcp_route *to = &r->routes[r->n_routes];

		if (r->n_routes == DHCP_MAX_ROUTES)
			return true;
		if (prefix > 32 || !bytes_inside(i, n + 4u, f->routes_len))
			return false;
		to->prefix = prefix;
		to->dst = 0;
		memcpy(&to->dst, f->routes + i, n);
		to->dst &= mask_of(prefix);
		to->gateway = get_u32(f->routes + i + n);
		i += n + 4u;
		r->n_routes++;
	}
	return r->n_routes;
}

static int check_reply(const struct boot *b, const struct found *f, struct dhcp_reply *r)
{
	if (r->type == DHCP_NAK)
		return 0;
	if ((r->type != DHCP_OFFER && r->type != DHCP_ACK) || !is_host(b->yours) || !r->server)
		return -EBADMSG;
	r->address = b->yours;
	r->prefix = prefix_of(f->mask, b->yours);
	if (r->mtu < 576)
		r->mtu = 0;
	/* with option 121 the router of option 3 does not count */
	if (take_routes(f, r))
		return 0;
	r->n_routes = 0;
	if (is_host(f->router))
		r->routes[r->n_routes++] = (struct dhcp_route){ .gateway = f->router };
	return 0;
}

int dhcp_parse(const uint8_t *frame, size_t len, bool udp_sum, const struct dhcp_client *c,
	       struct dhcp_reply *ret)
{
	struct dhcp_reply r = { 0 };
	struct found f = { 0 };
	const uint8_t *body;
	struct boot b;
	size_t n;
	int e = open_envelope(frame, len, udp_sum, &body, &n);

	if (e < 0)
		return e;
	if (n < sizeof(b))
		return -ENOMSG;
	memcpy(&b, body, sizeof(b));
	if (b.op != BOOT_REPLY || b.xid != c->xid || b.hw_len != 6 || memcmp(b.hw, c->mac, 6))
		return -ENOMSG;
	if (b.cookie != htonl(COOKIE))
		return -EBADMSG;
	e = walk_all(&b, body + sizeof(b), n - sizeof(b), &f, &r);
	if (!e)
		e = check_reply(&b, &f, &r);
	if (!e)
		*ret = r;
	return e;
}
