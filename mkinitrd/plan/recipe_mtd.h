/* SPDX-License-Identifier: MIT */
/*
 * A raw target on flash: `mtd NAME`.
 */
#ifndef MKINITRD_PLAN_RECIPE_MTD_H
#define MKINITRD_PLAN_RECIPE_MTD_H

#include "mkinitrd/plan/recipe.h"

/* Is where of a raw target a flash partition's name? */
bool recipe_mtd_is(const char *where);

/* Target i, which is one. machine NULL: another root's. 0 or -errno with *f. */
int recipe_mtd_target(struct recipe *p, const struct machine *m, unsigned i, struct fault *f);

/*
 * The modules for flash partition mtd of the machine (NULL: another root's), without what is made of
 * it. 0 or -errno with *f.
 */
int recipe_mtd_drivers(struct recipe *p, const struct machine *m, int mtd, struct fault *f);

#endif
