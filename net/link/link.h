/* SPDX-License-Identifier: MIT */
/*
 * Interfaces over rtnetlink: find one, wait for it and for its carrier, give it addresses and
 * routes. Nothing is polled: every change comes as a message on the events socket.
 */
#ifndef NET_LINK_LINK_H
#define NET_LINK_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/net/ip.h"
#include "lib/net/netlink.h"

#define LINK_NAME_BYTES 16 /* IFNAMSIZ */

/* An interface, as the kernel describes it. */
struct link_info {
	int index;
	unsigned flags;	   /* IFF_* */
	unsigned hardware; /* ARPHRD_* */
	bool virtual;	   /* made by software (bridge, bond, vlan, dummy, tunnel), veth apart */
	bool has_mac, has_permanent;
	uint8_t mac[6];
	uint8_t permanent[6]; /* the hardware's own, whatever the driver was set to since */
	char name[LINK_NAME_BYTES];
};

/* Which interface to find. */
struct link_want {
	enum { LINK_BY_NAME, LINK_BY_MAC, LINK_AUTO } by;
	uint8_t mac[6];
	char name[LINK_NAME_BYTES];
};

struct link {
	int requests, events; /* netlink sockets */
	bool dump_wanted;     /* the state of all interfaces has to be asked for */
	char seen[96];	      /* the Ethernet interfaces met so far, for the user */
	size_t len, off;      /* what of buf is filled and read */
	union {
		struct nlmsghdr head;
		uint8_t buf[16384];
	};
};

/* text: "auto", a MAC address ("52:54:00:12:34:56"), else a name. 0 or -EINVAL. */
int link_want_parse(const char *text, struct link_want *ret);

/* 0 or -errno. link_close() closes what a failed open left, too. */
int link_open(struct link *l);
void link_close(struct link *l);

/*
 * Waits until the wanted interface exists, sets it up and waits for its carrier. With LINK_AUTO
 * all physical Ethernet interfaces are set up and the first with a carrier is it. deadline_ms:
 * net/deadline.h. -ENETDOWN: it is there, but without a carrier; *ret names it. -ENODEV: it did
 * not appear. Else the kernel's error of setting it up.
 */
int link_bring_up(struct link *l, const struct link_want *w, uint64_t deadline_ms,
		  struct link_info *ret);

/* Waits until the wanted interface exists. -ENODEV: it did not appear. */
int link_find(struct link *l, const struct link_want *w, uint64_t deadline_ms,
	      struct link_info *ret);

int link_set_up(struct link *l, int index, bool up);

/* Sets lo up. */
int link_up_loopback(struct link *l);

int link_set_mtu(struct link *l, int index, uint32_t mtu);

/* Adds the address; a is also its network. An address that is there already is no error. */
int link_add_address(struct link *l, int index, const struct ip *a);

/*
 * Adds or replaces the route to dst (0.0.0.0/0 or ::/0: the default route). gateway AF_UNSPEC or
 * zero: dst is on the link itself. onlink: the gateway is reached through this interface although
 * no route says so (a /32 address, as some clouds give).
 */
int link_add_route(struct link *l, int index, const struct ip *dst, const struct ip *gateway,
		   bool onlink);

#endif
