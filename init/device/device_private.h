/* SPDX-License-Identifier: MIT */
/*
 * What tests of device.c use besides device.h.
 */
#ifndef INIT_DEVICE_DEVICE_PRIVATE_H
#define INIT_DEVICE_DEVICE_PRIVATE_H

#include "init/device/device.h"

/*
 * One look at the block devices of root ("" for the system's own): where is /dev/NAME or one of
 * blockname.h's. 0, -ENODEV when none fits, or the error of opening or reading the named one; a
 * device found by another name may be unreadable. seen may be NULL.
 */
int device_find(const char *root, const char *where, struct device *ret, struct device_seen *seen);

#endif
