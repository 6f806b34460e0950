/* SPDX-License-Identifier: MIT */
/*
 * The targets of a config as disks of a virtual machine: files with the file system, the UUID, the
 * label, the partition, the serial number or the logical volume by which the capture will look for
 * them. They are empty, and lie in a folder that is removed afterwards.
 */
#ifndef LOADER_VERIFY_DISKS_H
#define LOADER_VERIFY_DISKS_H

#include "lib/conf/conf.h"
#include "loader/check/devices.h"
#include "loader/verify/tool.h"

struct disks {
	const char *folder; /* where the files are made */
	const struct conf *conf;
	const struct devices *root; /* this machine, whose drivers count */
	unsigned n;		    /* disks so far */
};

/*
 * Makes what the target t is looked for on, and adds it to QEMU's words. 0; -EOPNOTSUPP or -errno:
 * not made, and why[300] says the reason, a clause.
 */
int disks_add(struct disks *d, const struct conf_target *t, struct tool_words *w, char why[300]);

#endif
