/* SPDX-License-Identifier: MIT */
/*
 * A file system on flash: `ubifs VOLUME`.
 */
#ifndef MKINITRD_PLAN_RECIPE_UBI_H
#define MKINITRD_PLAN_RECIPE_UBI_H

#include "mkinitrd/plan/recipe.h"

/* Target i, which is one. machine NULL: another root's. 0 or -errno with *f. */
int recipe_ubi(struct recipe *p, const struct machine *m, unsigned i, struct fault *f);

#endif
