/* SPDX-License-Identifier: MIT */
/*
 * What a config calls a device -> the block device of this machine.
 */
#ifndef LOADER_CHECK_DEVICES_H
#define LOADER_CHECK_DEVICES_H

#include <limits.h>
#include <stdbool.h>

#include "lib/block/mounts.h"
#include "lib/conf/conf.h"

/* A machine's files. */
struct devices {
	int fd;	       /* of the root folder, borrowed */
	char path[32]; /* the same as a path, for what takes one */
};

struct devices devices_of(int root);

enum device_state {
	DEVICE_THERE,
	DEVICE_GONE,
	DEVICE_UNKNOWN, /* a device could not be read, for lack of rights */
};

/*
 * The device that where means (/dev/NAME, UUID=, …): its name in /sys/class/block, of flash in
 * /sys/class/mtd.
 */
enum device_state devices_find(const struct devices *root, const char *where,
			       char ret[NAME_MAX + 1]);

/* Is the device of this name the one that where means? */
bool devices_is_meant(const struct devices *root, const char *where, const char *name);

/* The device that is mounted: by its numbers, or as the mount names it. */
bool devices_name_mount(const struct devices *root, const struct mounted *m,
			char ret[NAME_MAX + 1]);

/* Does this mount show the file system that a target means? */
bool devices_shows(const struct devices *root, const struct conf_target *t,
		   const struct mounted *m);

/* A descriptor for reading, or -errno. */
int devices_open(const struct devices *root, const char *name);

#endif
