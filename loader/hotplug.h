/* SPDX-License-Identifier: MIT */
/*
 * Memory and CPUs come and go in bursts, an event each: the loaded crash kernel follows once, when
 * they have come to rest.
 */
#ifndef LOADER_HOTPLUG_H
#define LOADER_HOTPLUG_H

#include <stdbool.h>

/*
 * At an event: arm_refresh() once nothing has changed for a second. One process does that for all
 * events of a burst; the others return at once. background: it returns at once and a child does the
 * work. 0, or -1 for a failure that has been told.
 */
int hotplug_run(int root, bool background);

#endif
