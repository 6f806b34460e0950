/* SPDX-License-Identifier: MIT */
/*
 * The link by which network targets are reached: which interface, by the route to the target; what it
 * is made of; how it is set up. From what the running kernel says (mkinitrd/host/netstate.h), where
 * the config does not say it.
 */
#ifndef MKINITRD_PLAN_RECIPE_LINK_H
#define MKINITRD_PLAN_RECIPE_LINK_H

#include "mkinitrd/host/netstate.h"
#include "mkinitrd/plan/recipe.h"

/*
 * Has p->conf say of each of its `net` lines which hardware it is, by MAC address, and with which
 * `link` lines it is made; without such lines they are made, for each network target. p->mods gets
 * the drivers. Logs what was found. 0 or -errno with *f.
 */
int recipe_link_resolve(struct recipe *p, const struct machine *m, const struct netstate *s,
			struct fault *f);

/* Names become addresses by this: a test's own, or getaddrinfo() of the machine. */
typedef int recipe_link_lookup(const char *host, struct ip *ret, unsigned max);
extern recipe_link_lookup *recipe_link_resolver;

#endif
