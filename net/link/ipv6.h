/* SPDX-License-Identifier: MIT */
/*
 * What the kernel makes of IPv6 by itself on an interface that is up: the link-local address, and by
 * router announcements an address, routes and name servers, for which it is only waited.
 */
#ifndef NET_LINK_IPV6_H
#define NET_LINK_IPV6_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/net/ip.h"

/* A socket on which the kernel tells of addresses and of announced name servers. 0 or -errno. */
int ipv6_open(int *ret);

/*
 * Waits until the interface has an address that may be used: one that routers announced (global),
 * or the link-local one. *dns (of max) gets the name servers that are announced meanwhile; *n_dns
 * is counted on. deadline_ms: net/deadline.h. 0; -ETIMEDOUT; -EADDRINUSE: a neighbour has it.
 */
int ipv6_wait(int fd, int index, bool global, uint64_t deadline_ms, struct ip *ret, struct ip *dns,
	      unsigned max, unsigned *n_dns);

/*
 * The name servers in options of a router announcement (RFC 8106 5.1), as RTM_NEWNDUSEROPT has them;
 * how many, max at most. Pure.
 */
unsigned ipv6_announced_dns(const uint8_t *options, size_t len, struct ip *ret, unsigned max);

#endif
