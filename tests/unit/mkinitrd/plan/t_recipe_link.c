/* SPDX-License-Identifier: MIT */
#include "mkinitrd/plan/recipe_link.h"

#include <errno.h>
#include <linux/if_ether.h>
#include <net/if_arp.h>
#include <sys/socket.h>

#include "lib/cleanup.h"
#include "mkinitrd/plan/image_conf.h"
#include "tests/unit/fake/tree.h"
#include "tests/unit/test.h"

static struct netstate state;
static struct recipe recipe;
static struct fault fault;
static struct conf user;
static char text[4096];

/* ---- a machine */

static struct netstate_link *add(int index, const char *name, const char *kind)
{
	struct netstate_link *l = &state.links[state.n_links++];

	*l = (struct netstate_link){ .index = index,
				     .flags = IFF_UP | IFF_RUNNING,
				     .hardware = ARPHRD_ETHER,
				     .mtu = 1500,
				     .has_mac = true,
				     .mac = { 0x52, 0x54, 0, 0, 0, (uint8_t)index } };
	strcpy(l->name, name);
	strcpy(l->kind, kind);
	return l;
}

/* One with hardware behind it. */
static struct netstate_link *card(const struct tree *t, int index, const char *name)
{
	char path[128], to[128];

	snprintf(path, sizeof(path), "/sys/devices/pci0/%s/net/%s", name, name);
	tree_dir(t, path);
	snprintf(path, sizeof(path), "/sys/class/net/%s", name);
	snprintf(to, sizeof(to), "../../devices/pci0/%s/net/%s", name, name);
	tree_link(t, path, to);
	snprintf(path, sizeof(path), "/sys/devices/pci0/%s/net/%s/device", name, name);
	tree_link(t, path, "../..");
	return add(index, name, "");
}

static void address(int index, const char *a, bool lasts)
{
	struct netstate_address *to = &state.addresses[state.n_addresses++];

	*to = (struct netstate_address){ .index = index, .lasts = lasts };
	CHECK_EQ(ip_parse(a, true, &to->address), 0);
	to->announced = !lasts && to->address.family == AF_INET6 && to->address.prefix < 128;
}

static void route(int index, const char *to, const char *via, unsigned metric)
{
	struct netstate_route *r = &state.routes[state.n_routes++];

	*r = (struct netstate_route){ .index = index, .metric = metric, .by_kernel = !via };
	CHECK_EQ(ip_parse(to, true, &r->to), 0);
	if (via)
		CHECK_EQ(ip_parse(via, false, &r->via), 0);
}

static int look_up(const char *host, struct ip *ret, unsigned max)
{
	unsigned n = 0;

	if (!strcmp(host, "both")) {
		CHECK_EQ(ip_parse("2001:db8::9", false, &ret[n++]), 0);
		CHECK(max > 1 && !ip_parse("192.0.2.9", false, &ret[n]));
		return (int)n + 1;
	}
	return !ip_parse(host, false, ret);
}

static struct tree begin(void)
{
	struct tree t = tree_make();

	state = (struct netstate){ .n_links = 0 };
	recipe_link_resolver = look_up;
	tree_text(&t, "/lib/modules/k/modules.dep",
		  "d/bonding.ko:\nd/8021q.ko:\nd/nfs.ko:\nd/nfsv4.ko:\n");
	tree_text(&t, "/lib/modules/k/modules.builtin", "");
	tree_text(&t, "/etc/resolv.conf",
		  "# of us\nnameserver 127.0.0.53\nnameserver 192.0.2.53\n");
	return t;
}

static int make(const struct tree *t, const char *config)
{
	struct machine m = { .root = t->root, .net = &state, .same_kernel = true };
	struct conf_findings found;

	fault = (struct fault){ 0 };
	strcpy(text, config);
	CHECK_EQ(conf_parse(text, strlen(text), &user, &found), 0);
	return recipe_make(&user, &m, t->root, "k", NULL, &recipe, &fault);
}

/* The image's config from "path /var/crash" to the collector. */
static void check(const struct tree *t, const char *config, const char *expected)
{
	_free_ char *got = NULL;
	char *from, *to;
	size_t len;
	int r = make(t, config);

	CHECK_STR(r ? fault.text : "", "");
	if (r)
		return;
	CHECK_EQ(image_conf_write(&recipe.conf, "k", &got, &len, &fault), 0);
	from = strstr(got, "path /var/crash\n") + strlen("path /var/crash\n");
	to = strstr(got, "core_collector");
	*to = '\0';
	CHECK_STR(from, expected);
	recipe_free(&recipe);
}

