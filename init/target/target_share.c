/* SPDX-License-Identifier: MIT */
/*
 * A folder of a virtual machine's host, by virtiofs or 9p: named by the tag that the host gave it.
 */
#include "init/target/target.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "init/target/target_mount.h"
#include "lib/clock.h"

enum { RETRY_MS = 250 };

/* Without a cache of its own: what is written is at the host, and the crash kernel has no memory. */
static const char *mount_data(const char *type)
{
	return strcmp(type, "9p") ? NULL : "trans=virtio,version=9p2000.L,cache=none,msize=131072";
}

/* Both drivers say so when no device has this tag: then it may still be probed. */
static bool is_absent(int r)
{
	return r == -ENOENT || r == -EINVAL;
}

static int share_open(const struct target *t, char *what, size_t size, struct child *self)
{
	const struct conf_target *s = t->spec;
	uint64_t end_ms = clock_boot_ms() + t->conf->limits.target_timeout_s * 1000ull;
	const struct timespec pause = { .tv_nsec = RETRY_MS * 1000000 };
	int r;

	snprintf(what, size, "%s (%s)", s->where, s->type);
	for (;;) {
		struct child tries = { .why = "" };

		r = target_mount(t, s->where, s->type, mount_data(s->type), &tries);
		if (!r)
			return 0;
		if (!is_absent(r)) {
			child_why(self, "%s", tries.why[0] ? tries.why : strerror(-r));
			return r;
		}
		if (clock_boot_ms() >= end_ms)
			break;
		nanosleep(&pause, NULL);
	}
	child_why(self, "the host offers no %s share of this name", s->type);
	return r;
}

const struct target_kind target_share = {
	.ready = "mounted",
	.open = share_open,
	.create = target_mount_create,
	.make_room = target_mount_make_room,
	.space = target_mount_space,
	.folder = target_mount_folder,
	.close = target_mount_close,
};
