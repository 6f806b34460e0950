/* SPDX-License-Identifier: MIT */
#include "net/link/random.h"

#include <string.h>
#include <sys/random.h>

#include "lib/clock.h"

#ifndef GRND_INSECURE
#define GRND_INSECURE 4 /* Linux 5.6: never waits for the kernel's random numbers */
#endif

uint32_t random_u32(const uint8_t mac[6])
{
	uint32_t v;

	if (getrandom(&v, sizeof(v), GRND_INSECURE) == sizeof(v) ||
	    getrandom(&v, sizeof(v), GRND_NONBLOCK) == sizeof(v))
		return v;
	memcpy(&v, mac + 2, sizeof(v));
	return v * 2654435761u ^ (uint32_t)clock_mono_ms();
}
