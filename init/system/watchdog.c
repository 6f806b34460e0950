/* SPDX-License-Identifier: MIT */
/*
 * /dev/watchdogN: a byte written feeds it. Closing it, or the letter V, might disarm it: neither
 * ever happens here. What is open is state of this file, since child_run() has no context for it.
 */
#include "init/system/watchdog.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/watchdog.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "init/system/child.h"
#include "init/system/watchdog_private.h"
#include "lib/clock.h"
#include "lib/log.h"

enum { WATCHDOGS = 8, FEED_MAX_MS = 10000 };

struct watchdog {
	int fd;	      /* -1: not there, or not ours */
	bool refused; /* said once */
	uint64_t fed_ms, every_ms;
};

static struct {
	const char *root; /* NULL: not wanted */
	struct watchdog dog[WATCHDOGS];
} all;

static void node_of(unsigned i, char ret[256])
{
	snprintf(ret, 256, "%s/dev/watchdog%u", all.root, i);
}

/* A timeout out of the hardware's range is refused; then its own stays. */
static void set_up(struct watchdog *w, const char *node)
{
	struct watchdog_info info = { .identity = "" };
	int never = 0, s = WATCHDOG_TIMEOUT_S;

	/* its interrupt would make this kernel panic in the middle of a dump */
	ioctl(w->fd, WDIOC_SETPRETIMEOUT, &never);
	ioctl(w->fd, WDIOC_SETTIMEOUT, &s);
	if (ioctl(w->fd, WDIOC_GETTIMEOUT, &s) < 0 || s <= 0)
		s = WATCHDOG_TIMEOUT_S;
	w->every_ms = (uint64_t)s * 1000 / 4;
	if (w->every_ms > FEED_MAX_MS)
		w->every_ms = FEED_MAX_MS;
	ioctl(w->fd, WDIOC_GETSUPPORT, &info);
	log_info("watchdog: %s (%.32s): taken over; resets the machine %d s after a hang", node,
		 info.identity[0] ? (const char *)info.identity : "?", s);
}

static bool take_watchdog(struct watchdog *w, const char *node)
{
	w->fd = open(node, O_WRONLY | O_CLOEXEC);
	if (w->fd >= 0) {
		set_up(w, node);
		return true;
	}
	if (errno != ENOENT && errno != ENODEV && errno != ENXIO && !w->refused) {
		log_err("watchdog: %s: %s: nobody feeds it", node, strerror(errno));
		w->refused = true;
	}
	return false;
}

static void feed(struct watchdog *w, uint64_t now)
{
	if (w->fed_ms && now - w->fed_ms < w->every_ms)
		return;
	w->fed_ms = now;
	/* a failure shows by itself */
	if (write(w->fd, "", 1) < 0)
		return;
}

void watchdog_start(const char *root)
{
	all.root = root;
	for (unsigned i = 0; i < WATCHDOGS; i++)
		all.dog[i] = (struct watchdog){ .fd = -1 };
	child_on_tick(watchdog_tick);
	watchdog_tick();
}

void watchdog_tick(void)
{
	uint64_t now = clock_boot_ms();
	char node[256];

	for (unsigned i = 0; all.root && i < WATCHDOGS; i++) {
		struct watchdog *w = &all.dog[i];

		node_of(i, node);
		if (w->fd < 0 && !take_watchdog(w, node))
			continue;
		feed(w, now);
	}
}

void watchdog_stop(void)
{
	int off = WDIOS_DISABLECARD;

	for (unsigned i = 0; all.root && i < WATCHDOGS; i++) {
		struct watchdog *w = &all.dog[i];

		if (w->fd >= 0 && ioctl(w->fd, WDIOC_SETOPTIONS, &off) < 0)
			log_err("watchdog: %s/dev/watchdog%u: cannot be stopped: %s; it will reset "
				"the machine",
				all.root, i, strerror(errno));
	}
	all.root = NULL;
}

void watchdog_leave(void)
{
	int s = WATCHDOG_LEAVE_S;

	for (unsigned i = 0; all.root && i < WATCHDOGS; i++) {
		struct watchdog *w = &all.dog[i];

		if (w->fd < 0)
			continue;
		/* what is out of its range is refused, and its own stays */
		ioctl(w->fd, WDIOC_SETTIMEOUT, &s);
		w->fed_ms = 0;
		feed(w, clock_boot_ms());
	}
}

void watchdog_forget(void)
{
	for (unsigned i = 0; all.root && i < WATCHDOGS; i++) {
		if (all.dog[i].fd >= 0)
			close(all.dog[i].fd);
	}
	all.root = NULL;
}
