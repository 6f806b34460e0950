/* SPDX-License-Identifier: MIT */
/*
 * ubi-make MTD [NAME]: attaches UBI to a flash partition, by its node. With NAME the flash is erased
 * before, and has one volume of that name then, of all its space.
 */
#include <errno.h>
#include <fcntl.h>
#include <mtd/mtd-user.h>
#include <mtd/ubi-user.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static void check(int r, const char *what)
{
	if (r >= 0)
		return;
	fprintf(stderr, "ubi-make: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void erase(const char *node)
{
	int fd = open(node, O_RDWR);
	struct mtd_info_user info;
	struct erase_info_user e;

	check(fd, node);
	check(ioctl(fd, MEMGETINFO, &info), "MEMGETINFO");
	for (e = (struct erase_info_user){ 0, info.erasesize }; e.start < info.size;
	     e.start += e.length)
		check(ioctl(fd, MEMERASE, &e), "MEMERASE");
	close(fd);
}

static long number_of(const char *path)
{
	FILE *f = fopen(path, "r");
	long n = -1;

	if (!f || fscanf(f, "%ld", &n) != 1)
		check(-1, path);
	fclose(f);
	return n;
}

static void make_volume(int device, const char *name)
{
	struct ubi_mkvol_req v = { .vol_id = UBI_VOL_NUM_AUTO,
				   .alignment = 1,
				   .vol_type = UBI_DYNAMIC_VOLUME };
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/sys/class/ubi/ubi%d/avail_eraseblocks", device);
	v.bytes = number_of(path);
	snprintf(path, sizeof(path), "/sys/class/ubi/ubi%d/eraseblock_size", device);
	v.bytes *= number_of(path);
	v.name_len = (short)snprintf(v.name, sizeof(v.name), "%s", name);
	snprintf(path, sizeof(path), "/dev/ubi%d", device);
	fd = open(path, O_RDONLY);
	check(fd, path);
	check(ioctl(fd, UBI_IOCMKVOL, &v), "UBI_IOCMKVOL");
	close(fd);
}

int main(int argc, char **argv)
{
	struct ubi_attach_req a = { .ubi_num = UBI_DEV_NUM_AUTO };
	int fd;

	if (argc < 2 || sscanf(argv[1], "/dev/mtd%d", &a.mtd_num) != 1) {
		fprintf(stderr, "usage: ubi-make /dev/mtdN [NAME]\n");
		return 2;
	}
	if (argc > 2)
		erase(argv[1]);
	fd = open("/dev/ubi_ctrl", O_RDONLY);
	check(fd, "/dev/ubi_ctrl");
	check(ioctl(fd, UBI_IOCATT, &a), "UBI_IOCATT");
	if (argc > 2)
		make_volume(a.ubi_num, argv[2]);
	return 0;
}
