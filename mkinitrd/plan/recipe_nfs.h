/* SPDX-License-Identifier: MIT */
/*
 * NFS targets: the version that the running machine has them mounted with, and the kernel's client.
 */
#ifndef MKINITRD_PLAN_RECIPE_NFS_H
#define MKINITRD_PLAN_RECIPE_NFS_H

#include "mkinitrd/plan/recipe.h"

/* The target i. m NULL: as in recipe_make(). 0 or -errno with *f. */
int recipe_nfs_export(struct recipe *p, const struct machine *m, unsigned i, struct fault *f);

#endif
