/* SPDX-License-Identifier: MIT */
/*
 * Does a device hold something? The marks of partition tables, file systems, volume managers, RAID
 * and dumps, so that a raw target does not destroy what somebody needs. Says less than
 * superblock.h, about more.
 */
#ifndef LIB_BLOCK_SIGNATURE_H
#define LIB_BLOCK_SIGNATURE_H

/*
 * Looks at a device or image. 0 with *ret a literal such as "a GPT partition table", or NULL:
 * nothing that is known. -errno of the read.
 */
int signature_find(int fd, const char **ret);

#endif
