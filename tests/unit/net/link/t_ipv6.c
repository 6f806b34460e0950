/* SPDX-License-Identifier: MIT */
#include "net/link/ipv6.h"

#include <string.h>
#include <sys/socket.h>

#include "tests/unit/test.h"

TEST(announced_name_servers)
{
	/* a prefix option of 32 bytes, then RDNSS with two servers */
	uint8_t options[32 + 40] = { 3,
				     4,
				     [32] = 25,
				     5,
				     [32 + 8] = 0x20,
				     1,
				     [32 + 23] = 1,
				     [32 + 24] = 0x20,
				     1,
				     [32 + 39] = 2 };
	struct ip found[3];
	char text[IP_TEXT_BYTES];

	CHECK_EQ(ipv6_announced_dns(options, sizeof(options), found, 3), 2);
	ip_format(&found[1], false, text);
	CHECK_STR(text, "2001::2");
	CHECK_EQ(found[0].family, AF_INET6);
	CHECK_EQ(ipv6_announced_dns(options, sizeof(options), found, 1), 1);
	CHECK_EQ(ipv6_announced_dns(options, sizeof(options), found, 0), 0);
}

TEST(options_that_lie)
{
	uint8_t options[40] = { 25, 5 };
	struct ip found[3];

	/* cut in the middle, of no length, longer than what is there, too short for a server */
	for (size_t n = 0; n < sizeof(options); n++)
		CHECK_EQ(ipv6_announced_dns(options, n, found, 3), 0);
	options[1] = 0;
	CHECK_EQ(ipv6_announced_dns(options, sizeof(options), found, 3), 0);
	options[1] = 255;
	CHECK_EQ(ipv6_announced_dns(options, sizeof(options), found, 3), 0);
	options[1] = 1;
	CHECK_EQ(ipv6_announced_dns(options, sizeof(options), found, 3), 0);
}
