/* SPDX-License-Identifier: MIT */
#include "net/link/dhcp6_packet.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "tests/unit/test.h"

static const struct dhcp6_client client = { .mac = { 0x52, 0x54, 0x00, 0x12, 0x34, 0x56 },
					    .xid = 0x123456,
					    .centis = 5 };

/* A reply is put together here, option by option. */
static uint8_t packet[1500];
static size_t len;

static void begin(uint8_t type)
{
	packet[0] = type;
	packet[1] = 0x12;
	packet[2] = 0x34;
	packet[3] = 0x56;
	len = 4;
}

static void option(unsigned code, const void *data, size_t n)
{
	packet[len++] = (uint8_t)(code >> 8);
	packet[len++] = (uint8_t)code;
	packet[len++] = (uint8_t)(n >> 8);
	packet[len++] = (uint8_t)n;
	memcpy(packet + len, data, n);
	len += n;
}

static void envelope(uint8_t type)
{
	static const uint8_t own[] = { 0, 3, 0, 1, 0x52, 0x54, 0, 0x12, 0x34, 0x56 };
	static const uint8_t server[] = { 0, 2, 0, 0, 1, 2, 3 };

	begin(type);
	option(1, own, sizeof(own));
	option(2, server, sizeof(server));
}

/* IA_NA with one address, valid for so long. */
static void lease(uint8_t last, uint8_t valid_s)
{
	uint8_t ia[12 + 28] = { 0x00, 0x12, 0x34, 0x56 };
	uint8_t *a = ia + 12;

	a[1] = 5;
	a[3] = 24;
	a[4] = 0x20;
	a[5] = 0x01;
	a[6] = 0x0d;
	a[7] = 0xb8;
	a[19] = last;
	a[27] = valid_s;
	option(3, ia, sizeof(ia));
}

static int parsed(struct dhcp6_reply *r)
{
	return dhcp6_parse(packet, len, &client, r);
}

TEST(solicit)
{
	static const uint8_t expected[] = {
		1,    0x12, 0x34, 0x56, 0, 1,	 0,    10,   0, 3, 0, 1, 0x52, 0x54, 0,	 0x12, 0x34,
		0x56, 0,    8,	  0,	2, 0,	 5,    0,    6, 0, 2, 0, 23,   0,    14, 0,    0,
		0,    3,    0,	  12,	0, 0x12, 0x34, 0x56, 0, 0, 0, 0, 0,    0,    0,	 0,
	};
	uint8_t out[DHCP6_PACKET_BYTES];

	CHECK_EQ(dhcp6_build(DHCP6_SOLICIT, &client, NULL, out), sizeof(expected));
	CHECK(!memcmp(out, expected, sizeof(expected)));
}

TEST(request_has_server_and_address)
{
	uint8_t out[DHCP6_PACKET_BYTES];
	struct dhcp6_reply offer;
	size_t n;

	envelope(DHCP6_ADVERTISE);
	lease(7, 100);
	CHECK_EQ(parsed(&offer), 0);
	n = dhcp6_build(DHCP6_REQUEST, &client, &offer, out);
	CHECK_EQ(out[0], 3);
	CHECK(memmem(out, n, "\0\2\0\7\0\2\0\0\1\2\3", 11));
	CHECK(memmem(out, n, offer.address.bytes, 16));
	n = dhcp6_build(DHCP6_INFORMATION_REQUEST, &client, NULL, out);
	CHECK_EQ(n, 4 + 14 + 6 + 6);
	offer.server_bytes = DHCP6_DUID_BYTES;
	CHECK(dhcp6_build(DHCP6_REQUEST, &client, &offer, out) <= sizeof(out));
}

TEST(a_lease)
{
	static const uint8_t dns[32] = { 0x20, 1, [15] = 1, 0x20, 1, [31] = 2 };
	struct dhcp6_reply r;
	char text[IP_TEXT_BYTES];

	envelope(DHCP6_REPLY);
	lease(7, 100);
	option(23, dns, sizeof(dns));
	CHECK_EQ(parsed(&r), 0);
	CHECK_EQ(r.type, DHCP6_REPLY);
	ip_format(&r.address, true, text);
	CHECK_STR(text, "2001:db8::7/128");
	CHECK_EQ(r.n_dns, 2);
	ip_format(&r.dns[1], false, text);
	CHECK_STR(text, "2001::2");
}

TEST(not_for_us)
{
	struct dhcp6_reply r;

	begin(DHCP6_REPLY);
	CHECK_EQ(parsed(&r), -ENOMSG);
	envelope(DHCP6_REPLY);
	packet[3]++;
	CHECK_EQ(parsed(&r), -ENOMSG);
	envelope(DHCP6_SOLICIT);
	CHECK_EQ(parsed(&r), -ENOMSG);
	envelope(DHCP6_REPLY);
	/* another client's identity */
	packet[17]++;
	CHECK_EQ(parsed(&r), -ENOMSG);
	CHECK_EQ(dhcp6_parse(packet, 3, &client, &r), -ENOMSG);
}

TEST(no_address)
{
	static const uint8_t none[] = { 0, 0x12, 0x34, 0x56, 0,	 0, 0, 0, 0,
					0, 0,	 0,    0,    13, 0, 2, 0, 2 };
	struct dhcp6_reply r;

	envelope(DHCP6_REPLY);
	option(3, none, sizeof(none));
	CHECK_EQ(parsed(&r), 0);
	CHECK_EQ(r.address.family, AF_UNSPEC);
	CHECK_EQ(r.status, 2);
	/* one that is over already */
	envelope(DHCP6_REPLY);
	lease(7, 0);
	CHECK_EQ(parsed(&r), 0);
	CHECK_EQ(r.address.family, AF_UNSPEC);
}

TEST(each_cut_is_noticed)
{
	struct dhcp6_reply r;
	size_t whole;

	envelope(DHCP6_REPLY);
	lease(7, 100);
	whole = len;
	for (len = 4 + 14 + 11 + 1; len < whole; len++)
		CHECK_EQ(parsed(&r), -EBADMSG);
	envelope(DHCP6_REPLY);
	/* an address that reaches beyond its IA */
	lease(7, 100);
	packet[4 + 14 + 11 + 4 + 12 + 3] = 25;
	CHECK_EQ(parsed(&r), -EBADMSG);
}
