/* SPDX-License-Identifier: MIT */
/*
 * What takes the place of the commands and options of kdumpctl, kdump-config and kexec.
 */
#ifndef LOADER_REPLACED_H
#define LOADER_REPLACED_H

struct replaced {
	const char *name, *by;
};

extern const struct replaced replaced_commands[]; /* ended by one without a name */

/* What to do instead, one clause; NULL for a name that none of them has. */
const char *replaced_by(const char *name);

#endif