static void check_refused(const struct tree *t, const char *config, const char *words)
{
	int r = make(t, config);

	CHECK(r < 0);
	if (!r)
		recipe_free(&recipe);
	if (!strstr(fault.text, words)) {
		printf("reason: %s\n", fault.text);
		CHECK(!"the reason does not say what is expected");
	}
}

/* ---- */

TEST(static_addresses_with_their_routes)
{
	_cleanup_(tree_remove) struct tree t = begin();

	card(&t, 2, "eth0");
	address(2, "192.0.2.7/24", true);
	address(2, "192.0.2.8/24", true);
	address(2, "2001:db8::7/64", true);
	route(2, "192.0.2.0/24", NULL, 0);
	route(2, "0.0.0.0/0", "192.0.2.1", 100);
	route(2, "10.0.0.0/8", "192.0.2.2", 0);
	route(2, "0.0.0.0/0", "192.0.2.3", 200);
	check(&t, "nfs 10.1.2.3:/x\n",
	      "net 52:54:00:00:00:02 192.0.2.7/24 192.0.2.8/24 route 10.0.0.0/8 via 192.0.2.2 "
	      "gateway 192.0.2.1 dns 192.0.2.53\n"
	      "nfs 10.1.2.3:/x\n");
}

TEST(the_route_chooses_the_interface)
{
	_cleanup_(tree_remove) struct tree t = begin();

	card(&t, 2, "eth0");
	card(&t, 3, "storage0")->mtu = 9000;
	address(2, "192.0.2.7/24", false);
	address(3, "10.9.0.7/16", true);
	route(2, "0.0.0.0/0", "192.0.2.1", 100);
	route(3, "10.9.0.0/16", NULL, 0);
	check(&t, "nfs 10.9.3.4:/x\nnfs 203.0.113.1:/y\nnfs 10.9.3.5:/z\n",
	      "net 52:54:00:00:00:03 10.9.0.7/16 dns 192.0.2.53 mtu 9000\n"
	      "nfs 10.9.3.4:/x\n"
	      "net 52:54:00:00:00:02 dhcp\n"
	      "nfs 203.0.113.1:/y\n"
	      "net 52:54:00:00:00:03 10.9.0.7/16 dns 192.0.2.53 mtu 9000\n"
	      "nfs 10.9.3.5:/z\n");
	check_refused(&t, "nfs [2001:db8::1]:/x\n", "no route leads to 2001:db8::1; write");
}

TEST(ipv6_of_all_origins)
{
	_cleanup_(tree_remove) struct tree t = begin();

	card(&t, 2, "eth0");
	route(2, "::/0", "fe80::1", 1024);
	address(2, "2001:db8::1234/64", false);
	check(&t, "nfs [2001:db8:5::1]:/x\n",
	      "net 52:54:00:00:00:02 slaac\nnfs [2001:db8:5::1]:/x\n");
	state.n_addresses = 0;
	address(2, "2001:db8::1/128", false);
	check(&t, "nfs [2001:db8:5::1]:/x\n",
	      "net 52:54:00:00:00:02 dhcp6\nnfs [2001:db8:5::1]:/x\n");
	state.n_addresses = 0;
	address(2, "2001:db8::7/64", true);
	check(&t, "nfs [2001:db8:5::1]:/x\n",
	      "net 52:54:00:00:00:02 2001:db8::7/64 gateway fe80::1 dns 192.0.2.53\n"
	      "nfs [2001:db8:5::1]:/x\n");
	/* of the two addresses of a name the one that a route leads to */
	state.n_routes = state.n_addresses = 0;
	route(2, "0.0.0.0/0", "192.0.2.1", 0);
	address(2, "192.0.2.7/24", false);
	check(&t, "nfs both:/x\n", "net 52:54:00:00:00:02 dhcp\nnfs both:/x\n");
}

TEST(a_name_without_an_address)
{
	_cleanup_(tree_remove) struct tree t = begin();

	card(&t, 2, "eth0");
	check_refused(&t, "nfs nowhere:/x\n", "no interface has a default route");
	address(2, "192.0.2.7/24", false);
	route(2, "0.0.0.0/0", "192.0.2.1", 0);
	check(&t, "nfs nowhere:/x\n", "net 52:54:00:00:00:02 dhcp\nnfs nowhere:/x\n");
}

