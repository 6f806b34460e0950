/* SPDX-License-Identifier: MIT */
/*
 * Finds the block device that a target names: drivers probe in their own time, so it may come
 * later.
 */
#ifndef INIT_DEVICE_DEVICE_H
#define INIT_DEVICE_DEVICE_H

#include <stdbool.h>

#include "lib/block/superblock.h"

struct device {
	char node[160];	      /* "/dev/vdb1" */
	struct superblock sb; /* sb.type NULL: no file system of the table's */
};

/* What a look saw, for the message when nothing fits: "vda (ext4), vdb". */
struct device_seen {
	char list[120];
};

/*
 * `name`, as in root's /sys/class/block, was read and did not answer (child_looks_at()): from now
 * on its disk and all partitions of it are read after all others, and by device_next() no more.
 * Others are still found, and it itself where it is only slow. False: that was known.
 */
bool device_set_aside(const char *root, const char *name);

/*
 * Several devices may have the same name: paths to one disk, or copies. The one after `skip`
 * others, or -ENODEV.
 */
int device_next(const char *root, const char *where, unsigned skip, struct device *ret);

/*
 * Looks now and at each uevent, for timeout_s at most. -ETIMEDOUT, or the
 * last error of the named device.
 */
int device_wait(const char *root, const char *where, unsigned timeout_s, struct device *ret,
		struct device_seen *seen);

#endif
