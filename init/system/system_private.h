/* SPDX-License-Identifier: MIT */
/*
 * What tests of system.c use besides system.h.
 */
#ifndef INIT_SYSTEM_SYSTEM_PRIVATE_H
#define INIT_SYSTEM_SYSTEM_PRIVATE_H

#include "init/system/system.h"

/*
 * The names of the terminals in /proc/consoles' text, max at most; *others says whether a console
 * without a terminal is there too, or one that did not fit. text is cut up.
 */
unsigned system_parse_consoles(char *text, const char **names, unsigned max, bool *others);

#endif
