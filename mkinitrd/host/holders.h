/* SPDX-License-Identifier: MIT */
#ifndef MKINITRD_HOST_HOLDERS_H
#define MKINITRD_HOST_HOLDERS_H

#include <stdbool.h>

/* Is the device, or the disk that it is a partition of, part of another device? */
bool holders_any(const char *root, const char *name);

#endif
