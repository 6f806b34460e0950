/* SPDX-License-Identifier: MIT */
/*
 * The table of a disk that has one partition, so that it is called as a config calls it: GPT, or the
 * four entries of an MBR.
 * Facts: UEFI specification 5.3; PARTUUID of an MBR's partition is SIGNATURE-NN.
 */
#ifndef LOADER_VERIFY_PARTED_H
#define LOADER_VERIFY_PARTED_H

#include <stdint.h>

#define PARTED_BEGIN_BYTES (1u << 20) /* of the partition on the disk */
#define PARTED_END_BYTES   (1u << 20) /* of the disk behind it */

/*
 * uuid: as PARTUUID= has it, or NULL for any; label: as PARTLABEL=, or NULL. disk_bytes: a multiple of
 * 1 MiB. 0; -EINVAL: no partition is called so; -errno.
 */
int parted_write(int fd, uint64_t disk_bytes, const char *uuid, const char *label);

#endif
