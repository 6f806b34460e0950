/* SPDX-License-Identifier: MIT */
#include "net/sntp.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "lib/cleanup.h"
#include "lib/clock.h"
#include "net/deadline.h"

enum {
	MODE_CLIENT = 3,
	MODE_SERVER = 4,
	VERSION = 4,
	STRATUM_MAX = 15,
	LEAP_UNKNOWN = 3,
	ORIGIN = 24, /* of the answer: what the question had as its TRANSMIT */
	TRANSMIT = 40,
	TRIES = 3,
};

/* NTP counts from 1900, and begins anew in 2036: what would be before 1970 is after that. */
#define FROM_1900 2208988800ull
#define ERA	  (1ull << 32)

static uint64_t get_be64(const uint8_t *p)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < 8; i++)
		v = v << 8 | p[i];
	return v;
}

void sntp_build(uint64_t nonce, uint8_t packet[SNTP_PACKET_BYTES])
{
	memset(packet, 0, SNTP_PACKET_BYTES);
	packet[0] = VERSION << 3 | MODE_CLIENT;
	for (unsigned i = 0; i < 8; i++)
		packet[TRANSMIT + i] = (uint8_t)(nonce >> (56 - 8 * i));
}

int sntp_parse(const uint8_t *packet, size_t len, uint64_t nonce, uint64_t *ret)
{
	uint64_t s;

	if (len < SNTP_PACKET_BYTES || (packet[0] & 7) != MODE_SERVER ||
	    get_be64(packet + ORIGIN) != nonce)
		return -ENOMSG;
	/* stratum 0: a refusal */
	if (packet[0] >> 6 == LEAP_UNKNOWN || !packet[1] || packet[1] > STRATUM_MAX)
		return -EBADMSG;
	s = get_be64(packet + TRANSMIT) >> 32;
	if (!s)
		return -EBADMSG;
	*ret = (s < FROM_1900 ? s + ERA : s) - FROM_1900;
	return 0;
}

static uint64_t new_nonce(void)
{
	uint64_t v;

	if (getrandom(&v, sizeof(v), GRND_NONBLOCK) != sizeof(v))
		v = clock_mono_ns() * 6364136223846793005ull;
	return v | 1;
}

/* One question; nothing that comes from elsewhere is heard, as the socket is connected. */
static int ask_once(int fd, uint64_t until_ms, uint64_t *ret)
{
	uint8_t out[SNTP_PACKET_BYTES], in[256];
	uint64_t nonce = new_nonce();

	sntp_build(nonce, out);
	if (send(fd, out, sizeof(out), 0) < 0)
		return -errno;
	for (;;) {
		int left = deadline_left_ms(until_ms), r;
		struct pollfd p = { .fd = fd, .events = POLLIN };
		ssize_t n;

		if (!left)
			return -ETIMEDOUT;
		if (poll(&p, 1, left) < 0 && errno != EINTR)
			return -errno;
		n = recv(fd, in, sizeof(in), MSG_DONTWAIT);
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return -errno;
		r = n < 0 ? -ENOMSG : sntp_parse(in, (size_t)n, nonce, ret);
		if (r != -ENOMSG)
			return r;
	}
}

static int ask_peer(const struct peer *p, uint64_t deadline_ms, uint64_t *ret)
{
	_close_ int fd = socket(p->address.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_UDP);
	int r = -ETIMEDOUT;

	if (fd < 0 || connect(fd, (const struct sockaddr *)&p->address, p->len) < 0)
		return -errno;
	for (unsigned i = 0; i < TRIES && r == -ETIMEDOUT; i++) {
		uint64_t share = (uint64_t)deadline_left_ms(deadline_ms) / (TRIES - i);

		r = ask_once(fd, deadline_in_ms(share), ret);
	}
	return r;
}

int sntp_ask(const struct conf_place *server, uint64_t deadline_ms, uint64_t *ret,
	     char why[PEER_WHY_BYTES])
{
	struct peer_list list;
	int r = peer_resolve(server, AF_UNSPEC, SOCK_DGRAM, &list, why);

	for (unsigned i = 0; !r && i < list.n; i++) {
		uint64_t share = (uint64_t)deadline_left_ms(deadline_ms) / (list.n - i);
		int e = ask_peer(&list.at[i], deadline_in_ms(share), ret);

		if (!e)
			return 0;
		if (i + 1 == list.n)
			r = e;
	}
	if (r && r != -ENOENT && r != -EAGAIN)
		snprintf(why, PEER_WHY_BYTES, "%s: SNTP: %s", server->host,
			 r == -EBADMSG ? "the server does not know the time" : strerror(-r));
	return r;
}