/* Where no target is on another machine, the first beacon's way is taken. */
TEST(a_beacon_chooses_the_interface)
{
	_cleanup_(tree_remove) struct tree t = begin();

	card(&t, 2, "eth0");
	card(&t, 3, "eth1");
	address(2, "192.0.2.7/24", false);
	address(3, "10.9.0.7/16", false);
	route(2, "0.0.0.0/0", "192.0.2.1", 100);
	route(3, "10.9.0.0/16", NULL, 0);
	tree_text(&t, "/lib/modules/k/modules.dep", "d/virtiofs.ko:\nd/nfs.ko:\nd/nfsv4.ko:\n");
	tree_text(&t, "/sys/devices/pci0/virtio1/device", "0x001a\n");
	tree_link(&t, "/sys/bus/virtio/devices/virtio1",
		  tree_path(&t, "/sys/devices/pci0/virtio1"));
	check(&t, "virtiofs v\nbeacon udp://10.9.3.4\n",
	      "net 52:54:00:00:00:03 dhcp\nvirtiofs v\nbeacon udp://10.9.3.4\n");
	check(&t, "nfs 203.0.113.1:/x\nbeacon udp://10.9.3.4\n",
	      "net 52:54:00:00:00:02 dhcp\nnfs 203.0.113.1:/x\nbeacon udp://10.9.3.4\n");
}

static void put_bond(const struct tree *t)
{
	tree_text(t, "/sys/class/net/bond0/bonding/mode", "802.3ad 4\n");
	tree_text(t, "/sys/class/net/bond0/bonding/miimon", "100\n");
	tree_text(t, "/sys/class/net/bond0/bonding/updelay", "0\n");
	tree_text(t, "/sys/class/net/bond0/bonding/lacp_rate", "fast 1\n");
	tree_text(t, "/sys/class/net/bond0/bonding/xmit_hash_policy", "layer3+4 1\n");
	tree_text(t, "/sys/class/net/bond0/bonding/primary", "eth1\n");
	add(5, "bond0", "bond");
	card(t, 2, "eth0")->master = 5;
	card(t, 3, "eth1")->master = 5;
}

TEST(a_vlan_on_a_bond)
{
	_cleanup_(tree_remove) struct tree t = begin();
	struct netstate_link *vlan = add(6, "bond0.7", "vlan");

	vlan->lower = 5;
	vlan->vlan_id = 7;
	vlan->vlan_protocol = ETH_P_8021Q;
	put_bond(&t);
	/* a port wears the bond's address */
	state.links[2].has_permanent = true;
	memcpy(state.links[2].permanent, "\x52\x54\0\0\0\x77", 6);
	address(6, "10.9.0.7/16", true);
	route(6, "10.9.0.0/16", NULL, 0);
	check(&t, "nfs 10.9.3.4:/x\n",
	      "link bond0 bond 52:54:00:00:00:77 52:54:00:00:00:03 mode=802.3ad miimon=100 "
	      "lacp_rate=fast xmit_hash_policy=layer3+4 primary=52:54:00:00:00:03\n"
	      "link bond0.7 vlan bond0 7\n"
	      "net bond0.7 10.9.0.7/16 dns 192.0.2.53\n"
	      "nfs 10.9.3.4:/x\n");
	CHECK_EQ(make(&t, "nfs 10.9.3.4:/x\n"), 0);
	CHECK(kmods_find(&recipe.mods, "bonding") && recipe.conf.n_modules >= 4);
	recipe_free(&recipe);
	/* a line of the config names it, and says how it is set up */
	check(&t, "net bond0.7 dhcp\nnfs 10.9.3.4:/x\n",
	      "link bond0 bond 52:54:00:00:00:77 52:54:00:00:00:03 mode=802.3ad miimon=100 "
	      "lacp_rate=fast xmit_hash_policy=layer3+4 primary=52:54:00:00:00:03\n"
	      "link bond0.7 vlan bond0 7\n"
	      "net bond0.7 dhcp\n"
	      "nfs 10.9.3.4:/x\n");
	check(&t, "link v vlan eth0 9\nnet v dhcp\nnfs 10.9.3.4:/x\n",
	      "link v vlan 52:54:00:00:00:77 9\nnet v dhcp\nnfs 10.9.3.4:/x\n");
	check_refused(&t, "link v vlan eth7 9\nnet v dhcp\nnfs 10.9.3.4:/x\n",
		      "link v: there is no interface eth7");
	vlan->vlan_protocol = ETH_P_8021AD;
	check_refused(&t, "nfs 10.9.3.4:/x\n", "a VLAN of 802.1ad is not supported");
}

