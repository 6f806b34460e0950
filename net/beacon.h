/* SPDX-License-Identifier: MIT */
/*
 * A word about a crash to who is responsible, while it happens: a message of syslog (RFC 5424) by
 * UDP, or JSON by POST.
 */
#ifndef NET_BEACON_H
#define NET_BEACON_H

#include <stddef.h>
#include <time.h>

#define BEACON_BYTES	 2048 /* what every receiver of syslog takes, and what one datagram holds */
#define BEACON_WHY_BYTES 400

/* Texts may be "". */
struct beacon {
	const char *host, *release, *panic;
	const char *target, *folder; /* where the dump goes */
	const char *state;	     /* "capturing", then as in kdump.json */
};

/* Each writes the whole message, cut where it would not fit. now before 2020 is no time. */
size_t beacon_syslog(const struct beacon *b, time_t now, char ret[BEACON_BYTES]);
size_t beacon_json(const struct beacon *b, time_t now, char ret[BEACON_BYTES]);

/*
 * Sends it to url, "udp://HOST[:514]" or "https://…", whose certificate is checked against ca_file.
 * 0 or
 * -errno with why. Blocks for as long as names, connection and answer take: at most timeout_s for
 * each.
 */
int beacon_send(const struct beacon *b, const char *url, const char *ca_file, unsigned timeout_s,
		char why[BEACON_WHY_BYTES]);

#endif
