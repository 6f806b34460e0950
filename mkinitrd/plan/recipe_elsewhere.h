/* SPDX-License-Identifier: MIT */
/*
 * An image for another root, whose machine cannot be looked at: what the drivers of extra_modules still tell. Modules lie in
 * the folders of what they drive.
 */
#ifndef MKINITRD_PLAN_RECIPE_ELSEWHERE_H
#define MKINITRD_PLAN_RECIPE_ELSEWHERE_H

#include "mkinitrd/plan/recipe.h"

/*
 * The modules of the config are in p->mods.list. Adds what drives the disks behind their controllers, which on the machine
 * sysfs shows (sd_mod, mmc_block); warns where there is none for a disk or for the network. 0 or -errno with *f.
 */
int recipe_elsewhere_drivers(struct recipe *p, bool network, struct fault *f);

/* Warns of a device's name that may be another one's in the capture. */
void recipe_elsewhere_name(const struct conf_target *t);

#endif
