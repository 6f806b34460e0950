/* SPDX-License-Identifier: MIT */
/*
 * Devices that hold no file system but a part of another device: a physical volume of LVM, a LUKS
 * container, a member of a RAID array. What superblock_read() asks first, for a mirror's half may
 * look like the file system on the mirror.
 */
#ifndef LIB_BLOCK_BLOCK_COMPONENT_H
#define LIB_BLOCK_BLOCK_COMPONENT_H

#include "lib/block/superblock.h"

/* 0: *ret is filled in, ret->component set. -ENOENT: no such thing. Else from the read. */
int block_component_read(int fd, struct superblock *ret);

#endif
