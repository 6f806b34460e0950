/* SPDX-License-Identifier: MIT */
/*
 * A btrfs may lie on several devices; the kernel knows those that were registered with it.
 */
#ifndef INIT_DEVICE_BTRFS_H
#define INIT_DEVICE_BTRFS_H

#include <stdint.h>

#include "init/device/device.h"

/*
 * Registers all devices of the file system on d with the kernel, waiting for the missing ones until
 * end_ms (clock_boot_ms). Returns how many are missing then.
 */
unsigned btrfs_gather(const struct device *d, uint64_t end_ms);

#endif
