/* SPDX-License-Identifier: MIT */
/*
 * A raw target on the running machine: may the crash kernel write over what the device holds?
 */
#ifndef MKINITRD_PLAN_RAWDISK_H
#define MKINITRD_PLAN_RAWDISK_H

#include "lib/conf/conf.h"
#include "mkinitrd/fault.h"
#include "mkinitrd/host/machine.h"

/*
 * t: the target, which means the disk of this name. The capture would refuse the same, when nobody
 * can help any more. A dump that was not recovered yet is worth a warning. 0 or -errno with *f.
 */
int rawdisk_check(const struct machine *m, const struct conf_target *t, const char *name,
		  struct fault *f);

#endif
