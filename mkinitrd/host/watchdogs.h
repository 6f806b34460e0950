/* SPDX-License-Identifier: MIT */
/*
 * The hardware watchdogs of the running machine. One that is armed goes on counting through the
 * crash, and resets the machine in the middle of the dump unless the capture takes it over
 * (init/system/watchdog.h).
 */
#ifndef MKINITRD_HOST_WATCHDOGS_H
#define MKINITRD_HOST_WATCHDOGS_H

#include <stdbool.h>

#include "mkinitrd/fault.h"
#include "mkinitrd/host/machine.h"
#include "mkinitrd/kernel/kmods.h"

/*
 * Puts the drivers of the armed watchdogs on the list, parents first; where the kernel does not
 * say which are armed (no CONFIG_WATCHDOG_SYSFS) those of all. *ret: is there one to take over? A
 * driver that the crash kernel lacks is logged and skipped. 0 or -errno with *f.
 */
int watchdogs_want(const struct machine *m, struct kmods *mods, bool *ret, struct fault *f);

#endif
