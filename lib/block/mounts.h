/* SPDX-License-Identifier: MIT */
/*
 * What is mounted on the running machine, from /proc/self/mountinfo: where a folder lies, and
 * which part of a file system (a btrfs subvolume) is in use.
 */
#ifndef LIB_BLOCK_MOUNTS_H
#define LIB_BLOCK_MOUNTS_H

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>

struct mounted {
	char point[PATH_MAX];
	char root[PATH_MAX]; /* the folder of the file system that is mounted there: "/" */
	char type[32];
	char source[PATH_MAX]; /* a device, or the tag of a share */
	char subvol[PATH_MAX]; /* btrfs: as in subvol=, "/" for the outermost; else "" */
	char options[512];     /* of the file system, as the kernel tells them; cut */
	unsigned dev_major, dev_minor;
};

/*
 * The mount that a folder of the machine lies in; the folder need not exist yet. rest: the folder
 * within the file system (below the subvolume, for btrfs), an absolute path. root: another
 * machine's files, "" for our own. 0; -ENOENT: no mount is known; -errno of the folder.
 */
int mounts_of_folder(const char *root, const char *folder, struct mounted *ret,
		     char rest[PATH_MAX]);

/*
 * A mount of a device, given by its node or, where a file system hides that, by its numbers: the
 * first that shows `path` below it, else the first. *same: do all its mounts have the
 * same subvolume. -ENOENT: it is not mounted.
 */
int mounts_of_device(const char *root, const char *node, const char *path, struct mounted *ret,
		     bool *same);

/*
 * One after the other: *f is NULL before the first, and closed by the caller. False: there are no
 * more.
 */
bool mounts_next(const char *root, FILE **f, struct mounted *ret);

/*
 * A folder of a file system (below the subvolume, for btrfs) as the machine has it: below m's mount
 * point. False: this mount does not show it, or the path is too long.
 */
bool mounts_show(const struct mounted *m, const char *folder, char ret[PATH_MAX]);

#endif
