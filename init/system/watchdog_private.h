/* SPDX-License-Identifier: MIT */
/*
 * What tests of watchdog.c use besides watchdog.h.
 */
#ifndef INIT_SYSTEM_WATCHDOG_PRIVATE_H
#define INIT_SYSTEM_WATCHDOG_PRIVATE_H

#include "init/system/watchdog.h"

/* Opens what has appeared, and feeds when it is time. */
void watchdog_tick(void);

#endif
