/* SPDX-License-Identifier: MIT */
/*
 * The messages of fence_kdump: a node of a cluster that captures a crash says so to the others, whose
 * fence agent waits for it instead of switching the node off in the middle of its dump.
 */
#ifndef NET_FENCE_H
#define NET_FENCE_H

#include <stdint.h>

#include "lib/conf/conf.h"
#include "net/peer.h"

/*
 * The whole UDP payload. In the sender's byte order: fence-agents sends and compares plain structs
 * (agents/kdump/message.h), so that a cluster is of one byte order anyway.
 */
struct fence_message {
	uint32_t magic;
	uint32_t version;
};
_Static_assert(sizeof(struct fence_message) == 8, "fixed by the protocol");

#define FENCE_MAGIC   0x1B302A40
#define FENCE_VERSION 1

/*
 * The first address of node, a name or an address, as fence_kdump_send takes it. Asks name servers, so
 * it may take some 20 s. 0, -ENOENT (no such name, or not of this family), -EAGAIN (no answer).
 */
int fence_resolve(const char *node, const struct conf_fence *f, struct peer *ret);

/* One message, without waiting. 0 or what the kernel said. */
int fence_send(const struct peer *to);

#endif
