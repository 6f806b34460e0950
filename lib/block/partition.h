/* SPDX-License-Identifier: MIT */
/*
 * The name of one partition in its disk's table: UEFI specification 2.10, chapter 5 (GPT), and the
 * master boot record of the PC. The kernel has a partition's name in its uevent file, and from
 * 6.12 on its UUID; for older kernels the table itself is read.
 */
#ifndef LIB_BLOCK_PARTITION_H
#define LIB_BLOCK_PARTITION_H

struct partition {
	char uuid[37];	 /* as PARTUUID= has it: a GUID, or "1234abcd-01" in an MBR; "": none */
	char type[37];	 /* what it is for: a GUID, or "8e" in an MBR; "": not known */
	char label[109]; /* as PARTLABEL= has it: 36 units of UTF-16; "": none, as in an MBR */
};

/*
 * fd: the whole disk; number: the partition's, from 1 on. 0, -ENOENT when there is no table that
 * is understood or no such partition in it, -EBADMSG for a table that cannot be, or the error of
 * reading. Checksums are not looked at: the kernel did, or there would be no partition.
 */
int partition_read(int fd, unsigned number, struct partition *ret);

#endif
