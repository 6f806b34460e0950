/* SPDX-License-Identifier: MIT */
#include "net/link/retry.h"

#include <errno.h>
#include <poll.h>

#include "net/deadline.h"
#include "net/link/random.h"

enum {
	FIRST_WAIT_MS = 1000,
	MAX_WAIT_MS = 8000,
};

uint64_t retry_until_ms(unsigned int tries, const uint8_t mac[6], uint64_t deadline_ms)
{
	uint64_t ms = tries < 3 ? (uint64_t)FIRST_WAIT_MS << tries : MAX_WAIT_MS;
	uint64_t end = deadline_in_ms(ms - ms / 8 + random_u32(mac) % (ms / 4));

	return end < deadline_ms ? end : deadline_ms;
}

int retry_poll(int fd, uint64_t until_ms)
{
	int left = deadline_left_ms(until_ms);
	struct pollfd p = { .fd = fd, .events = POLLIN };

	if (!left)
		return -ETIMEDOUT;
	return poll(&p, 1, left) < 0 && errno != EINTR ? -errno : 0;
}
