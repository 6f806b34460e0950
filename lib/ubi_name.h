/* SPDX-License-Identifier: MIT */
/*
 * What a volume of UBI is called: ubi0:NAME, ubi:NAME (of the first), ubi0_1, /dev/ubi0_1 by the numbers
 * that the running kernel has given, as mount(8) takes them; MTD=PARTITION:NAME by the flash
 * partition, which is the same in each kernel.
 */
#ifndef LIB_UBI_NAME_H
#define LIB_UBI_NAME_H

#include <stdbool.h>

#define UBI_PARTITION_BYTES 128
#define UBI_VOLUME_BYTES    128 /* UBI_MAX_VOLUME_NAME, and the NUL */

struct ubi_name {
	char partition[UBI_PARTITION_BYTES]; /* "": the device's number stands for it */
	unsigned device;
	char volume[UBI_VOLUME_BYTES]; /* "": its number stands for it */
	unsigned id;
};

/* False: where is no such name, or too long. */
bool ubi_name_split(const char *where, struct ubi_name *ret);

#endif
