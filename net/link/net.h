/* SPDX-License-Identifier: MIT */
/*
 * Bringing up the one interface that the config names. Runs in a child with a deadline; what it
 * sets up (address, route, /etc/resolv.conf) stays when the child has gone.
 */
#ifndef NET_LINK_NET_H
#define NET_LINK_NET_H

#include "lib/conf/conf.h"

struct net_state {
	char ifname[16];
	char address[64]; /* "10.0.2.15/24" */
	char gateway[64]; /* "" if none */
	char dns[64];	  /* the first name server; "" if none */
	char why[160];	  /* on failure: one line that names the object and what is wrong */
};

/*
 * Finds the interface (by name, MAC, or "auto": the first Ethernet one that gets a carrier),
 * waits for it (uevents and link messages, not polling), sets it up, waits for the carrier,
 * gives it an address by DHCP or the static one, adds the routes and writes resolv_conf (NULL:
 * not). Also brings up lo. timeout_s bounds the whole. 0, -ENODEV (no such interface),
 * -ENETDOWN (no carrier), -ETIMEDOUT (no DHCP answer), or what the kernel said.
 */
int net_up(const struct conf_net *conf, unsigned timeout_s, const char *resolv_conf,
	   struct net_state *ret);

#endif
