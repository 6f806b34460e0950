/* SPDX-License-Identifier: MIT */
/*
 * The block device of a target, with or without a file system on it.
 */
#ifndef INIT_TARGET_TARGET_DEVICE_H
#define INIT_TARGET_TARGET_DEVICE_H

#include "init/device/device.h"
#include "init/target/target.h"

/* device_wait() within the target's target_timeout; child_why() says what is there instead. */
int target_device_wait(const struct target *t, struct device *ret, struct child *self);

#endif
