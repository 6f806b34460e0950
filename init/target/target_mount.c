/* SPDX-License-Identifier: MIT */
#include "init/target/target_mount.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "dumper/sink/sink_file.h"
#include "init/target/folder.h"
#include "init/target/free_space.h"
#include "lib/cleanup.h"

#define ROOM_BYTES (1 << 20)

/* What mount(2) means by its errors, where strerror() would mislead. */
static const struct {
	int error;
	const char *why;
} reasons[] = {
	{ EACCES, "the device is write-protected" },
	{ EROFS, "it is read-only" },
	{ EUCLEAN, "the file system is damaged, or its log cannot be replayed; check it (fsck)" },
	{ EBADMSG, "the file system is damaged (wrong checksum); check it (fsck)" },
	{ EINVAL, "mount: Invalid argument (damaged, or made by newer tools than this kernel?)" },
	{ EIO, "mount: the device cannot be read" },
};

static int why_not_mounted(int r, const char *type, struct child *self)
{
	if (r == -ENODEV) {
		child_why(self, "this kernel has no %s driver (is its module in the image?)", type);
		return r;
	}
	for (size_t i = 0; i < ARRAY_LEN(reasons); i++) {
		if (r == -reasons[i].error)
			child_why(self, "%s", reasons[i].why);
	}
	child_why(self, "mount: %s", strerror(-r));
	return r;
}

/* One for each target: a mount that hangs, left behind, is not in the next one's way. */
static void mount_point(const struct target *t, char ret[32])
{
	snprintf(ret, 32, TARGET_POINT, t->spec->line);
}

/* The mounted root: a descriptor, or -errno. */
static int open_root(const struct target *t)
{
	char point[32];
	int fd;

	mount_point(t, point);
	fd = open(point, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* An error on the way may have turned it read-only under our hands. */
static int check_writable(const char *point, struct child *self)
{
	struct statvfs st;

	if (statvfs(point, &st) < 0 || !(st.f_flag & ST_RDONLY))
		return 0;
	child_why(self, "it could be mounted for reading only; check it (fsck)");
	umount2(point, MNT_DETACH);
	return -EROFS;
}

int target_mount_try(const struct target *t, const char *source, const char *type, const char *data)
{
	const unsigned long flags =
		MS_NOATIME | MS_NOSUID | MS_NODEV | MS_NOEXEC | (t->read_only ? MS_RDONLY : 0);
	char point[32];

	mount_point(t, point);
	if (mkdir(point, 0700) < 0 && errno != EEXIST)
		return -errno;
	return mount(source, point, type, flags, data) < 0 ? -errno : 0;
}

int target_mount(const struct target *t, const char *source, const char *type, const char *data,
		 struct child *self)
{
	int r = target_mount_try(t, source, type, data);
	char point[32];

	if (r)
		return why_not_mounted(r, type, self);
	mount_point(t, point);
	return t->read_only ? 0 : check_writable(point, self);
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

static void file_incomplete(struct target_file *f)
{
	container_of(f->sink, struct sink_file, base)->suffix = TARGET_INCOMPLETE;
}

int target_mount_create(const struct target *t, const char *name, struct target_file *ret,
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
	file->moved = &self->moved;
	*ret = (struct target_file){ .sink = &file->base,
				     .incomplete = file_incomplete,
				     .own = file };
	keep_ptr(file);
	return 0;
}

int target_mount_make_room(const struct target *t, const char *name)
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
	/* what a used-up quota of btrfs refuses too: then the part is worth more than a report of it */
	if (ftruncate(fd, st.st_size > ROOM_BYTES ? st.st_size - ROOM_BYTES : 0) < 0)
		return -errno;
	return fsync(fd) < 0 ? -errno : 0;
}

/* A killed child that is stuck in the kernel may still hold a file: then the mount goes later. */
int target_mount_close(const struct target *t, struct child *self)
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

int target_mount_space(const struct target *t, uint64_t *ret, struct child *self)
{
	_close_ int root = open_root(t);

	(void)self;
	return root < 0 ? root : free_space(root, ret);
}

int target_mount_folder(const struct target *t)
{
	_close_ int root = open_root(t);

	return root < 0 ? root : folder_open(root, t->conf->path, ".");
}
