/* SPDX-License-Identifier: MIT */
/*
 * Targets on this machine: their devices under names that last, and the modules that the crash
 * kernel needs for them.
 */
#ifndef MKINITRD_PLAN_RECIPE_DISKS_H
#define MKINITRD_PLAN_RECIPE_DISKS_H

#include "mkinitrd/plan/recipe.h"

/*
 * Target i of p->conf: a file system on a block device, a share of the host's, a bare device. m
 * NULL: as in recipe_make(). p->conf, p->mods and p->stack get what it needs; a target of
 * dump_to_rootfs that the config has already is taken out again. 0 or -errno with *f.
 */
int recipe_disks_fs(struct recipe *p, const struct machine *m, unsigned i, struct fault *f);
/*
 * Target i, whose name is the one that lasts, is none of those in front of it: -EINVAL with *f, or it
 * is taken out again, if it is that of dump_to_rootfs.
 */
int recipe_disks_once(struct recipe *p, unsigned i, struct fault *f);
/*
 * The disk of p->conf.kexec, which has the production kernel, with its modules: where this machine
 * has the kernel that the config names, else /boot. 0 or -errno with *f.
 */
int recipe_disks_kexec(struct recipe *p, const struct machine *m, struct fault *f);

int recipe_disks_share(struct recipe *p, const struct machine *m, unsigned i, struct fault *f);
/* A bare device has no UUID: the name or the identity of a partition, or DISK=, takes its place. */
int recipe_disks_raw(struct recipe *p, const struct machine *m, unsigned i, struct fault *f);

#endif
