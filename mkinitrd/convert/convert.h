/* SPDX-License-Identifier: MIT */
/*
 * The settings of SUSE's kdump (/etc/sysconfig/kdump) and of Debian's kdump-tools
 * (/etc/default/kdump-tools) as a kdump.conf. What has no meaning here is named, in a comment with the
 * reason; what would send the dump where this cannot is refused by name.
 */
#ifndef MKINITRD_CONVERT_CONVERT_H
#define MKINITRD_CONVERT_CONVERT_H

#include <stdio.h>

#include "mkinitrd/fault.h"

/*
 * Writes the kdump.conf to `to`. text is the file, cut up, with a NUL behind it; from its name, for a
 * comment. 0; or -EINVAL with *f when a setting is refused, and the rest was written all the same.
 */
int convert_settings(char *text, const char *from, FILE *to, struct fault *f);

#endif
