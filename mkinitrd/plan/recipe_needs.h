/* SPDX-License-Identifier: MIT */
/*
 * Modules that depmod does not know of, as the kernel asks for them at run time by
 * request_module(), for which the image has no modprobe.
 */
#ifndef MKINITRD_PLAN_RECIPE_NEEDS_H
#define MKINITRD_PLAN_RECIPE_NEEDS_H

#include "mkinitrd/fault.h"
#include "mkinitrd/kernel/kmods.h"

/*
 * user: what of the image needs them, a file system's name or "net". A module that the kernel does not have is skipped.
 * 0 or -errno with *f.
 */
int recipe_needs_want(struct kmods *mods, const char *user, struct fault *f);

#endif
