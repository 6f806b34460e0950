/* SPDX-License-Identifier: MIT */
/*
 * The folders in which the targets of a config have their dumps, as this machine has them mounted.
 */
#ifndef LOADER_CHECK_DUMP_FOLDERS_H
#define LOADER_CHECK_DUMP_FOLDERS_H

#include "lib/conf/conf.h"
#include "loader/check/devices.h"

/*
 * The folder of the target t of c: an absolute path on the machine, which need not exist. False: t
 * is of a kind that is never mounted, or is not mounted now.
 */
bool dump_folders_of(const struct devices *root, const struct conf *c, const struct conf_target *t,
		     char ret[PATH_MAX]);

/* Opens such a path below the machine's root. A descriptor or -errno. */
int dump_folders_open(const struct devices *root, const char *folder);

#endif
