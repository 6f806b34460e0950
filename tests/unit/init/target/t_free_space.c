/* SPDX-License-Identifier: MIT */
#include "init/target/free_space.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>

#include "lib/cleanup.h"
#include "tests/unit/test.h"

#define MIB (1ull << 20)

static uint64_t of(long type, uint64_t all_mib, uint64_t free_mib, uint64_t avail_mib)
{
	const struct statfs st = { .f_type = type,
				   .f_bsize = 4096,
				   .f_frsize = 4096,
				   .f_blocks = all_mib * MIB / 4096,
				   .f_bfree = free_mib * MIB / 4096,
				   .f_bavail = avail_mib * MIB / 4096 };

	return free_space_of(&st);
}

TEST(what_only_root_may_use_is_ours)
{
	CHECK_EQ(of(EXT4_SUPER_MAGIC, 100, 12, 7), (12 - 2 - 1) * MIB);
	CHECK_EQ(of(XFS_SUPER_MAGIC, 10000, 500, 500), (500 - 16 - 1) * MIB);
}

TEST(what_btrfs_keeps_for_its_trees_is_not)
{
	CHECK_EQ(of(BTRFS_SUPER_MAGIC, 150, 85, 12), (12 - 3 - 1) * MIB);
	CHECK_EQ(of(BTRFS_SUPER_MAGIC, 150, 72, 0), 0);
}

TEST(a_full_one_has_none)
{
	CHECK_EQ(of(EXT4_SUPER_MAGIC, 100, 3, 0), 0);
	CHECK_EQ(of(EXT4_SUPER_MAGIC, 100, 0, 0), 0);
}

TEST(of_a_descriptor)
{
	_close_ int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	uint64_t got;

	CHECK_EQ(free_space(fd, &got), 0);
	CHECK_EQ(free_space(-1, &got), -EBADF);
}
