/* SPDX-License-Identifier: MIT */
#include "mkinitrd/plan/image_conf.h"

#include <errno.h>

#include "lib/cleanup.h"
#include "tests/unit/test.h"

static struct fault fault;

TEST(says_the_same_when_read_again)
{
	char user[] =
		"path '/my dumps'\nhttps https://h/a?b\nnet aa:bb:cc:dd:ee:ff 192.0.2.7/24 dns "
		"192.0.2.9 gateway 192.0.2.1\nbtrfs LABEL=x\ntarget_timeout 7\n"
		"failure_action halt\ncore_collector kdump-dumper -d 1\n"
		"options loop max_loop=1 hw=2\nfence_kdump_nodes a 192.0.2.4\nfence_kdump_args -i "
		"3\n"
		"module /lib/modules/a.ko\nhost box\n";
	struct conf meant, got;
	struct conf_findings err;
	_free_ char *text = NULL;
	size_t len;

	CHECK_EQ(conf_parse(user, sizeof(user) - 1, &meant, &err), 0);
	CHECK_EQ(image_conf_write(&meant, "6.1", &text, &len, &fault), 0);
	CHECK_EQ(strlen(text), len);
	CHECK(!strncmp(text, "# written by kdump-mkinitrd", 27));
	CHECK_EQ(conf_parse(text, len, &got, &err), 0);
	CHECK_STR(got.path, "/my dumps");
	CHECK_EQ(got.n_targets, 2);
	CHECK_STR(got.targets[0].where, "https://h/a");
	CHECK_STR(got.targets[0].query, "b");
	CHECK_STR(got.targets[1].type, "btrfs");
	CHECK_EQ(got.n_nets, 1);
	CHECK_STR(got.nets[0].iface, "aa:bb:cc:dd:ee:ff");
	CHECK_STR(got.nets[0].addresses[0], "192.0.2.7/24");
	CHECK_STR(got.nets[0].routes[0].via, "192.0.2.1");
	CHECK_STR(got.nets[0].dns[0], "192.0.2.9");
	CHECK_EQ(got.limits.target_timeout_s, 7);
	CHECK_EQ(got.failure_action, CONF_HALT);
	CHECK_EQ(got.collector.levels[0], 1);
	CHECK_EQ(got.collector.codec, DUMP_STORED);
	CHECK_EQ(got.n_modules, 1);
	CHECK_STR(got.host, "box");
	CHECK_EQ(got.n_options, 1);
	CHECK_STR(got.options[0].module, "loop");
	CHECK_STR(got.options[0].params, "max_loop=1 hw=2");
	CHECK_EQ(got.fence.n_nodes, 2);
	CHECK_STR(got.fence.nodes[1], "192.0.2.4");
	CHECK_EQ(got.fence.interval_s, 3);
	CHECK_EQ(got.fence.port, 7410);
	CHECK(got.resolved);
}

TEST(what_would_be_read_otherwise_is_refused)
{
	struct conf c;
	char *text = NULL;
	size_t len;

	conf_init(&c);
	c.host = "box";
	c.path = "/a\nhost evil";
	CHECK_EQ(image_conf_write(&c, "6.1", &text, &len, &fault), -EINVAL);
	c.path = "/a#b";
	CHECK_EQ(image_conf_write(&c, "6.1", &text, &len, &fault), -EINVAL);
	CHECK(!text);
}

TEST(links_and_their_targets)
{
	char user[] = "link bond0 bond aa:bb:cc:dd:ee:01 aa:bb:cc:dd:ee:02 mode=1 miimon=100\n"
		      "link bond0.7 vlan bond0 7\n"
		      "net bond0.7 dhcp slaac mtu 9000\nnfs a:/x vers=3\n"
		      "net aa:bb:cc:dd:ee:03 2001:db8::7/64 gateway fe80::1 route 10.0.0.0/8 via "
		      "10.1.1.1\nnfs b:/x\n";
	struct conf_findings err;
	_free_ char *text = NULL;
	struct conf meant;
	size_t len;

	CHECK_EQ(conf_parse(user, sizeof(user) - 1, &meant, &err), 0);
	CHECK_EQ(image_conf_write(&meant, "6.1", &text, &len, &fault), 0);
	CHECK(strstr(text, "link bond0 bond aa:bb:cc:dd:ee:01 aa:bb:cc:dd:ee:02 mode=1 miimon=100\n"
			   "link bond0.7 vlan bond0 7\n"
			   "net bond0.7 dhcp slaac mtu 9000\nnfs a:/x vers=3\n"
			   "net aa:bb:cc:dd:ee:03 2001:db8::7/64 gateway fe80::1 route 10.0.0.0/8 "
			   "via 10.1.1.1\nnfs b:/x\n"));
}
