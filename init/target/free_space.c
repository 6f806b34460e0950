/* SPDX-License-Identifier: MIT */
#include "init/target/free_space.h"

#include <errno.h>
#include <linux/magic.h>

#define MARGIN_BYTES	(1u << 20)  /* for the report, the log and what a file system needs */
#define SET_ASIDE_BYTES (16u << 20) /* ext4 keeps up to 2 % of so much even from root */

/*
 * Of most file systems f_bfree, which has what is reserved for root. btrfs reserves nothing, and
 * counts there what it has given to its trees as well (fs/btrfs/super.c, btrfs_statfs).
 */
uint64_t free_space_of(const struct statfs *st)
{
	uint64_t unit = (uint64_t)(st->f_frsize ? st->f_frsize : st->f_bsize);
	uint64_t free_bytes = unit * (st->f_type == BTRFS_SUPER_MAGIC ? st->f_bavail : st->f_bfree);
	uint64_t aside = st->f_blocks * unit / 50;

	aside = (aside < SET_ASIDE_BYTES ? aside : SET_ASIDE_BYTES) + MARGIN_BYTES;
	return free_bytes > aside ? free_bytes - aside : 0;
}

int free_space(int fd, uint64_t *ret)
{
	struct statfs st;

	if (fstatfs(fd, &st) < 0)
		return -errno;
	*ret = free_space_of(&st);
	return 0;
}
