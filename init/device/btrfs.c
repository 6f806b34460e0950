/* SPDX-License-Identifier: MIT */
#include "init/device/btrfs.h"

#include <fcntl.h>
#include <linux/btrfs.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "init/device/btrfs_private.h"
#include "init/system/child.h"
#include "lib/bytes.h"
#include "lib/cleanup.h"
#include "lib/clock.h"
#include "lib/io.h"

#define SUPERBLOCK  65536
#define NUM_DEVICES 136 /* 64 bit, in the superblock */

enum { RETRY_MS = 250, MAX_DEVICES = 256 };

unsigned btrfs_devices(const char *node)
{
	_close_ int fd = open(node, O_RDONLY | O_CLOEXEC);
	uint8_t le[8];
	uint64_t n;

	if (fd < 0 || io_pread(fd, le, sizeof(le), SUPERBLOCK + NUM_DEVICES))
		return 1;
	n = get_le64(le);
	return n && n <= MAX_DEVICES ? (unsigned)n : 1;
}

/* The devices with this UUID that are there. */
static unsigned tell_all(int control, const char *uuid)
{
	struct btrfs_ioctl_vol_args args = { 0 };
	char where[64];
	struct device d;
	unsigned n = 0;

	snprintf(where, sizeof(where), "UUID=%s", uuid);
	for (; n < MAX_DEVICES && !device_next("", where, n, &d); n++) {
		snprintf(args.name, sizeof(args.name), "%s", d.node);
		ioctl(control, BTRFS_IOC_SCAN_DEV, &args);
	}
	return n;
}

unsigned btrfs_gather(const struct device *d, uint64_t end_ms)
{
	const struct timespec pause = { .tv_nsec = RETRY_MS * 1000000 };
	unsigned wanted = btrfs_devices(d->node), found;
	_close_ int control = -1;

	if (wanted < 2)
		return 0;
	control = open("/dev/btrfs-control", O_RDWR | O_CLOEXEC);
	for (;;) {
		found = tell_all(control, d->sb.uuid);
		if (found >= wanted || clock_boot_ms() >= end_ms)
			break;
		nanosleep(&pause, NULL);
	}
	return found < wanted ? wanted - found : 0;
}
