/* SPDX-License-Identifier: MIT */
/*
 * Files and links of /sys and /proc below a machine's root.
 */
#ifndef MKINITRD_HOST_SYSFS_H
#define MKINITRD_HOST_SYSFS_H

#include <stdbool.h>
#include <stddef.h>

#include "mkinitrd/host/machine.h"

/* ret, of PATH_MAX bytes: the root and what fmt says, which begins with '/'. 0 or -ENAMETOOLONG. */
int sysfs_path(const struct machine *m, char *ret, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* ret, of size bytes: the first line of folder/file; "" if it cannot be read. */
void sysfs_line(const char *folder, const char *file, char *ret, size_t size);

/* ret, of size bytes: the last part of what folder/link (link "": folder itself) points to. */
bool sysfs_link_name(const char *folder, const char *link, char *ret, size_t size);

#endif
