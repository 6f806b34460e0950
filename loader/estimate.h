/* SPDX-License-Identifier: MIT */
/*
 * The crashkernel= that this machine needs, from its crash kernel, its image and what captures have
 * used so far; and into the boot loader's configuration with it.
 */
#ifndef LOADER_ESTIMATE_H
#define LOADER_ESTIMATE_H

#include "loader/plan.h"

struct estimate_options {
	struct load_options load; /* of these, the kernel and the initrd */
	bool json, apply, remove;
};

/* Prints the sum, applies or removes it if asked to. 0 or -1, the reason was said. */
int estimate_run(int root, const struct estimate_options *o);

#endif
