/* SPDX-License-Identifier: MIT */
/*
 * A DHCPv6 client for one address, or for name servers alone (`stateless`), whose end nobody waits
 * for: RFC 8415 18.2.1, 18.2.2, 18.2.6 without renewal.
 */
#ifndef NET_LINK_DHCP6_H
#define NET_LINK_DHCP6_H

#include "net/link/dhcp6_packet.h"

struct dhcp6_counts {
	unsigned sent, offers, refusals, bad;
};

/*
 * Asks on the interface with this index and MAC address, which has a link-local address that may be
 * used. Sets nothing up. deadline_ms: net/deadline.h. 0 and *ret; -ETIMEDOUT; or -errno of the
 * socket. counts is filled in either way.
 */
int dhcp6_run(int index, const uint8_t mac[6], bool stateless, uint64_t deadline_ms,
	      struct dhcp6_reply *ret, struct dhcp6_counts *counts);

#endif
