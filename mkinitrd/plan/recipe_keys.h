/* SPDX-License-Identifier: MIT */
/*
 * Lists of keys that the config names by `encrypt FILE`: the image gets the keys themselves.
 */
#ifndef MKINITRD_PLAN_RECIPE_KEYS_H
#define MKINITRD_PLAN_RECIPE_KEYS_H

#include "mkinitrd/plan/recipe.h"

/*
 * Reads the files of p->conf.encrypt from below root: a key of age a line, blank lines and comments
 * ('#') passed over, as `age -R` reads them. Their keys join those of the config. 0 or -errno with
 * *f, which names file and line.
 */
int recipe_keys_read(struct recipe *p, const char *root, struct fault *f);

#endif
