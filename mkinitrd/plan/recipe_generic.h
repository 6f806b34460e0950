/* SPDX-License-Identifier: MIT */
/*
 * The recipe of an image for any machine: drivers of what machines usually have, and no targets.
 */
#ifndef MKINITRD_PLAN_RECIPE_GENERIC_H
#define MKINITRD_PLAN_RECIPE_GENERIC_H

#include "mkinitrd/plan/recipe.h"

/*
 * Of user's directives only extra_modules counts, whose modules must be there; of the others those
 * are taken that the kernel has. The rest as of recipe_make().
 */
int recipe_generic_make(const struct conf *user, const char *root, const char *kver,
			struct recipe *ret, struct fault *f);

#endif
