/* SPDX-License-Identifier: MIT */
/*
 * What follows a capture in which no target took the memory: the config's failure_action.
 */
#ifndef INIT_SYSTEM_SHELL_H
#define INIT_SYSTEM_SHELL_H

#include "init/system/system.h"
#include "lib/conf/conf.h"

#define SHELL_PROGRAM "/bin/busybox" /* kdump-mkinitrd packs it for failure_action shell */

/*
 * A shell on each console that is a terminal. Returns when somebody has left one of them, or after
 * the config's `deadline`, counted from now; at once when there is no shell to run.
 */
void shell_run(const struct system *s, const struct conf *conf);

#endif
