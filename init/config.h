/* SPDX-License-Identifier: MIT */
/*
 * The image's kdump.conf.
 */
#ifndef INIT_CONFIG_H
#define INIT_CONFIG_H

#include "lib/conf/conf.h"

/*
 * Reads and parses file; what is wrong with it is logged, and *ret has all good lines,
 * or the defaults. The strings in *ret live in *ret_text, which the caller may free after
 * the last use; it is NULL when nothing could be read.
 */
void config_load(const char *file, struct conf *ret, char **ret_text);

#endif
