/* SPDX-License-Identifier: MIT */
/*
 * UBIFS on a volume of UBI: wait for the flash partition, attach UBI to it where the kernel's command
 * line (ubi.mtd=) has not, and mount the volume.
 */
#include "init/target/target.h"

#include <errno.h>
#include <fcntl.h>
#include <mtd/ubi-user.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

#include "init/target/target_mount.h"
#include "lib/block/flash.h"
#include "lib/cleanup.h"
#include "lib/clock.h"
#include "lib/io.h"

enum { RETRY_MS = 100, SEEN_BYTES = 120 };

static unsigned erase_block_bytes(unsigned mtd)
{
	char path[64], text[32];

	snprintf(path, sizeof(path), "/sys/class/mtd/mtd%u/erasesize", mtd);
	return io_read_file(AT_FDCWD, path, text, sizeof(text), NULL)
		       ? 0
		       : (unsigned)strtoul(text, NULL, 10);
}

static int find_vid_head(unsigned mtd)
{
	char node[32];
	_close_ int fd = -1;

	snprintf(node, sizeof(node), "/dev/mtd%u", mtd);
	fd = open(node, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : ubi_vid_head(fd, erase_block_bytes(mtd));
}

static int attach(unsigned mtd, struct child *self)
{
	struct ubi_attach_req req = { .ubi_num = UBI_DEV_NUM_AUTO, .mtd_num = (int)mtd };
	int off = find_vid_head(mtd), r;
	_close_ int fd = -1;

	if (off == -EMEDIUMTYPE)
		child_why(self, "mtd%u holds no UBI; make it with ubiformat and ubimkvol", mtd);
	if (off < 0)
		return off;
	req.vid_hdr_offset = off;
	fd = open("/dev/ubi_ctrl", O_RDONLY | O_CLOEXEC);
	r = fd < 0 || ioctl(fd, UBI_IOCATT, &req) < 0 ? -errno : 0;
	if (fd < 0)
		child_why(self, "this kernel has no UBI driver (is its module in the image?)");
	else if (r)
		child_why(self, "UBI cannot be attached to mtd%u: %s", mtd, strerror(-r));
	return r;
}

static int find_volume(const struct target *t, struct ubi_volume *ret, struct child *self)
{
	struct ubi_name name;
	char seen[SEEN_BYTES] = "";
	int r = ubi_find("", t->spec->where, ret, seen, sizeof(seen)), mtd;

	if (r == -ENODEV && ubi_name_split(t->spec->where, &name) && name.partition[0]) {
		mtd = flash_find("", name.partition, seen, sizeof(seen));
		if (mtd == -ENODEV)
			return -EAGAIN;
		r = mtd < 0 ? mtd : attach((unsigned)mtd, self);
		r = r ? r : ubi_find("", t->spec->where, ret, seen, sizeof(seen));
	}
	if (r == -ENOTUNIQ)
		child_why(self, "two flash partitions or two volumes have that name");
	if (r == -ENOENT)
		child_why(self, "UBI has no such volume; there is: %s", *seen ? seen : "none");
	return r;
}

static int no_flash(const struct target *t, struct child *self)
{
	char seen[SEEN_BYTES];

	flash_find("", "", seen, sizeof(seen));
	child_why(self, "no such flash partition within %u s; there is: %s",
		  t->conf->limits.target_timeout_s, *seen ? seen : "none");
	return -ETIMEDOUT;
}

static int wait_for_volume(const struct target *t, struct ubi_volume *ret, struct child *self)
{
	uint64_t end_ms = clock_boot_ms() + t->conf->limits.target_timeout_s * 1000ull;
	const struct timespec pause = { .tv_nsec = RETRY_MS * 1000000 };
	int r;

	while ((r = find_volume(t, ret, self)) == -EAGAIN) {
		if (clock_boot_ms() >= end_ms)
			return no_flash(t, self);
		nanosleep(&pause, NULL);
	}
	return r;
}

static int ubi_open(const struct target *t, char *what, size_t size, struct child *self)
{
	struct ubi_volume v;
	char source[32];
	int r;

	snprintf(what, size, "%s (ubifs)", t->spec->where);
	r = wait_for_volume(t, &v, self);
	if (r)
		return r;
	snprintf(source, sizeof(source), "ubi%u_%u", v.device, v.id);
	snprintf(what, size, "%s (%s, ubifs)", t->spec->where, source);
	/* what is saved is compressed */
	return target_mount(t, source, "ubifs", "compr=none", self);
}

const struct target_kind target_ubi = {
	.ready = "mounted",
	.out_of_place = true,
	.open = ubi_open,
	.create = target_mount_create,
	.make_room = target_mount_make_room,
	.space = target_mount_space,
	.folder = target_mount_folder,
	.close = target_mount_close,
};
