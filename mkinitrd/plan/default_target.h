/* SPDX-License-Identifier: MIT */
/*
 * Targets that the config does not name: without any, the file system of the running machine that
 * `path` lies in; for `failure_action dump_to_rootfs` the root file system, as the last. And which
 * subvolume of a btrfs the machine means by a device.
 */
#ifndef MKINITRD_PLAN_DEFAULT_TARGET_H
#define MKINITRD_PLAN_DEFAULT_TARGET_H

#include "lib/conf/conf.h"
#include "mkinitrd/fault.h"
#include "mkinitrd/host/machine.h"

/* Memory for what is put into a config. */
struct default_target {
	char path[PATH_MAX];
	struct default_target_one {
		char where[PATH_MAX], subvol[PATH_MAX], type[32];
	} target[2];
};

/* A target that was put in has line 0. 0 or -errno with *f. */
int default_target_add(const struct machine *m, struct conf *c, struct default_target *h,
		       struct fault *f);

/*
 * The file system of the running machine that a file lies in, by its folder, as *ret, which borrows
 * from *h. 0 or -errno with *f.
 */
int default_target_of_file(const struct machine *m, const char *file, struct conf_target *ret,
			   struct default_target_one *h, struct fault *f);

/*
 * ret gets what `subvol=` must say for the way the device (a name in /sys/class/block) is mounted
 * now; "" when it is not, or with several subvolumes of which none shows the config's path.
 */
int default_target_subvol(const struct machine *m, const struct conf_target *t, const char *name,
			  const char *path, char ret[PATH_MAX], struct fault *f);

#endif
