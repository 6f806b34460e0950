/* SPDX-License-Identifier: MIT */
#ifndef NET_LINK_RANDOM_H
#define NET_LINK_RANDOM_H

#include <stdint.h>

/*
 * A number that neighbours do not have, for ids of messages. Never waits for the kernel's random
 * numbers: without them it is made of the MAC address and the clock.
 */
uint32_t random_u32(const uint8_t mac[6]);

#endif
