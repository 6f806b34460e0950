/* SPDX-License-Identifier: MIT */
/*
 * When a request that nobody answers is sent again, for DHCPv4 and DHCPv6: after 1, 2, 4, then every
 * 8 s, an eighth more or less by chance (RFC 2131 4.1 and RFC 8415 15 have longer times, for clients
 * that nobody waits for).
 */
#ifndef NET_LINK_RETRY_H
#define NET_LINK_RETRY_H

#include <stdint.h>

/* Until when an answer to request number tries (from 0) is waited for, in ms of clock_mono_ms(); never
 * after deadline_ms. mac: of the interface, one more source of chance. */
uint64_t retry_until_ms(unsigned int tries, const uint8_t mac[6], uint64_t deadline_ms);

/* Waits for something to read. 0, -ETIMEDOUT after until_ms, or -errno of poll(2). */
int retry_poll(int fd, uint64_t until_ms);

#endif
