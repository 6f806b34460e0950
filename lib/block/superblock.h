/* SPDX-License-Identifier: MIT */
/*
 * Which file system a block device holds, its UUID and label, from its superblock: a table
 * instead of libblkid. Used on the host (kdump-mkinitrd) and in the capture kernel
 * (kdump-init).
 */
#ifndef LIB_BLOCK_SUPERBLOCK_H
#define LIB_BLOCK_SUPERBLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct superblock {
	const char *type; /* as mount(2) wants it: "ext4", "xfs", "f2fs", "btrfs", "vfat" */
	char uuid[40];	  /* as /dev/disk/by-uuid has it; vfat: "1234-ABCD" */
	char label[257];  /* "" if none */
	bool component; /* no file system: a part of another device (lib/block/block_component.h) */
};

/*
 * Reads the superblock from a device or image. ext2 and ext3 are said to be ext4, whose driver
 * mounts them. 0, -ENOENT: none of the table's; -EIO and so on from the read.
 */
int superblock_read(int fd, struct superblock *ret);

#endif
