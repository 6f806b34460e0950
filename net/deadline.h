/* SPDX-License-Identifier: MIT */
/*
 * A deadline is a point of CLOCK_MONOTONIC in milliseconds; every wait of net/ ends at one.
 */
#ifndef NET_DEADLINE_H
#define NET_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>

#include "lib/clock.h"

#define DEADLINE_PAUSE_MAX_S 8

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

/*
 * Between two attempts: sleeps *pause_s, from 1 on, and doubles it up to DEADLINE_PAUSE_MAX_S. False, at
 * once: the deadline comes before the next attempt.
 */
static inline bool deadline_pause(uint64_t deadline_ms, unsigned *pause_s)
{
	if (deadline_left_ms(deadline_ms) <= (int)*pause_s * 1000)
		return false;
	sleep(*pause_s);
	*pause_s = *pause_s < DEADLINE_PAUSE_MAX_S ? *pause_s * 2 : DEADLINE_PAUSE_MAX_S;
	return true;
}

#endif
