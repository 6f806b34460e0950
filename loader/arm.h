/* SPDX-License-Identifier: MIT */
/*
 * Arming and disarming the machine. These print what happens (log, or the plan on stdout) and
 * return 0, or -1 for a failure that was logged.
 */
#ifndef LOADER_ARM_H
#define LOADER_ARM_H

#include "loader/plan.h"

/* Checks, loads, records; when the kernel refuses, loads the pair before it again. */
int arm_load(int root, const struct load_options *o);

/*
 * Loads what is loaded once more, if memory or CPUs have come or gone since and the kernel does not
 * follow by itself. What another program has loaded stays.
 */
int arm_refresh(int root);

int arm_unload(int root);

#endif
