/* SPDX-License-Identifier: MIT */
/*
 * The trailer of a raw target (raw_format.h): made, read and written. What is read was checked:
 * every place lies inside the device, every name is one that kdump-init writes.
 */
#ifndef LIB_BLOCK_RAW_H
#define LIB_BLOCK_RAW_H

#include <stdbool.h>

#include "lib/block/raw_format.h"

#define RAW_MIN_BYTES (8u << 20) /* of a device */

/* The trailer of a new dump on a device (or file) of this size. -ENOSPC: it is too small. */
int raw_layout(uint64_t device_bytes, struct raw_trailer *ret);

/* 0, -ENODATA: there is none, or none that can be used; -errno of the device. */
int raw_read(int fd, struct raw_trailer *ret);

/* Writes *t as its next version, and waits until it is on the device. */
int raw_write(int fd, struct raw_trailer *t);

/* Does the device hold something that nobody has saved elsewhere? */
bool raw_unsaved(const struct raw_trailer *t);

/* Which file of the trailer has this name; -1: none. */
int raw_slot(const char *name);

/*
 * Zeros where the device begins and in its last RAW_END_BYTES, the trailer's included, so that no
 * program finds anything on it. The dump itself is not erased.
 */
int raw_wipe(int fd, uint64_t device_bytes);

/* Size of a device or file. -errno */
int raw_device_bytes(int fd, uint64_t *ret);

#endif
