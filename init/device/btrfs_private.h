/* SPDX-License-Identifier: MIT */
/*
 * What tests of btrfs.c use besides btrfs.h.
 */
#ifndef INIT_DEVICE_BTRFS_PRIVATE_H
#define INIT_DEVICE_BTRFS_PRIVATE_H

#include "init/device/btrfs.h"

/* How many devices the file system on node has, by its superblock; 1 if that cannot be read. */
unsigned btrfs_devices(const char *node);

#endif
