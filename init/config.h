/* SPDX-License-Identifier: MIT */
/*
 * The image's kdump.conf.
 */
#ifndef INIT_CONFIG_H
#define INIT_CONFIG_H

#include "lib/conf.h"

/*
 * Reads and parses file; what is wrong with it is logged, and *ret has the good lines before
 * that, or the defaults. Strings in *ret stay valid for ever.
 */
void config_load(const char *file, struct conf *ret);

#endif