TEST(bridges_and_teams_are_left_out)
{
	_cleanup_(tree_remove) struct tree t = begin();
	struct netstate_link *bridge = add(5, "br0", "bridge"), *tap;

	address(5, "192.0.2.7/24", true);
	route(5, "0.0.0.0/0", "192.0.2.1", 0);
	tap = add(9, "vnet0", "tun");
	tap->master = 5;
	check_refused(&t, "nfs 10.9.3.4:/x\n", "br0: no port of this bridge has hardware");
	card(&t, 2, "eth0")->master = 5;
	check(&t, "nfs 10.9.3.4:/x\n",
	      "net 52:54:00:00:00:02 192.0.2.7/24 gateway 192.0.2.1 dns 192.0.2.53\n"
	      "nfs 10.9.3.4:/x\n");
	/* a team: the port that has a carrier */
	strcpy(bridge->kind, "team");
	state.links[2].flags = IFF_UP;
	card(&t, 3, "eth1")->master = 5;
	check(&t, "nfs 10.9.3.4:/x\n",
	      "net 52:54:00:00:00:03 192.0.2.7/24 gateway 192.0.2.1 dns 192.0.2.53\n"
	      "nfs 10.9.3.4:/x\n");
}

TEST(open_vswitch)
{
	_cleanup_(tree_remove) struct tree t = begin();
	struct netstate_link *bridge = add(5, "br-ex", "openvswitch");

	add(6, "ovs-system", "openvswitch");
	card(&t, 2, "eth0")->master = 6;
	/* the bridge wears its port's address; another bridge has another port */
	card(&t, 3, "eth1")->master = 6;
	memcpy(bridge->mac, state.links[3].mac, 6);
	address(5, "192.0.2.7/24", false);
	route(5, "0.0.0.0/0", "192.0.2.1", 0);
	check(&t, "nfs 10.9.3.4:/x\n", "net 52:54:00:00:00:03 dhcp\nnfs 10.9.3.4:/x\n");
}

TEST(what_a_crash_kernel_cannot_make)
{
	_cleanup_(tree_remove) struct tree t = begin();

	add(5, "wg0", "wireguard")->hardware = ARPHRD_NONE;
	address(5, "192.0.2.7/24", true);
	route(5, "0.0.0.0/0", "192.0.2.1", 0);
	check_refused(&t, "nfs 10.9.3.4:/x\n", "wg0 has no hardware of its own (wireguard)");
	card(&t, 2, "wlan0");
	tree_dir(&t, "/sys/devices/pci0/wlan0/net/wlan0/phy80211");
	check_refused(&t, "net wlan0 dhcp\nnfs 10.9.3.4:/x\n", "wlan0 is Wi-Fi");
	card(&t, 3, "ib0")->hardware = ARPHRD_INFINIBAND;
	check_refused(&t, "net ib0 dhcp\nnfs 10.9.3.4:/x\n", "ib0 is no Ethernet interface");
	check_refused(&t, "net eth9 dhcp\nnfs 10.9.3.4:/x\n", "there is no interface eth9");
	/* a ring of VLANs, as nobody can make, ends */
	add(7, "v7", "vlan")->lower = 8;
	add(8, "v8", "vlan")->lower = 7;
	state.links[3].vlan_protocol = state.links[4].vlan_protocol = ETH_P_8021Q;
	check_refused(&t, "net v7 dhcp\nnfs 10.9.3.4:/x\n", "stands on too many others");
}

TEST(by_mac_address)
{
	_cleanup_(tree_remove) struct tree t = begin();

	card(&t, 2, "eth0");
	check(&t, "net 52:54:00:00:00:02 dhcp\nnfs 10.9.3.4:/x\n",
	      "net 52:54:00:00:00:02 dhcp\nnfs 10.9.3.4:/x\n");
}
