/* SPDX-License-Identifier: MIT */
/*
 * The network of the crash kernel: which interface, its driver, and the certificates for https.
 */
#ifndef MKINITRD_PLAN_RECIPE_NET_H
#define MKINITRD_PLAN_RECIPE_NET_H

#include "mkinitrd/plan/recipe.h"

/*
 * p->conf.nets get their interfaces by MAC address, and what the machine has where the config has no `net` line;
 * p->mods its driver. m NULL: as in recipe_make(). 0 or -errno with *f.
 */
int recipe_net_interface(struct recipe *p, const struct machine *m, struct fault *f);

/*
 * The same for fence_kdump: a cluster takes its messages from the address alone that it knows, so
 * that the crash kernel must have this machine's own. Warns where that is not certain.
 */
int recipe_net_fence(struct recipe *p, const struct machine *m, struct fault *f);

/*
 * The CA file of the config below p->root, or a distribution's, is packed as CONF_CA_FILE, once. 0
 * or -errno with *f.
 */
int recipe_net_ca(struct recipe *p, struct fault *f);

/* The target i, an https one. */
/* And the keys that sign for s3 targets. */
int recipe_net_s3(struct recipe *p, const struct machine *m, unsigned i, struct fault *f);
int recipe_net_https(struct recipe *p, const struct machine *m, unsigned i, struct fault *f);

#endif
