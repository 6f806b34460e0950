/* SPDX-License-Identifier: MIT */
/*
 * The DHCPv4 exchange: DISCOVER, OFFER, REQUEST, ACK. Packets are made and read in
 * dhcp_packet.c; here are the socket, the waits and the state between them.
 */
#include "net/link/dhcp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/cleanup.h"
#include "lib/clock.h"
#include "net/deadline.h"
#include "net/link/random.h"
#include "net/link/retry.h"

#define NAK_WAIT_MS  1000
#define MAX_REQUESTS 4 /* without an answer; then the offer is given up */

struct exchange {
	int fd, index;
	uint64_t began_ms, deadline_ms;
	struct dhcp_client client;
	struct dhcp_counts *counts;
	struct dhcp_reply offer;
	bool requesting; /* an offer was taken */
	unsigned tries;	 /* of the message that is being sent */
};

/* An IP datagram, UDP, not a later fragment, to port 68: the rest stays in the kernel. */
static int attach_filter(int fd)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 9),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_UDP, 0, 6),
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 6),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x1fff, 4, 0),
		BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0),
		BPF_STMT(BPF_LD | BPF_H | BPF_IND, 2),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, DHCP_CLIENT_PORT, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 0xffff),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog prog = { .len = ARRAY_LEN(code), .filter = code };

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog)) < 0 ? -errno : 0;
}

static int open_socket(int index, int *ret)
{
	struct sockaddr_ll sa = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_IP),
		.sll_ifindex = index,
	};
	/* protocol 0: nothing comes in before the filter is there */
	_close_ int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int on = 1, r;

	if (fd < 0)
		return -errno;
	r = attach_filter(fd);
	if (r < 0)
		return r;
	if (setsockopt(fd, SOL_PACKET, PACKET_AUXDATA, &on, sizeof(on)) < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&sa, sizeof(sa)) < 0)
		return -errno;
	*ret = keep_fd(&fd);
	return 0;
}

static void start_anew(struct exchange *x)
{
	x->client.xid = random_u32(x->client.mac);
	x->requesting = false;
	x->tries = 0;
}

static int send_message(struct exchange *x)
{
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_IP),
		.sll_ifindex = x->index,
		.sll_halen = 6,
		.sll_addr = { 255, 255, 255, 255, 255, 255 },
	};
	uint8_t frame[DHCP_FRAME_BYTES];
	uint64_t s = (clock_mono_ms() - x->began_ms) / 1000;

	x->client.secs = s > 0xffff ? 0xffff : (uint16_t)s;
	x->client.requested = x->requesting ? x->offer.address : 0;
	x->client.server = x->requesting ? x->offer.server : 0;
	dhcp_build(x->requesting ? DHCP_REQUEST : DHCP_DISCOVER, &x->client, frame);
	x->counts->sent++;
	if (sendto(x->fd, frame, sizeof(frame), 0, (struct sockaddr *)&to, sizeof(to)) < 0)
		return -errno;
	return 0;
}

/*
 * The sender, on this host's other side of a virtual link, left the UDP sum to the hardware. There
 * is room for one control message, and PACKET_AUXDATA is the only one asked for.
 */
static bool sum_is_missing(struct msghdr *m)
{
	const struct cmsghdr *c = CMSG_FIRSTHDR(m);
	struct tpacket_auxdata aux;

	if (!c || c->cmsg_level != SOL_PACKET || c->cmsg_type != PACKET_AUXDATA ||
	    c->cmsg_len < CMSG_LEN(sizeof(aux)))
		return false;
	memcpy(&aux, CMSG_DATA(c), sizeof(aux));
	return aux.tp_status & TP_STATUS_CSUMNOTREADY;
}

/* One datagram, if there is one. -EAGAIN: none; -ENOMSG, -EBADMSG: not a reply to use. */
static int receive(struct exchange *x, struct dhcp_reply *ret)
{
	union {
		struct cmsghdr align;
		uint8_t bytes[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
	} control;
	uint8_t frame[2048];
	struct iovec part = { .iov_base = frame, .iov_len = sizeof(frame) };
	struct msghdr m = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t n = recvmsg(x->fd, &m, 0);

	if (n < 0)
		return -errno;
	return dhcp_parse(frame, (size_t)n, !sum_is_missing(&m), &x->client, ret);
}

/* Is it an answer to what was sent last? */
static bool is_due(const struct exchange *x, const struct dhcp_reply *r)
{
	if (!x->requesting)
		return r->type == DHCP_OFFER;
	return (r->type == DHCP_ACK || r->type == DHCP_NAK) && r->server == x->offer.server;
}

/* Waits for a due answer until until_ms. 0, -ETIMEDOUT, or -errno of the socket. */
static int await(struct exchange *x, uint64_t until_ms, struct dhcp_reply *ret)
{
	for (;;) {
		int r = retry_poll(x->fd, until_ms);

		if (r)
			return r;
		r = receive(x, ret);
		x->counts->bad += r == -EBADMSG;
		if (!r && is_due(x, ret))
			return 0;
		/* -ENETDOWN: the carrier went; it may come back */
		if (r < 0 && r != -EBADMSG && r != -ENOMSG && r != -EAGAIN && r != -EINTR &&
		    r != -ENETDOWN)
			return r;
	}
}

static uint64_t nak_until_ms(const struct exchange *x)
{
	uint64_t end = deadline_in_ms(NAK_WAIT_MS);

	return end < x->deadline_ms ? end : x->deadline_ms;
}

/* What an answer changes. 1: the lease is ours. */
static int take_reply(struct exchange *x, const struct dhcp_reply *r)
{
	struct dhcp_reply ignored;

	x->tries = 0;
	switch (r->type) {
	case DHCP_ACK:
		return 1;
	case DHCP_OFFER:
		x->counts->offers++;
		x->offer = *r;
		x->requesting = true;
		return 0;
	default:
		x->counts->naks++;
		start_anew(x);
		/* an angry server must not make us flood it: nobody knows the new id yet */
		await(x, nak_until_ms(x), &ignored);
		return 0;
	}
}

static int exchange(struct exchange *x, struct dhcp_reply *ret)
{
	while (deadline_left_ms(x->deadline_ms)) {
		int r = send_message(x);

		if (r < 0 && r != -ENETDOWN && r != -ENOBUFS && r != -EAGAIN)
			return r;
		r = await(x, retry_until_ms(x->tries, x->client.mac, x->deadline_ms), ret);
		if (!r && take_reply(x, ret))
			return 0;
		if (r < 0 && r != -ETIMEDOUT)
			return r;
		if (r < 0 && ++x->tries == MAX_REQUESTS && x->requesting)
			start_anew(x);
	}
	return -ETIMEDOUT;
}

int dhcp_run(int index, const uint8_t mac[6], uint64_t deadline_ms, struct dhcp_reply *ret,
	     struct dhcp_counts *counts)
{
	struct exchange x = {
		.index = index,
		.deadline_ms = deadline_ms,
		.began_ms = clock_mono_ms(),
		.counts = counts,
	};
	struct dhcp_reply reply;
	_close_ int fd = -1;
	int r;

	memset(counts, 0, sizeof(*counts));
	memcpy(x.client.mac, mac, 6);
	r = open_socket(index, &fd);
	if (r < 0)
		return r;
	x.fd = fd;
	start_anew(&x);
	r = exchange(&x, &reply);
	if (!r)
		*ret = reply;
	return r;
}
