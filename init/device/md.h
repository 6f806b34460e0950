/* SPDX-License-Identifier: MIT */
/*
 * RAID arrays of the md driver, through its ioctls (Linux uapi raid/md_u.h).
 */
#ifndef INIT_DEVICE_MD_H
#define INIT_DEVICE_MD_H

#include <stdint.h>

#include "init/system/child.h"
#include "lib/clock.h"
#include "lib/conf/stackline.h"

/*
 * Assembles the array, unless it runs. All members are waited for until end_ms (clock_boot_ms());
 * once there are enough of them, the missing ones for a few seconds only. No resync begins. 0, or
 * -errno with child_why().
 */
int md_start(const struct stackline_md *md, uint64_t end_ms, struct child *self);

/* Stops it, so that its members know that all is written. -ENOENT: it does not run. */
int md_stop(const char *name);

#endif
