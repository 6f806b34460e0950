/* SPDX-License-Identifier: MIT */
/*
 * Bringing up the interface of one `net` line. Runs in a child with a deadline; what it sets up
 * (interfaces, addresses, routes, /etc/resolv.conf) stays when the child has gone.
 */
#ifndef NET_LINK_NET_H
#define NET_LINK_NET_H

#include "lib/conf/conf.h"

struct net_state {
	char ifname[16];
	char address[128]; /* "10.0.2.15/24", several with blanks between */
	char gateway[64];  /* the first default route's; "" if none */
	char dns[64];	   /* the first name server; "" if none */
	char why[200];	   /* on failure: one line that names the object and what is wrong */
	char note[200];	   /* the same of what failed though the network is up; "" */
};

/*
 * Makes what conf's `link` lines say of net's interface, finds it (by name, MAC, or "auto": the
 * first Ethernet one that gets a carrier), waits for it (uevents and link messages, not polling),
 * sets it up, waits for the carrier, gives it the addresses and routes of the line and those that
 * DHCP, DHCPv6 and routers bring, and writes resolv_conf (NULL: not). Where a line has several
 * sources, one that fails costs a note, as does a route that the kernel refuses. Also brings up
 * lo. timeout_s bounds the whole. 0, -ENODEV (no such interface), -ENETDOWN (no carrier),
 * -ETIMEDOUT (no answer), or what the kernel said.
 */
int net_up(const struct conf *conf, const struct conf_net *net, unsigned timeout_s,
	   const char *resolv_conf, struct net_state *ret);

#endif
