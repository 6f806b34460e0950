/* SPDX-License-Identifier: MIT */
/*
 * An address of either family, as text and as the kernel's bytes.
 */
#ifndef LIB_NET_IP_H
#define LIB_NET_IP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IP_TEXT_BYTES 50 /* the longest IPv6 address, "/128", NUL */

struct ip {
	uint8_t family;	   /* AF_INET, AF_INET6; AF_UNSPEC: none */
	uint8_t prefix;	   /* length of the network part in bits */
	uint8_t bytes[16]; /* network order; 4 or 16 of them */
};

/* 4 or 16; 0 for AF_UNSPEC. */
size_t ip_size(const struct ip *a);

/* be: in network order, as in a packet. */
struct ip ip_from_v4(uint32_t be, uint8_t prefix);

/*
 * "192.0.2.7" (the prefix becomes 32 or 128) or, when the prefix is asked for, "192.0.2.7/24",
 * which must then have one. 0 or -EINVAL.
 */
int ip_parse(const char *text, bool with_prefix, struct ip *ret);

/* buf has at least IP_TEXT_BYTES; "" for AF_UNSPEC. */
void ip_format(const struct ip *a, bool with_prefix, char *buf);

/* Is host in the network of net? */
bool ip_contains(const struct ip *net, const struct ip *host);

/* All bytes zero: 0.0.0.0 or ::, the default route's destination. */
bool ip_is_zero(const struct ip *a);

#endif
