/* SPDX-License-Identifier: MIT */
/*
 * What ssh and sftp targets need in the image: the key in the form of dropbear's client, the host
 * keys of each server. The client itself is packed by mkinitrd/image/contents.h.
 */
#ifndef MKINITRD_PLAN_RECIPE_SSH_H
#define MKINITRD_PLAN_RECIPE_SSH_H

#include "mkinitrd/plan/recipe.h"

/* Target i of p->conf. 0 or -errno with *f. */
int recipe_ssh(struct recipe *p, const struct machine *m, unsigned i, struct fault *f);

#endif
