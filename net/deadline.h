/* SPDX-License-Identifier: MIT */
/*
 * A deadline is a point of CLOCK_MONOTONIC in milliseconds; every wait of net/ ends at one.
 */
#ifndef NET_DEADLINE_H
#define NET_DEADLINE_H

#include <stdint.h>

#include "lib/clock.h"

static inline uint64_t deadline_in_ms(uint64_t ms)
{
	return clock_mono_ms() + ms;
}

/* What is left, for poll(): 0 when it has passed, never negative. */
static inline int deadline_left_ms(uint64_t deadline_ms)
{
	uint64_t now = clock_mono_ms();

	if (now >= deadline_ms)
		return 0;
	return deadline_ms - now > 3600000 ? 3600000 : (int)(deadline_ms - now);
}

#endif
