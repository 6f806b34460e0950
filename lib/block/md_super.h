/* SPDX-License-Identifier: MIT */
/*
 * The superblock of a member of a Linux software RAID (md), version 0.90 or 1.x: which array, and
 * which place in it. Layout: the kernel's include/uapi/linux/raid/md_p.h.
 */
#ifndef LIB_BLOCK_MD_SUPER_H
#define LIB_BLOCK_MD_SUPER_H

#include <stdbool.h>
#include <stdint.h>

struct md_super {
	unsigned major, minor; /* 0 90, 1 0, 1 1 or 1 2 */
	char uuid[40];	       /* of the array */
	char name[33];	       /* "host:name"; "" if none */
	unsigned disks;	       /* of the whole array */
	uint64_t events;       /* grows with each change: the member with most of them is fresh */
	unsigned number;       /* of the member; the same behind each path to it */
	bool active;	       /* has a place in the array: no spare, no journal, not failed */
};

/* 0; -ENOENT: no member of an array; -EIO and so on from the read. */
int md_super_read(int fd, struct md_super *ret);

#endif
