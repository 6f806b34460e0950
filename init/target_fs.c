/* SPDX-License-Identifier: MIT */
/*
 * A file system on a block device: wait for the device, mount it, make the folder.
 */
#include "init/target.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dumper/sink_file.h"
#include "init/device.h"
#include "init/folder.h"
#include "lib/cleanup.h"

#define ROOM_BYTES (1 << 20)

static const struct mount_as {
	const char *type;
	const char *data;
} mounts[] = {
	{ "ext4",	NULL },
	{ "xfs",	NULL },
	{ "btrfs",	NULL },
	{ "vfat",	"umask=0077" },		/* it keeps no modes */
};

static const struct mount_as *find_mount(const char *type)
{
	for (size_t i = 0; i < ARRAY_LEN(mounts); i++) {
		if (!strcmp(mounts[i].type, type))
			return &mounts[i];
	}
	return NULL;
}

/* One for each target: a mount that hangs, left behind, is not in the next one's way. */
static void mount_point(const struct target *t, char ret[32])
{
	snprintf(ret, 32, "/run/target-%u", t->spec->line);
}

static int open_root(const struct target *t)
{
	char point[32];
	int fd;

	mount_point(t, point);
	fd = open(point, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int mount_device(const struct target *t, const struct device *d, struct child *self)
{
	const unsigned long flags = MS_NOATIME | MS_NOSUID | MS_NODEV | MS_NOEXEC;
	const struct mount_as *as = d->sb.type ? find_mount(d->sb.type) : NULL;
	char point[32];
	int r;

	if (!as) {
		child_why(self, "no file system that is known here");
		return -EMEDIUMTYPE;
	}
	mount_point(t, point);
	if (mkdir(point, 0700) < 0 && errno != EEXIST)
		return -errno;
	if (!mount(d->node, point, as->type, flags, as->data))
		return 0;
	r = -errno;
	if (r == -ENODEV)
		child_why(self, "this kernel has no %s driver (is its module in the image?)",
			  as->type);
	else
		child_why(self, "mount: %s", strerror(-r));
	return r;
}

static int wait_for_device(const struct target *t, struct device *ret, struct child *self)
{
	struct device_seen seen = { "" };
	int r = device_wait("", t->spec->where, t->conf->limits.target_timeout_s, ret, &seen);

	if (r == -ETIMEDOUT)
		child_why(self, "no such device within %u s; there is: %s",
			  t->conf->limits.target_timeout_s, seen.list[0] ? seen.list : "none");
	else if (r)
		child_why(self, "%s", strerror(-r));
	return r;
}

/* A killed child that is stuck in the kernel may still hold a file: then the mount goes later. */
static int fs_close(const struct target *t, struct child *self)
{
	_close_ int root = open_root(t);
	char point[32];
	int r = 0;

	if (root < 0)
		return root;
	if (syncfs(root) < 0) {
		r = -errno;
		child_why(self, "sync: %s", strerror(-r));
	}
	close(keep_fd(&root));
	mount_point(t, point);
	if (!umount2(point, 0))
		return r;
	r = r ? r : -errno;
	child_why(self, "unmount: %s", strerror(errno));
	umount2(point, MNT_DETACH);
	return r;
}

static int fs_open(const struct target *t, char *what, size_t size, struct child *self)
{
	struct device d;
	int r = wait_for_device(t, &d, self);

	if (r)
		return r;
	if (!strcmp(t->spec->where, d.node))
		snprintf(what, size, "%s (%s)", d.node, d.sb.type ? d.sb.type : "?");
	else
		snprintf(what, size, "%s (%s, %s)", t->spec->where, d.node,
			 d.sb.type ? d.sb.type : "?");
	return mount_device(t, &d, self);
}

static int open_folder(const struct target *t)
{
	_close_ int root = open_root(t);

	return root < 0 ? root : folder_open(root, t->conf->path, t->folder);
}

/* The first file of a dump finds no folder. */
static int need_folder(const struct target *t, struct child *self)
{
	_close_ int root = -1;
	int fd = open_folder(t), r;

	if (fd != -ENOENT)
		return fd;
	root = open_root(t);
	r = root < 0 ? root : folder_make(root, t->conf->path, t->folder);
	if (r) {
		child_why(self, "%s/%s: %s", t->conf->path, t->folder, strerror(-r));
		return r;
	}
	return open_folder(t);
}

static int fs_create(const struct target *t, const char *name, struct target_file *ret,
		     struct child *self)
{
	_free_ struct sink_file *file = calloc(1, sizeof(*file));
	int fd = need_folder(t, self), r;

	if (fd < 0)
		return fd;
	if (!file)
		return -ENOMEM;
	r = sink_file_open(file, fd, name, true);
	if (r)
		return r;
	*ret = (struct target_file){ .sink = &file->base, .own = file };
	keep_ptr(file);
	return 0;
}

static int fs_make_room(const struct target *t, const char *name)
{
	_close_ int dir = open_folder(t);
	_close_ int fd = -1;
	char partial[80];
	struct stat st;

	if (dir < 0)
		return dir;
	snprintf(partial, sizeof(partial), "%.64s.partial", name);
	fd = openat(dir, partial, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (ftruncate(fd, st.st_size > ROOM_BYTES ? st.st_size - ROOM_BYTES : 0) < 0)
		return -errno;
	return fsync(fd) < 0 ? -errno : 0;
}

const struct target_kind target_fs = {
	.ready = "mounted",
	.open = fs_open,
	.create = fs_create,
	.make_room = fs_make_room,
	.close = fs_close,
};
