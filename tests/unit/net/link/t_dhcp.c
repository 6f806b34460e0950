/* SPDX-License-Identifier: MIT */
/*
 * DHCP messages: what is asked is what RFC 2131 says, a good answer is read, and each kind of
 * broken one is refused without reading outside the datagram.
 */
#include "net/link/dhcp_packet.h"

#include <arpa/inet.h>
#include <errno.h>

#include "tests/unit/test.h"

#define BODY	28 /* IP and UDP */
#define OPTIONS (BODY + 240)
#define MAX	1400

static const struct dhcp_client client = {
	.mac = { 0x52, 0x54, 0, 0x12, 0x34, 0x56 },
	.xid = 0x11223344,
	.secs = 7,
};

/* A reply in the making: what the server would send, sums and lengths by seal(). */
struct reply {
	uint8_t b[MAX];
	size_t len;
};

static uint32_t add(uint32_t sum, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sum += i & 1 ? p[i] : (uint32_t)p[i] << 8;
	return sum;
}

static uint16_t fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

static void be16(uint8_t *p, unsigned v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void seal(struct reply *r)
{
	size_t udp = r->len - 20;

	be16(r->b + 2, (unsigned)r->len);
	be16(r->b + 24, (unsigned)udp);
	be16(r->b + 10, 0);
	be16(r->b + 10, 0xffffu - fold(add(0, r->b, 20)));
	be16(r->b + 26, 0);
	be16(r->b + 26,
	     0xffffu - fold(add(add((uint32_t)(17 + udp), r->b + 12, 8), r->b + 20, udp)));
}

static void option(struct reply *r, uint8_t code, uint8_t n, const void *v)
{
	r->b[r->len++] = code;
	r->b[r->len++] = n;
	memcpy(r->b + r->len, v, n);
	r->len += n;
}

static uint32_t addr(const char *s)
{
	return inet_addr(s);
}

static void address_option(struct reply *r, uint8_t code, const char *a)
{
	uint32_t v = addr(a);

	option(r, code, 4, &v);
}

/* An answer without address options. */
static struct reply begin(uint8_t type)
{
	struct reply r = { .len = OPTIONS };
	uint32_t from = addr("10.0.2.2"), to = addr("255.255.255.255"), yours = addr("10.0.2.15");

	r.b[0] = 0x45;
	r.b[8] = 64;
	r.b[9] = 17;
	memcpy(r.b + 12, &from, 4);
	memcpy(r.b + 16, &to, 4);
	be16(r.b + 20, 67);
	be16(r.b + 22, 68);
	r.b[BODY] = 2;
	r.b[BODY + 1] = 1;
	r.b[BODY + 2] = 6;
	memcpy(r.b + BODY + 4, &client.xid, 4);
	memcpy(r.b + BODY + 16, &yours, 4);
	memcpy(r.b + BODY + 28, client.mac, 6);
	memcpy(r.b + BODY + 236, "\x63\x82\x53\x63", 4);
	option(&r, 53, 1, &type);
	address_option(&r, 54, "10.0.2.2");
	return r;
}

/* From memory of exactly that size, so that a read outside is found. */
static int parse_n(struct reply *r, size_t len, bool sum, struct dhcp_reply *ret)
{
	uint8_t *copy = malloc(len ? len : 1);
	int e;

	memcpy(copy, r->b, len);
	e = dhcp_parse(copy, len, sum, &client, ret);
	free(copy);
	return e;
}

static int parse(struct reply *r, struct dhcp_reply *ret)
{
	seal(r);
	return parse_n(r, r->len, true, ret);
}

TEST(discover)
{
	uint8_t f[DHCP_FRAME_BYTES];

	dhcp_build(DHCP_DISCOVER, &client, f);
	CHECK_EQ(f[0], 0x45);
	CHECK_EQ(f[2] << 8 | f[3], DHCP_FRAME_BYTES);
	CHECK_EQ(fold(add(0, f, 20)), 0xffff);
	CHECK_EQ(fold(add(add(17 + DHCP_FRAME_BYTES - 20, f + 12, 8), f + 20,
			  DHCP_FRAME_BYTES - 20)),
		 0xffff);
	CHECK(!memcmp(f + 12, "\0\0\0\0\xff\xff\xff\xff", 8));
	CHECK(!memcmp(f + 20, "\0\x44\0\x43", 4));
	CHECK(!memcmp(f + BODY, "\1\1\6\0", 4));
	CHECK(!memcmp(f + BODY + 4, &client.xid, 4));
	CHECK(!memcmp(f + BODY + 8, "\0\7\x80\0", 4));
	CHECK(!memcmp(f + BODY + 28, client.mac, 6));
	CHECK(!memcmp(f + OPTIONS - 4, "\x63\x82\x53\x63\x35\1\1\x3d\7\1", 10));
}

TEST(request_names_offer)
{
	struct dhcp_client c = client;
	uint8_t f[DHCP_FRAME_BYTES];

	c.requested = addr("10.0.2.15");
	c.server = addr("10.0.2.2");
	dhcp_build(DHCP_REQUEST, &c, f);
	CHECK_EQ(f[OPTIONS + 2], DHCP_REQUEST);
	CHECK(memmem(f + OPTIONS, 60, "\x32\4\x0a\0\2\x0f\x36\4\x0a\0\2\2\xff", 13));
}

TEST(offer)
{
	struct reply r = begin(2);
	struct dhcp_reply d;

	address_option(&r, 1, "255.255.255.128");
	address_option(&r, 3, "10.0.2.1");
	option(&r, 6, 16, "\1\1\1\1\2\2\2\2\3\3\3\3\4\4\4\4");
	option(&r, 26, 2, "\x05\xb4");
	r.b[r.len++] = 255;
	CHECK_EQ(parse(&r, &d), 0);
	CHECK_EQ(d.type, DHCP_OFFER);
	CHECK_EQ(d.address, addr("10.0.2.15"));
	CHECK_EQ(d.server, addr("10.0.2.2"));
	CHECK_EQ(d.prefix, 25);
	CHECK_EQ(d.mtu, 1460);
	CHECK_EQ(d.n_dns, 3);
	CHECK_EQ(d.dns[2], addr("3.3.3.3"));
	CHECK_EQ(d.n_routes, 1);
	CHECK_EQ(d.routes[0].prefix, 0);
	CHECK_EQ(d.routes[0].gateway, addr("10.0.2.1"));
}

TEST(classless_routes_replace_router)
{
	struct reply r = begin(5);
	struct dhcp_reply d;

	address_option(&r, 3, "10.0.2.99");
	/* in two parts, cut inside a route; bits beyond the prefix are set */
	option(&r, 121, 10, "\x20\x0a\0\2\1\0\0\0\0\x0c");
	option(&r, 121, 11, "\xac\x1f\x0a\0\2\3\0\x0a\0\2\1");
	CHECK_EQ(parse(&r, &d), 0);
	CHECK_EQ(d.n_routes, 3);
	CHECK_EQ(d.routes[0].prefix, 32);
	CHECK_EQ(d.routes[0].dst, addr("10.0.2.1"));
	CHECK_EQ(d.routes[0].gateway, 0);
	CHECK_EQ(d.routes[1].prefix, 12);
	CHECK_EQ(d.routes[1].dst, addr("172.16.0.0"));
	CHECK_EQ(d.routes[1].gateway, addr("10.0.2.3"));
	CHECK_EQ(d.routes[2].prefix, 0);
	CHECK_EQ(d.routes[2].gateway, addr("10.0.2.1"));
}

TEST(broken_routes_leave_router)
{
	static const struct {
		uint8_t n;
		const char *v;
	} bad[] = {
		{ 4, "\x18\x0a\0\2" }, { 1, "\x20" }, { 9, "\x21\1\2\3\4\5\6\7\x08" }, { 0, "" }
	};

	for (size_t i = 0; i < 4; i++) {
		struct reply r = begin(5);
		struct dhcp_reply d;

		option(&r, 121, bad[i].n, bad[i].v);
		address_option(&r, 3, "10.0.2.1");
		CHECK_EQ(parse(&r, &d), 0);
		CHECK_EQ(d.n_routes, 1);
		CHECK_EQ(d.routes[0].gateway, addr("10.0.2.1"));
	}
}

TEST(many_routes_are_cut)
{
	struct reply r = begin(5);
	struct dhcp_reply d;
	uint8_t v[255];

	for (int i = 0; i < 51; i++)
		memcpy(v + i * 5, "\0\x0a\0\2\1", 5);
	for (int i = 0; i < 3; i++)
		option(&r, 121, 255, v);
	CHECK_EQ(parse(&r, &d), 0);
	CHECK_EQ(d.n_routes, DHCP_MAX_ROUTES);
}

TEST(overload)
{
	struct reply r = begin(2);
	struct dhcp_reply d;

	option(&r, 52, 1, "\3");
	memcpy(r.b + BODY + 108, "\1\4\xff\xff\0\0\xff", 7); /* file */
	memcpy(r.b + BODY + 44, "\6\4\x0a\0\2\3\xff", 7);    /* server name */
	CHECK_EQ(parse(&r, &d), 0);
	CHECK_EQ(d.prefix, 16);
	CHECK_EQ(d.n_dns, 1);
	/* an option that leaves its field is broken, wherever the field is */
	memcpy(r.b + BODY + 108, "\1\x80", 2);
	CHECK_EQ(parse(&r, &d), -EBADMSG);
	/* and without the overload option the field is a file name */
	r = begin(2);
	memcpy(r.b + BODY + 108, "\1\x80", 2);
	CHECK_EQ(parse(&r, &d), 0);
}

TEST(nak)
{
	struct reply r = begin(6);
	struct dhcp_reply d;

	memset(r.b + BODY + 16, 0, 4);
	CHECK_EQ(parse(&r, &d), 0);
	CHECK_EQ(d.type, DHCP_NAK);
	CHECK_EQ(d.server, addr("10.0.2.2"));
}

TEST(not_for_us)
{
	/* where a byte is changed before sealing, and the answer then */
	static const struct {
		size_t at;
		uint8_t to;
		int want;
	} t[] = {
		{ 0, 0x65, -ENOMSG },
		{ 0, 0x44, -ENOMSG },
		{ 0, 0x4f, -ENOMSG },
		{ 6, 0x20, -ENOMSG },
		{ 7, 1, -ENOMSG },
		{ 9, 6, -ENOMSG },
		{ 21, 66, -ENOMSG },
		{ 23, 67, -ENOMSG },
		{ BODY, 1, -ENOMSG },
		{ BODY + 4, 0, -ENOMSG },
		{ BODY + 2, 16, -ENOMSG },
		{ BODY + 33, 0, -ENOMSG },
		{ OPTIONS - 1, 0, -EBADMSG },
		{ OPTIONS + 2, 4, -EBADMSG },
		{ BODY + 16, 0, -EBADMSG },
		{ BODY + 16, 127, -EBADMSG },
		{ BODY + 16, 224, -EBADMSG },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct reply r = begin(2);
		struct dhcp_reply d;

		r.b[t[i].at] = t[i].to;
		CHECK_EQ(parse(&r, &d), t[i].want);
	}
}

TEST(sums)
{
	struct reply r = begin(2);
	struct dhcp_reply d;

	seal(&r);
	r.b[OPTIONS + 5] ^= 1;
	CHECK_EQ(parse_n(&r, r.len, true, &d), -ENOMSG);
	CHECK_EQ(parse_n(&r, r.len, false, &d), 0);
	be16(r.b + 26, 0); /* the server sends without a sum */
	CHECK_EQ(parse_n(&r, r.len, true, &d), 0);
	r.b[8]++;
	CHECK_EQ(parse_n(&r, r.len, false, &d), -ENOMSG);
}

TEST(lengths)
{
	struct reply r = begin(2);
	struct dhcp_reply d;
	size_t full;

	address_option(&r, 1, "255.255.255.0");
	seal(&r);
	full = r.len;
	for (size_t n = 0; n < full; n++)
		CHECK_EQ(parse_n(&r, n, true, &d), -ENOMSG);
	CHECK_EQ(parse_n(&r, full + 18, true, &d), 0); /* Ethernet's padding */
	/* each cut that the headers agree to */
	for (size_t n = OPTIONS; n < full; n++) {
		int e;

		r.len = n;
		e = parse(&r, &d);
		CHECK(e == -EBADMSG || (e == 0 && d.server));
	}
	/* a UDP length that is shorter than its own head, or longer than the datagram */
	r = begin(2);
	seal(&r);
	be16(r.b + 24, 7);
	CHECK_EQ(parse_n(&r, r.len, false, &d), -ENOMSG);
	be16(r.b + 24, (unsigned)r.len - 19);
	CHECK_EQ(parse_n(&r, r.len, false, &d), -ENOMSG);
}

TEST(no_server_no_lease)
{
	struct reply r = begin(2);
	struct dhcp_reply d;

	r.len = OPTIONS + 3; /* only the type is left */
	CHECK_EQ(parse(&r, &d), -EBADMSG);
}

TEST(senseless_values_count_as_absent)
{
	struct reply r = begin(2);
	struct dhcp_reply d;

	address_option(&r, 1, "255.0.255.0");
	address_option(&r, 3, "0.0.0.0");
	option(&r, 26, 2, "\0\x44");
	option(&r, 6, 3, "\1\1\1");
	CHECK_EQ(parse(&r, &d), 0);
	CHECK_EQ(d.prefix, 8);
	CHECK_EQ(d.n_routes, 0);
	CHECK_EQ(d.n_dns, 0);
	CHECK_EQ(d.mtu, 0);
}

TEST(result_is_untouched_on_failure)
{
	struct reply r = begin(2);
	struct dhcp_reply d, before;

	memset(&d, 0x5a, sizeof(d));
	before = d;
	r.b[r.len++] = 1; /* a code without a length */
	CHECK_EQ(parse(&r, &d), -EBADMSG);
	CHECK(!memcmp((const void *)&d, (const void *)&before, sizeof(d)));
}
