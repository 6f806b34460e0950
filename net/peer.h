/* SPDX-License-Identifier: MIT */
/*
 * The other end of a connection: from a name to addresses, from an address to a socket, each with an
 * end in time and a sentence for the user. For what no library connects by itself.
 */
#ifndef NET_PEER_H
#define NET_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "lib/conf/target/conf_place.h"

#define PEER_MAX	8
#define PEER_TEXT_BYTES 72
#define PEER_WHY_BYTES	400

struct peer {
	struct sockaddr_storage address;
	socklen_t len;
};

struct peer_list {
	struct peer at[PEER_MAX];
	unsigned n;
};

/*
 * The addresses of at->host, a name or an address, for sockets of this type (SOCK_STREAM,
 * SOCK_DGRAM) and family (AF_UNSPEC: peer_family()), the better one first. Asks name servers, which
 * the resolv.conf of net/link/net.h gives 5 s. 0; -ENOENT: no such name, or none of this family;
 * -EAGAIN: no name server answers. why: a sentence that begins with the host.
 */
int peer_resolve(const struct conf_place *at, int family, int type, struct peer_list *ret,
		 char why[PEER_WHY_BYTES]);

/*
 * The family of the addresses that this machine has beside those of lo and of its links alone: AF_INET,
 * AF_INET6, or AF_UNSPEC: both, or none. Names are asked for in no other: musl takes a name server's
 * REFUSED for no answer, and some refuse what they have no address for.
 */
int peer_family(void);

/* "192.0.2.7", "fe80::1%eth0" */
void peer_text(const struct peer *p, char ret[PEER_TEXT_BYTES]);

/*
 * A stream socket that is connected to the first address that answers; each has its share of the
 * time until deadline_ms (net/deadline.h). The socket blocks. 0 with *ret_fd and, if it is not
 * NULL, *ret; or -errno with why, of the last address that was tried.
 */
int peer_connect(const struct conf_place *at, uint64_t deadline_ms, int *ret_fd, struct peer *ret,
		 char why[PEER_WHY_BYTES]);

/*
 * The same to one address, without words.
 */
int peer_connect_one(const struct peer *to, uint64_t deadline_ms, int *ret_fd);

/*
 * Waits until the server takes a connection, which is closed at once: it may be booting, and a switch
 * passes nothing in the first half minute of a link. 0, or what peer_connect() said last.
 */
int peer_await(const struct conf_place *at, uint64_t deadline_ms, char why[PEER_WHY_BYTES]);

/* When one of several attempts until deadline_ms ends: a lost packet is sent again later each time. */
uint64_t peer_attempt_ms(uint64_t deadline_ms);

/*
 * Is a server to be asked again that failed so? Waits a second if it is; a name or a way that is not
 * there does not come.
 */
bool peer_again(int r, uint64_t deadline_ms);

#endif
