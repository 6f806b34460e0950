/* SPDX-License-Identifier: MIT */
/*
 * rtnetlink's envelope: build a request, send it, read the kernel's verdict; walk what comes in.
 * rtnetlink(7); the layouts are in linux/netlink.h and linux/rtnetlink.h.
 */
#ifndef LIB_NET_NETLINK_H
#define LIB_NET_NETLINK_H

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct netlink_msg {
	union {
		struct nlmsghdr head;
		uint8_t bytes[256];
	};
	bool full; /* an attribute did not fit: netlink_talk() refuses it */
};

/* groups: RTMGRP_*, 0 for none. *ret is the descriptor. 0 or -errno. */
int netlink_open(uint32_t groups, int *ret);

/* A request of the given type whose fixed part is body; flags: NLM_F_* besides REQUEST. */
void netlink_begin(struct netlink_msg *m, uint16_t type, uint16_t flags, const void *body,
		   size_t len);
void netlink_put(struct netlink_msg *m, uint16_t type, const void *data, size_t len);

/* Sends without waiting for an answer (a dump, whose answers are read with the events). */
int netlink_send(int fd, struct netlink_msg *m);

/* Sends and returns what the kernel says: 0 or -errno. fd must have no groups. */
int netlink_talk(int fd, struct netlink_msg *m);

/*
 * Asks for all of something (m, NLM_F_DUMP) and calls each with every message of the answer. fd must
 * have no groups. 0 or -errno.
 */
int netlink_dump(int fd, struct netlink_msg *m, void (*each)(void *ctx, const struct nlmsghdr *m),
		 void *ctx);

/*
 * The message at *off of a received buffer; *off moves behind it. NULL at the end, and at a
 * message that does not fit into what was received.
 */
const struct nlmsghdr *netlink_next(const void *buf, size_t len, size_t *off);

/* The same for the attributes in [*off, len) of a message. */
const struct rtattr *netlink_next_attr(const struct nlmsghdr *m, size_t *off);

#endif
