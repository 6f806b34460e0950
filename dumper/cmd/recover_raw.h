/* SPDX-License-Identifier: MIT */
/*
 * A dump on a raw target becomes a dump's folder, and the device free again.
 */
#ifndef DUMPER_CMD_RECOVER_RAW_H
#define DUMPER_CMD_RECOVER_RAW_H

#include <stdbool.h>
#include <stddef.h>

/* Does this device or image have the trailer of a raw target? */
bool recover_is_raw(const char *dev);

/*
 * The node of a target as kdump.conf names it: PARTLABEL=x is /dev/disk/by-partlabel/x, which udev
 * makes; DISK=x and MTD=x, which udev does not know, are looked for in root's /sys, and stay as they
 * are if they are not there.
 */
void recover_node(const char *root, const char *where, char *ret, size_t size);

/*
 * Saves what the device holds as DIR/<folder>/…, with the names of other targets; what is there
 * already is not written again. Then the device is marked as free. In every other case it is left
 * as it was. Says what it did. 0; -ENODATA: the device holds no dump; -errno, which was said.
 */
int recover_raw(const char *dev, const char *dir);

#endif
