/* SPDX-License-Identifier: MIT */
/*
 * DHCPv6 messages between a client and servers on its link, RFC 8415, without relays. Pure functions:
 * what came from the network is read here and nowhere else.
 */
#ifndef NET_LINK_DHCP6_PACKET_H
#define NET_LINK_DHCP6_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/net/ip.h"

#define DHCP6_CLIENT_PORT  546
#define DHCP6_SERVER_PORT  547
#define DHCP6_MAX_DNS	   3
#define DHCP6_DUID_BYTES   130 /* RFC 8415 11.1: 128 and the type */
#define DHCP6_PACKET_BYTES 512 /* what dhcp6_build() needs at most */

enum dhcp6_type {
	DHCP6_SOLICIT = 1,
	DHCP6_ADVERTISE = 2,
	DHCP6_REQUEST = 3,
	DHCP6_REPLY = 7,
	DHCP6_INFORMATION_REQUEST = 11,
};

struct dhcp6_client {
	uint8_t mac[6];	 /* its identity: DUID-LL, and IAID */
	uint32_t xid;	 /* 24 bits */
	uint16_t centis; /* since the first message, in 1/100 s */
};

struct dhcp6_reply {
	enum dhcp6_type type; /* ADVERTISE or REPLY */
	struct ip address;    /* /128; AF_UNSPEC: none was given */
	uint16_t status;      /* 0, or why none was given */
	uint8_t preference;
	uint8_t server[DHCP6_DUID_BYTES];
	uint8_t server_bytes;
	uint8_t n_dns;
	struct ip dns[DHCP6_MAX_DNS];
};

/*
 * SOLICIT, INFORMATION_REQUEST, or REQUEST for what offer has (else NULL). Bytes written to packet.
 */
size_t dhcp6_build(enum dhcp6_type type, const struct dhcp6_client *c,
		   const struct dhcp6_reply *offer, uint8_t packet[DHCP6_PACKET_BYTES]);

/*
 * Reads a UDP payload. 0 and *ret; -ENOMSG: something else, or for another client; -EBADMSG: an
 * answer to us, but broken.
 */
int dhcp6_parse(const uint8_t *packet, size_t len, const struct dhcp6_client *c,
		struct dhcp6_reply *ret);

#endif
