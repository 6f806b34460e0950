/* SPDX-License-Identifier: MIT */
#include "init/target/free_space.h"

#include <errno.h>
#include <sys/statvfs.h>

#define MARGIN_BYTES	(1u << 20)  /* for the report, the log and what a file system needs */
#define SET_ASIDE_BYTES (16u << 20) /* ext4 keeps up to 2 % of so much even from root */

int free_space(int fd, uint64_t *ret)
{
	struct statvfs st;
	uint64_t free_bytes, aside;

	if (fstatvfs(fd, &st) < 0)
		return -errno;
	free_bytes = (uint64_t)st.f_bfree * st.f_frsize;
	aside = (uint64_t)st.f_blocks * st.f_frsize / 50;
	aside = (aside < SET_ASIDE_BYTES ? aside : SET_ASIDE_BYTES) + MARGIN_BYTES;
	*ret = free_bytes > aside ? free_bytes - aside : 0;
	return 0;
}
