/* SPDX-License-Identifier: MIT */
/*
 * A deadline is a point of CLOCK_MONOTONIC in milliseconds; every wait of net/ ends at one.
 */
#ifndef NET_DEADLINE_H
#define NET_DEADLINE_H

#include <stdint.h>
#include <time.h>

static inline uint64_t deadline_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static inline uint64_t deadline_in_ms(uint64_t ms)
{
	return deadline_now_ms() + ms;
}

/* What is left, for poll(): 0 when it has passed, never negative. */
static inline int deadline_left_ms(uint64_t deadline_ms)
{
	uint64_t now = deadline_now_ms();

	if (now >= deadline_ms)
		return 0;
	return deadline_ms - now > 3600000 ? 3600000 : (int)(deadline_ms - now);
}

#endif
