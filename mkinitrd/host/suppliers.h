/* SPDX-License-Identifier: MIT */
/*
 * What a device needs beside the bus that it is on: on a board the clock, regulator, PHY, pin
 * controller, power domain or IOMMU that its driver asks for, and without whose drivers it never
 * probes (it is deferred). The kernel has a device link for each, made from the device tree, since
 * Linux 5.13 (fw_devlink). Documentation/ABI/testing/sysfs-devices-supplier,
 * sysfs-class-devlink.
 */
#ifndef MKINITRD_HOST_SUPPLIERS_H
#define MKINITRD_HOST_SUPPLIERS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

/* Folders of devices that were looked at already: suppliers may name each other. */
struct suppliers_seen {
	char **folder;
	size_t n;
};

void suppliers_free(struct suppliers_seen *s);

/* Remembers the folder. True: it was not there before. False also when memory runs out. */
bool suppliers_first(struct suppliers_seen *s, const char *folder);

/*
 * The next supplier of the device whose folder this is; *at, 0 at first, moves on. ret: its own
 * folder, as a real path. False: there is none left. In the order of their names.
 */
bool suppliers_next(const char *folder, unsigned *at, char ret[PATH_MAX]);

#endif
