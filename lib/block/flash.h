/* SPDX-License-Identifier: MIT */
/*
 * Flash partitions (/sys/class/mtd) and the volumes of UBI that lie on them (/sys/class/ubi), as the
 * running kernel has them.
 */
#ifndef LIB_BLOCK_FLASH_H
#define LIB_BLOCK_FLASH_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/block/mounts.h"
#include "lib/ubi_name.h"

/*
 * wanted: as in blockname_is_flash(). The number of the partition below root ("mtd3": 3), -ENODEV, or
 * -ENOTUNIQ where two are called so: which of them stands first is chance. seen, of size bytes: what
 * else there is, for a message; NULL: nobody asks.
 */
int flash_find(const char *root, const char *wanted, char *seen, size_t size);

struct ubi_volume {
	unsigned device, id;	     /* "ubi0_1": 0 and 1 */
	unsigned mtd;		     /* the partition that the device is attached to */
	char name[UBI_VOLUME_BYTES]; /* of the volume */
};

/*
 * The volume that where (lib/ubi_name.h) means. -EINVAL: where is no such name; -ENODEV: no such device
 * is attached; -ENOENT: it has no such volume, and seen, as above, has the names of the others; -ENOTUNIQ:
 * two flash partitions or two volumes are called so.
 */
int ubi_find(const char *root, const char *where, struct ubi_volume *ret, char *seen, size_t size);

/*
 * fd: of a flash partition. The place of the second header in each of its erase blocks of block_bytes,
 * as it was made with; it need not be where the kernel would take it by itself. -EMEDIUMTYPE: no UBI
 * lies there, and to attach it would be to format it.
 */
int ubi_vid_head(int fd, unsigned block_bytes);

/* Is m a mount of this volume? */
bool ubi_is_mount(const char *root, const struct mounted *m, const struct ubi_volume *v);

#endif
