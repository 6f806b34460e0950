/* SPDX-License-Identifier: MIT */
/*
 * The running kernel's own word on its network, by rtnetlink, whatever manages it: interfaces and
 * what they are made of, addresses, routes.
 */
#ifndef MKINITRD_HOST_NETSTATE_H
#define MKINITRD_HOST_NETSTATE_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/net/ip.h"
#include "lib/net/netlink.h"

#define NETSTATE_LINKS	   256
#define NETSTATE_ADDRESSES 512
#define NETSTATE_ROUTES	   1024

struct netstate_link {
	int index;
	int lower;			 /* a VLAN's: the interface that it is on; 0: none */
	int master;			 /* a port's: what it is a port of; 0: none */
	unsigned flags, hardware, mtu;	 /* IFF_*, ARPHRD_* */
	unsigned vlan_id, vlan_protocol; /* of a VLAN; ETH_P_8021Q */
	bool has_mac, has_permanent;
	uint8_t mac[6], permanent[6];
	char name[IFNAMSIZ];
	char kind[16]; /* "vlan", "bond", "bridge"…; "": hardware */
};

struct netstate_address {
	int index;
	struct ip address; /* with its network's prefix */
	bool lasts;	   /* it was given; false: it has a time, as DHCP's and a router's have */
	bool announced;	   /* IPv6: made from what a router announces */
};

struct netstate_route {
	int index;
	struct ip to;  /* prefix 0: the default route */
	struct ip via; /* AF_UNSPEC: on the link */
	unsigned metric;
	bool announced, by_kernel; /* by a router; with an address */
};

struct netstate {
	struct netstate_link links[NETSTATE_LINKS];
	struct netstate_address addresses[NETSTATE_ADDRESSES];
	struct netstate_route routes[NETSTATE_ROUTES];
	unsigned n_links, n_addresses, n_routes;
};

/* Asks the kernel. 0 or -errno. */
int netstate_read(struct netstate *ret);

/* One message of the answers. Pure. */
void netstate_take(struct netstate *s, const struct nlmsghdr *m);

/* By the longest prefix, then the smallest metric, of the main table. NULL: no way leads there. */
const struct netstate_route *netstate_route_to(const struct netstate *s, const struct ip *to);

const struct netstate_link *netstate_by_index(const struct netstate *s, int index);
const struct netstate_link *netstate_by_name(const struct netstate *s, const char *name);

#endif
