/* SPDX-License-Identifier: MIT */
/*
 * What a block device is called besides its node: by its file system, by its partition, by its
 * disk. Read from sysfs and the disk's table, without udev, on the host (kdump-mkinitrd) and in
 * the capture kernel (kdump-init), so that both mean the same.
 */
#ifndef LIB_BLOCK_BLOCKNAME_H
#define LIB_BLOCK_BLOCKNAME_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/block/partition.h"
#include "lib/block/superblock.h"

struct blockname {
	char partuuid[40], partlabel[112]; /* "": no partition, or it has none */
	/* What the hardware calls itself: WWN, serial or card number; "": nothing, or a partition. */
	char disk[96];
	char mtd[256]; /* the name of the flash partition that an mtdblock device is; "": none */
};

/*
 * name: of the device in root's /sys/class/block ("vda1"; '!' for '/'). What cannot be found out
 * is "". Reads the disk's first sectors if need be.
 */
void blockname_read(const char *root, const char *name, struct blockname *ret);

/* Does where (UUID=, LABEL=, PARTUUID=, PARTLABEL=, DISK= or MTD=) mean a partition or a disk? */
bool blockname_wanted(const char *where);
/* Does it mean a partition of flash (MTD=)? */
bool blockname_wants_flash(const char *where);

/*
 * Does wanted, the word behind MTD=, mean the flash partition that the kernel calls name? What is no
 * letter, digit or one of "-_.:" counts as '_' in both, several as one, and none at the ends.
 */
bool blockname_is_flash(const char *name, const char *wanted);

/* sb, n: NULL or with "" where nothing is known, which fits nothing. */
bool blockname_fits(const char *where, const struct superblock *sb, const struct blockname *n);

/* What the disk's table says of a partition. False: no partition, or no table that is understood. */
bool blockname_partition(const char *root, const char *name, struct partition *ret);

/* The disk, "vda", of a partition, "vda1"; of anything else its own name, cut to size. */
void blockname_disk(const char *root, const char *name, char *ret, size_t size);

/* "/dev/cciss/c0d0" of "cciss!c0d0"; false if it does not fit. */
bool blockname_node(const char *name, char *ret, size_t size);

#endif
