/* SPDX-License-Identifier: MIT */
/*
 * The time of day of a server, by SNTP (RFC 4330, RFC 5905 14): one question, one answer, to the second.
 */
#ifndef NET_SNTP_H
#define NET_SNTP_H

#include <stddef.h>
#include <stdint.h>

#include "net/peer.h"

#define SNTP_PORT	  123
#define SNTP_PACKET_BYTES 48

/* A question that nonce tells from others'. Pure. */
void sntp_build(uint64_t nonce, uint8_t packet[SNTP_PACKET_BYTES]);

/*
 * Reads an answer to it: 0 and *ret, seconds since 1970; -ENOMSG: it answers another question;
 * -EBADMSG: broken, or the server does not know the time itself. Pure.
 */
int sntp_parse(const uint8_t *packet, size_t len, uint64_t nonce, uint64_t *ret);

/*
 * Asks the server until deadline_ms (net/deadline.h), three times at most. 0 and *ret; or -errno
 * with why.
 */
int sntp_ask(const struct conf_place *server, uint64_t deadline_ms, uint64_t *ret,
	     char why[PEER_WHY_BYTES]);

#endif
