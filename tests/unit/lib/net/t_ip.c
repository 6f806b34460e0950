/* SPDX-License-Identifier: MIT */
/* Addresses of both families: text to bytes and back, prefixes, what is inside a network. */
#include "lib/net/ip.h"

#include <errno.h>
#include <sys/socket.h>

#include "tests/unit/test.h"

TEST(round_trip)
{
	static const char *const good[] = {
		"192.0.2.7/24", "0.0.0.0/0", "10.1.2.3/32", "2001:db8::1/64", "::/0", "fe80::1/128",
	};
	char text[IP_TEXT_BYTES];
	struct ip a;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		CHECK_EQ(ip_parse(good[i], true, &a), 0);
		ip_format(&a, true, text);
		CHECK_STR(text, good[i]);
	}
	CHECK_EQ(ip_parse("192.0.2.7", false, &a), 0);
	CHECK_EQ(a.prefix, 32);
	ip_format(&a, false, text);
	CHECK_STR(text, "192.0.2.7");
	ip_format(&(struct ip){ 0 }, false, text);
	CHECK_STR(text, "");
}

TEST(bad_text)
{
	static const char *const bad[] = {
		"",
		"/",
		"/24",
		"192.0.2.7",
		"192.0.2.7/",
		"192.0.2.7/33",
		"192.0.2.7/-1",
		"192.0.2.7/ 4",
		"192.0.2.7/0024",
		"192.0.2/24",
		"192.0.2.256/24",
		"2001:db8::1/129",
		"2001:db8::1::/64",
		"192.0.2.7/24/2",
		"host/24",
		"1111111111111111111111111111111111111111111111111111111111/24",
	};
	struct ip a = { .family = 77 };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK_EQ(ip_parse(bad[i], true, &a), -EINVAL);
	CHECK_EQ(ip_parse("192.0.2.7/24", false, &a), -EINVAL);
	CHECK_EQ(a.family, 77);
}

static bool inside(const char *net, const char *host)
{
	struct ip n, h;

	CHECK_EQ(ip_parse(net, true, &n), 0);
	CHECK_EQ(ip_parse(host, false, &h), 0);
	return ip_contains(&n, &h);
}

TEST(contains)
{
	CHECK(inside("10.0.2.15/24", "10.0.2.2"));
	CHECK(!inside("10.0.2.15/24", "10.0.3.2"));
	CHECK(inside("10.0.2.15/23", "10.0.3.2"));
	CHECK(inside("10.0.2.15/0", "192.0.2.1"));
	CHECK(inside("10.0.2.15/32", "10.0.2.15"));
	CHECK(!inside("10.0.2.15/32", "10.0.2.14"));
	CHECK(inside("2001:db8::1/65", "2001:db8::7fff:0:0:1"));
	CHECK(!inside("2001:db8::1/65", "2001:db8::8000:0:0:1"));
	CHECK(!inside("0.0.0.0/0", "::1"));
	CHECK(!ip_contains(&(struct ip){ 0 }, &(struct ip){ 0 }));
}

TEST(zero)
{
	struct ip a = ip_from_v4(0, 0);

	CHECK(ip_is_zero(&a));
	a.bytes[3] = 1;
	CHECK(!ip_is_zero(&a));
	CHECK_EQ(a.family, AF_INET);
}
