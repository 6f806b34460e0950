/* SPDX-License-Identifier: MIT */
/*
 * The DHCPv6 exchange: SOLICIT, ADVERTISE, REQUEST, REPLY, or with rapid commit the first and the
 * last.
 */
#include "net/link/dhcp6.h"

#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/clock.h"
#include "net/deadline.h"
#include "net/link/random.h"
#include "net/link/retry.h"

enum { MAX_REQUESTS = 4 }; /* without an answer; then the offer is given up */

struct exchange {
	int fd, index;
	bool stateless, requesting;
	uint64_t began_ms, deadline_ms;
	struct dhcp6_client client;
	struct dhcp6_counts *counts;
	struct dhcp6_reply offer;
	unsigned tries; /* of the message that is being sent */
};

static int open_socket(int index, int *ret)
{
	struct sockaddr_in6 here = { .sin6_family = AF_INET6,
				     .sin6_port = htons(DHCP6_CLIENT_PORT) };
	_close_ int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_UDP);
	char name[IF_NAMESIZE];
	int on = 1;

	if (fd < 0)
		return -errno;
	if (!if_indextoname((unsigned)index, name))
		return -errno;
	if (setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, (socklen_t)strlen(name) + 1) < 0 ||
	    bind(fd, (struct sockaddr *)&here, sizeof(here)) < 0)
		return -errno;
	*ret = keep_fd(&fd);
	return 0;
}

static void start_anew(struct exchange *x)
{
	x->client.xid = random_u32(x->client.mac) & 0xffffff;
	x->requesting = false;
	x->tries = 0;
}

static int send_message(struct exchange *x)
{
	struct sockaddr_in6 to = { .sin6_family = AF_INET6,
				   .sin6_port = htons(DHCP6_SERVER_PORT),
				   .sin6_scope_id = (uint32_t)x->index };
	enum dhcp6_type type = x->stateless    ? DHCP6_INFORMATION_REQUEST
			       : x->requesting ? DHCP6_REQUEST
					       : DHCP6_SOLICIT;
	uint64_t centis = (clock_mono_ms() - x->began_ms) / 10;
	uint8_t packet[DHCP6_PACKET_BYTES];
	size_t len;

	/* ff02::1:2, all relays and servers of the link */
	to.sin6_addr.s6_addr[0] = 0xff;
	to.sin6_addr.s6_addr[1] = to.sin6_addr.s6_addr[15] = 2;
	to.sin6_addr.s6_addr[13] = 1;
	x->client.centis = centis > 0xffff ? 0xffff : (uint16_t)centis;
	len = dhcp6_build(type, &x->client, &x->offer, packet);
	x->counts->sent++;
	return sendto(x->fd, packet, len, 0, (struct sockaddr *)&to, sizeof(to)) < 0 ? -errno : 0;
}

/* One datagram, if there is one. -EAGAIN: none; -ENOMSG, -EBADMSG: not a reply to use. */
static int receive(struct exchange *x, struct dhcp6_reply *ret)
{
	uint8_t packet[1500];
	ssize_t n = recv(x->fd, packet, sizeof(packet), 0);

	return n < 0 ? -errno : dhcp6_parse(packet, (size_t)n, &x->client, ret);
}

static bool is_transient(int r)
{
	return r == -EBADMSG || r == -ENOMSG || r == -EAGAIN || r == -EINTR || r == -ENETDOWN ||
	       r == -ENETUNREACH || r == -EADDRNOTAVAIL || r == -ENOBUFS;
}

static int await(struct exchange *x, uint64_t until_ms, struct dhcp6_reply *ret)
{
	for (;;) {
		int r = retry_poll(x->fd, until_ms);

		if (r)
			return r;
		r = receive(x, ret);
		x->counts->bad += r == -EBADMSG;
		if (!r && (!x->requesting || ret->type == DHCP6_REPLY))
			return 0;
		if (r && !is_transient(r))
			return r;
	}
}

/* True: what was asked for is there. */
static bool take_reply(struct exchange *x, const struct dhcp6_reply *r)
{
	if (x->stateless)
		return r->type == DHCP6_REPLY;
	if (r->address.family == AF_UNSPEC || r->status) {
		x->counts->refusals++;
		x->requesting = false;
		return false;
	}
	if (r->type == DHCP6_REPLY)
		return true;
	x->counts->offers++;
	x->offer = *r;
	x->requesting = true;
	x->tries = 0;
	return false;
}

static int exchange(struct exchange *x, struct dhcp6_reply *ret)
{
	while (deadline_left_ms(x->deadline_ms)) {
		bool had_offer = x->requesting;
		uint64_t until_ms = retry_until_ms(x->tries, x->client.mac, x->deadline_ms);
		int r = send_message(x);

		if (r && !is_transient(r))
			return r;
		r = await(x, until_ms, ret);
		if (!r && take_reply(x, ret))
			return 0;
		if (r && r != -ETIMEDOUT)
			return r;
		/* a refusal, as silence, is not answered at once */
		if (!r && !x->requesting)
			poll(NULL, 0, deadline_left_ms(until_ms));
		if (had_offer == x->requesting && ++x->tries == MAX_REQUESTS && x->requesting)
			start_anew(x);
	}
	return -ETIMEDOUT;
}

int dhcp6_run(int index, const uint8_t mac[6], bool stateless, uint64_t deadline_ms,
	      struct dhcp6_reply *ret, struct dhcp6_counts *counts)
{
	struct exchange x = { .index = index,
			      .stateless = stateless,
			      .began_ms = clock_mono_ms(),
			      .deadline_ms = deadline_ms,
			      .counts = counts };
	struct dhcp6_reply reply;
	_close_ int fd = -1;
	int r;

	memset(counts, 0, sizeof(*counts));
	memcpy(x.client.mac, mac, 6);
	r = open_socket(index, &fd);
	if (r)
		return r;
	x.fd = fd;
	start_anew(&x);
	r = exchange(&x, &reply);
	if (!r)
		*ret = reply;
	return r;
}
