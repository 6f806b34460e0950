/* SPDX-License-Identifier: MIT */
/*
 * A file system on a block device: wait for the device and mount it. Where its name stands on
 * several devices (the paths to one disk), the first that can be mounted is taken.
 */
#include "init/target/target.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "init/device/btrfs.h"
#include "init/device/device.h"
#include "init/target/target_device.h"
#include "init/target/target_mount.h"
#include "lib/cleanup.h"
#include "lib/clock.h"
#include "lib/log.h"

enum { MAX_PATHS = 64 };

static const struct mount_as {
	const char *type;
	const char *data;
	const char *read_only; /* what keeps such a mount from replaying the log */
} mounts[] = {
	/* the superblock may ask for a panic at the first error; inode tables that mkfs left to
	   the first mount are none of a capture's work */
	{ "ext4", "errors=remount-ro,noinit_itable", "noload" },
	{ "xfs", NULL, "norecovery" },
	{ "btrfs", NULL, "rescue=nologreplay" },
	{ "f2fs", NULL, "norecovery" },
	{ "vfat", "umask=0077", "umask=0077" }, /* it keeps no modes */
};

static const struct mount_as *find_mount(const char *type)
{
	for (size_t i = 0; i < ARRAY_LEN(mounts); i++) {
		if (!strcmp(mounts[i].type, type))
			return &mounts[i];
	}
	return NULL;
}

/* With what is there of its devices, and the subvolume that was asked for. */
static int mount_btrfs(const struct target *t, const struct device *d, const struct mount_as *as,
		       struct child *self)
{
	uint64_t end_ms = clock_boot_ms() + t->conf->limits.target_timeout_s * 1000ull;
	unsigned missing = btrfs_gather(d, end_ms);
	const char *subvol = t->spec->subvol;
	char data[300];

	if (missing)
		log_warn("target: %s: %u of its devices are missing", d->node, missing);
	if ((size_t)snprintf(data, sizeof(data), "%s%s%s%s%s", missing ? "degraded," : "",
			     t->read_only ? as->read_only : "", t->read_only ? "," : "",
			     subvol ? "subvol=" : "", subvol ? subvol : "") >= sizeof(data))
		return -ENAMETOOLONG;
	return target_mount(t, d->node, "btrfs", data, self);
}

static int mount_device(const struct target *t, const struct device *d, struct child *self)
{
	const struct mount_as *as = d->sb.type ? find_mount(d->sb.type) : NULL;

	if (!as) {
		child_why(self, "no file system that is known here");
		return -EMEDIUMTYPE;
	}
	if (!strcmp(as->type, "btrfs"))
		return mount_btrfs(t, d, as, self);
	return target_mount(t, d->node, as->type, t->read_only ? as->read_only : as->data, self);
}

static void describe(const struct target *t, const struct device *d, char *what, size_t size)
{
	const char *type = d->sb.type ? d->sb.type : "?";

	if (!strcmp(t->spec->where, d->node))
		snprintf(what, size, "%s (%s)", d->node, type);
	else
		snprintf(what, size, "%s (%s, %s)", t->spec->where, d->node, type);
}

/* What went wrong with the first device is what the step says; the others are in the log. */
static int fs_open(const struct target *t, char *what, size_t size, struct child *self)
{
	struct device d;
	int r = target_device_wait(t, &d, self), r2 = r;

	if (r)
		return r;
	describe(t, &d, what, size);
	r = r2 = mount_device(t, &d, self);
	for (unsigned n = 1; r2 && n < MAX_PATHS && !device_next("", t->spec->where, n, &d); n++) {
		struct child other = { .why = "" };

		log_warn("target: %s: %s; trying %s", what, n == 1 ? self->why : "as well", d.node);
		r2 = mount_device(t, &d, &other);
		if (!r2)
			describe(t, &d, what, size);
	}
	return r2 ? r : 0;
}

const struct target_kind target_fs = {
	.ready = "mounted",
	.open = fs_open,
	.create = target_mount_create,
	.make_room = target_mount_make_room,
	.space = target_mount_space,
	.folder = target_mount_folder,
	.close = target_mount_close,
};
