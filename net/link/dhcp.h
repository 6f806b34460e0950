/* SPDX-License-Identifier: MIT */
/*
 * A DHCPv4 client for one lease whose end nobody waits for: RFC 2131 4.4.1 without renewal. It
 * works on a packet socket, so the interface needs no address.
 */
#ifndef NET_LINK_DHCP_H
#define NET_LINK_DHCP_H

#include <stdint.h>

#include "net/link/dhcp_packet.h"

/* For the report when no lease came. */
struct dhcp_counts {
	unsigned sent, offers, naks, bad;
};

/*
 * Asks on the Ethernet interface with this index and MAC address, which is up, until a server
 * acknowledges an address; asks again after 1, 2, 4, 8, 8... seconds and starts anew after a NAK.
 * Sets nothing up. deadline_ms: net/deadline.h. 0 and *ret; -ETIMEDOUT; or -errno of the socket.
 * counts is filled in either way.
 */
int dhcp_run(int index, const uint8_t mac[6], uint64_t deadline_ms, struct dhcp_reply *ret,
	     struct dhcp_counts *counts);

#endif
