/* SPDX-License-Identifier: MIT */
/*
 * DHCPv4 messages, from the IP header to the last option. Pure functions: what came from the
 * network is read here and nowhere else. RFC 2131 (protocol), 2132 (options), 3396 (long
 * options), 3442 (classless routes).
 */
#ifndef NET_LINK_DHCP_PACKET_H
#define NET_LINK_DHCP_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DHCP_FRAME_BYTES 328 /* what dhcp_build() writes: IP 20, UDP 8, message 300 */
#define DHCP_CLIENT_PORT 68
#define DHCP_SERVER_PORT 67
#define DHCP_MAX_DNS	 3 /* as many as resolv.conf takes */
#define DHCP_MAX_ROUTES	 16

enum dhcp_type {
	DHCP_DISCOVER = 1,
	DHCP_OFFER = 2,
	DHCP_REQUEST = 3,
	DHCP_ACK = 5,
	DHCP_NAK = 6,
};

/* Who asks. Addresses here and below are in network order. */
struct dhcp_client {
	uint8_t mac[6];
	uint16_t secs; /* since the first DISCOVER */
	uint32_t xid;
	uint32_t requested; /* REQUEST only: the address that was offered */
	uint32_t server;    /* REQUEST only: by whom */
};

struct dhcp_route {
	uint32_t dst;
	uint32_t gateway; /* 0: on the link */
	uint8_t prefix;	  /* 0: the default route */
};

struct dhcp_reply {
	enum dhcp_type type; /* OFFER, ACK or NAK */
	uint32_t address;    /* 0 in a NAK */
	uint32_t server;
	uint8_t prefix;
	uint16_t mtu; /* 0: not in the reply */
	uint8_t n_dns, n_routes;
	uint32_t dns[DHCP_MAX_DNS];
	/* Option 121, else the first router of option 3 as the default route. */
	struct dhcp_route routes[DHCP_MAX_ROUTES];
};

/* A whole IP datagram to 255.255.255.255; type is DISCOVER or REQUEST. */
void dhcp_build(enum dhcp_type type, const struct dhcp_client *c, uint8_t frame[DHCP_FRAME_BYTES]);

/*
 * Reads an IP datagram. udp_sum: the UDP checksum is filled in and has to be right (it is not when
 * a virtual machine's host sends and leaves the sum to hardware that does not exist). 0 and *ret;
 * -ENOMSG: something else, or for another client; -EBADMSG: an answer to us, but broken.
 */
int dhcp_parse(const uint8_t *frame, size_t len, bool udp_sum, const struct dhcp_client *c,
	       struct dhcp_reply *ret);

#endif
