/* SPDX-License-Identifier: MIT */
/*
 * A btrfs may lie on several devices; the kernel knows those that it was told of.
 */
#ifndef INIT_DEVICE_BTRFS_H
#define INIT_DEVICE_BTRFS_H

#include <stdint.h>

#include "init/device/device.h"

/*
 * Tells the kernel of all devices of the file system on d, waiting for those that are still
 * missing until end_ms (clock_boot_ms). The number that is missing then.
 */
unsigned btrfs_gather(const struct device *d, uint64_t end_ms);

/* How many devices the file system on node has, by its superblock; 1 if that cannot be read. */
unsigned btrfs_devices(const char *node);

#endif
