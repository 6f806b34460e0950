/* SPDX-License-Identifier: MIT */
/*
 * What an interface is made of, down to hardware: VLANs and bonds become `link` lines; a bridge, an
 * Open vSwitch bridge and a team are left out, and their port stands in.
 */
#ifndef MKINITRD_PLAN_RECIPE_STACK_H
#define MKINITRD_PLAN_RECIPE_STACK_H

#include "mkinitrd/host/netstate.h"
#include "mkinitrd/plan/recipe.h"

/*
 * *ret is what a `net` line of the image calls the interface: the MAC address of hardware, or the
 * name of a `link` line of p->conf, which is made with those below it. p->mods gets the drivers. 0
 * or -errno with *f, which names the interface.
 */
int recipe_stack_expand(struct recipe *p, const struct machine *m, const struct netstate *s,
			const struct netstate_link *l, const char **ret, struct fault *f);

/* The same for the ports of the `link` lines that the config has. */
int recipe_stack_links(struct recipe *p, const struct machine *m, const struct netstate *s,
		       struct fault *f);

/* By name or MAC address; hardware before what only wears its address. NULL: there is none. */
const struct netstate_link *recipe_stack_find(const struct netstate *s, const char *text);

/* The machine's name servers, CONF_NET_DNS at most; how many. */
unsigned recipe_stack_name_servers(struct recipe *p, const struct machine *m,
				   const char *ret[CONF_NET_DNS]);

/* Memory for words of p->conf, as long as p; NULL: it is full. */
const char *recipe_stack_keep(struct recipe *p, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
