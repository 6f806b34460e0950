/* SPDX-License-Identifier: MIT */
/*
 * The options of kdump-mkinitrd, a row each, from which its parser, its help and kdump-mkinitrd(8)
 * come.
 */
#ifndef MKINITRD_OPTIONS_H
#define MKINITRD_OPTIONS_H

#include <stdbool.h>

#include "lib/options.h"

/* What they come to; NULL: not given. */
struct mkinitrd_options {
	const char *conf, *kver, *crash_kernel, *root, *out, *convert;
	const char *host; /* the generic image */
	bool list, check, generic;
};

extern const struct option_row mkinitrd_option_rows[];
extern const char mkinitrd_syntax[];

#endif
