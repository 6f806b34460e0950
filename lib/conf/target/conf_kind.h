/* SPDX-License-Identifier: MIT */
/*
 * What the kinds of target have in common or not, a row each: kdump-init, kdump-mkinitrd and
 * kdump-loader ask here instead of knowing the kinds by name.
 */
#ifndef LIB_CONF_TARGET_CONF_KIND_H
#define LIB_CONF_TARGET_CONF_KIND_H

#include <stdbool.h>

#include "lib/conf/conf.h"
#include "lib/conf/target/conf_place.h"

/* What kdump-init says of a target over the network; a build without it (NET=0) has not the words. */
#define CONF_NETWORK_READY "network is up"

struct conf_kind {
	/*
	 * A file system that is mounted, in which each dump is a folder: hooks may work on it, and
	 * kdump.json can be written again.
	 */
	bool mounted;
	/* Other machines' dumps may lie there, too. */
	bool shared;
	/*
	 * Reached over the network: from the value of the target's line to who is asked for it.
	 * NULL: no network is needed. 0, or -EINVAL.
	 */
	int (*place)(const struct conf_target *t, struct conf_place *ret);
};

/* The row of the target's kind. */
const struct conf_kind *conf_kind(const struct conf_target *t);

#endif
