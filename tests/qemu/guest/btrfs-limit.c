/* SPDX-License-Identifier: MIT */
/*
 * btrfs-limit PATH MIB: turns on the quotas of the btrfs that is mounted there; its top subvolume may hold so much.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/btrfs.h>
#include <linux/btrfs_tree.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

static void check(int r, const char *what)
{
	if (r >= 0)
		return;
	fprintf(stderr, "btrfs-limit: %s: %s\n", what, strerror(errno));
	exit(1);
}

int main(int argc, char **argv)
{
	struct btrfs_ioctl_quota_ctl_args on = { .cmd = BTRFS_QUOTA_CTL_ENABLE };
	struct btrfs_ioctl_qgroup_limit_args limit = {
		.qgroupid = BTRFS_FS_TREE_OBJECTID,
		.lim = { .flags = BTRFS_QGROUP_LIMIT_MAX_RFER },
	};
	int fd;

	if (argc != 3)
		return 2;
	limit.lim.max_rfer = strtoull(argv[2], NULL, 10) << 20;
	fd = open(argv[1], O_RDONLY | O_DIRECTORY);
	check(fd, argv[1]);
	check(ioctl(fd, BTRFS_IOC_QUOTA_CTL, &on), "BTRFS_IOC_QUOTA_CTL");
	check(ioctl(fd, BTRFS_IOC_QUOTA_RESCAN_WAIT), "BTRFS_IOC_QUOTA_RESCAN_WAIT");
	check(ioctl(fd, BTRFS_IOC_QGROUP_LIMIT, &limit), "BTRFS_IOC_QGROUP_LIMIT");
	return 0;
}
