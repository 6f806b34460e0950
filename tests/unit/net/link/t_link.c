/* SPDX-License-Identifier: MIT */
/*
 * Which interface a config names, and what is read from the kernel's RTM_NEWLINK messages, cut
 * ones too. What the kernel does with requests is tested in tests/net.
 */
#include "net/link/link_private.h"

#include <errno.h>
#include <linux/if.h>
#include <linux/if_arp.h>

#include "tests/unit/test.h"

static const uint8_t mac[6] = { 0x52, 0x54, 0, 0x12, 0x34, 0x56 };
static const uint8_t other[6] = { 2, 0, 0, 0, 0, 1 };

/* A message as the kernel sends it; kind NULL: hardware. */
static struct netlink_msg message(const char *name, const uint8_t *permanent, const char *kind)
{
	struct ifinfomsg head = {
		.ifi_type = ARPHRD_ETHER,
		.ifi_index = 3,
		.ifi_flags = IFF_UP | IFF_BROADCAST,
	};
	struct netlink_msg m;

	netlink_begin(&m, RTM_NEWLINK, 0, &head, sizeof(head));
	netlink_put(&m, IFLA_IFNAME, name, strlen(name) + 1);
	netlink_put(&m, IFLA_ADDRESS, mac, 6);
	if (permanent)
		netlink_put(&m, IFLA_PERM_ADDRESS, permanent, 6);
	if (kind) {
		uint8_t nest[32];
		struct rtattr a = {
			.rta_len = (unsigned short)RTA_LENGTH(strlen(kind) + 1),
			.rta_type = IFLA_INFO_KIND,
		};

		memcpy(nest, &a, sizeof(a));
		memcpy(nest + sizeof(a), kind, strlen(kind) + 1);
		netlink_put(&m, IFLA_LINKINFO, nest, a.rta_len);
	}
	return m;
}

TEST(want)
{
	struct link_want w;

	CHECK_EQ(link_want_parse("auto", &w), 0);
	CHECK_EQ(w.by, LINK_AUTO);
	CHECK_EQ(link_want_parse("eth0", &w), 0);
	CHECK_EQ(w.by, LINK_BY_NAME);
	CHECK_STR(w.name, "eth0");
	CHECK_EQ(link_want_parse("52:54:00:12:34:56", &w), 0);
	CHECK_EQ(w.by, LINK_BY_MAC);
	CHECK(!memcmp(w.mac, mac, 6));
	/* not quite MAC addresses: names, and too long for one */
	CHECK_EQ(link_want_parse("52:54:00:12:34:5", &w), -EINVAL);
	CHECK_EQ(link_want_parse("52:54:00:12:34:56:", &w), -EINVAL);
	CHECK_EQ(link_want_parse("52:54:00:12:34: 6", &w), -EINVAL);
	CHECK_EQ(link_want_parse("0x:54:00:12:34:56", &w), -EINVAL);
	CHECK_EQ(link_want_parse("", &w), -EINVAL);
	CHECK_EQ(link_want_parse("sixteen-letters-", &w), -EINVAL);
	CHECK_EQ(w.by, LINK_BY_MAC);
}

TEST(parse)
{
	struct netlink_msg m = message("eth0", other, NULL);
	struct link_info i;

	CHECK(link_parse(&m.head, &i));
	CHECK_EQ(i.index, 3);
	CHECK_STR(i.name, "eth0");
	CHECK(i.has_mac && !memcmp(i.mac, mac, 6));
	CHECK(i.has_permanent && !memcmp(i.permanent, other, 6));
	CHECK(!i.virtual);
	CHECK_EQ(i.flags, IFF_UP | IFF_BROADCAST);
	m.head.nlmsg_type = RTM_DELLINK;
	CHECK(!link_parse(&m.head, &i));
}

TEST(matches)
{
	struct link_want by_mac, by_other, by_name, any;
	struct netlink_msg m = message("eth0", other, NULL);
	struct link_info i;

	link_want_parse("52:54:00:12:34:56", &by_mac);
	link_want_parse("02:00:00:00:00:01", &by_other);
	link_want_parse("eth0", &by_name);
	link_want_parse("auto", &any);
	CHECK(link_parse(&m.head, &i));
	CHECK(link_matches(&by_mac, &i));
	CHECK(link_matches(&by_other, &i));
	CHECK(link_matches(&by_name, &i));
	CHECK(link_matches(&any, &i));
	m = message("eth00", NULL, NULL);
	CHECK(link_parse(&m.head, &i));
	CHECK(!link_matches(&by_other, &i));
	CHECK(!link_matches(&by_name, &i));
	i.flags |= IFF_LOOPBACK;
	CHECK(!link_matches(&any, &i));
}

TEST(auto_takes_no_software_device)
{
	static const char *const kinds[] = { "bridge", "bond", "vlan", "dummy", "vethx", "v" };
	struct link_want any;
	struct netlink_msg m;
	struct link_info i;

	link_want_parse("auto", &any);
	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		m = message("x0", NULL, kinds[k]);
		CHECK(link_parse(&m.head, &i));
		CHECK(!link_matches(&any, &i));
	}
	m = message("x0", NULL, "veth");
	CHECK(link_parse(&m.head, &i));
	CHECK(link_matches(&any, &i));
}

TEST(cut_messages)
{
	struct netlink_msg m = message("eth0", other, "bridge");
	size_t full = m.head.nlmsg_len;

	for (size_t n = 0; n <= full; n++) {
		uint8_t *copy = malloc(n + 1);
		const struct nlmsghdr *head;
		struct link_info i;
		size_t off = 0;

		memcpy(copy, m.bytes, n);
		head = netlink_next(copy, n, &off);
		CHECK_EQ(!!head, n == full);
		/* and with a length that agrees */
		if (n >= sizeof(*head)) {
			uint32_t len = (uint32_t)n;

			off = 0;
			memcpy(copy, &len, sizeof(len));
			head = netlink_next(copy, n, &off);
			CHECK(head != NULL);
			link_parse(head, &i);
		}
		free(copy);
	}
}

TEST(attribute_does_not_fit)
{
	struct netlink_msg m = message("eth0", NULL, NULL);
	uint8_t big[300] = { 0 };

	netlink_put(&m, IFLA_IFALIAS, big, sizeof(big));
	CHECK(m.full);
	CHECK_EQ(netlink_send(-1, &m), -EMSGSIZE);
}
