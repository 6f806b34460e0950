/* SPDX-License-Identifier: MIT */
/*
 * The running machine's disks: by node, by what they hold, by their lasting names.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "lib/block/signature.h"
#include "lib/cleanup.h"
#include "mkinitrd/host/holders.h"
#include "mkinitrd/host/machine.h"
#include "mkinitrd/host/sysfs.h"

/* A disk's folder in /sys/class/block; the kernel writes '/' in a name as '!'. */
static int disk_folder(const struct machine *m, const char *name, char *ret)
{
	return sysfs_path(m, ret, "/sys/class/block/%s", name);
}

static int open_disk(const struct machine *m, const char *name)
{
	char path[PATH_MAX], node[NAME_MAX + 1];
	int fd;

	snprintf(node, sizeof(node), "%s", name);
	for (char *p = node; *p; p++)
		*p = *p == '!' ? '/' : *p;
	if (sysfs_path(m, path, "/dev/%s", node))
		return -ENAMETOOLONG;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

static int read_disk(const struct machine *m, const char *name, struct superblock *ret)
{
	_close_ int fd = open_disk(m, name);

	return fd < 0 ? fd : superblock_read(fd, ret);
}

/* Two names of one disk, as its paths have; copies of a disk look the same and count as one. */
static bool same_disk(const struct machine_disk *a, const struct machine_disk *b)
{
	/* or one file system on several */
	if (a->fs.type && !strcmp(a->fs.type, "btrfs"))
		return b->fs.type && !strcmp(b->fs.type, "btrfs") &&
		       !strcmp(a->fs.uuid, b->fs.uuid);
	if (a->names.partuuid[0])
		return !strcmp(a->names.partuuid, b->names.partuuid);
	return a->names.disk[0] && !strcmp(a->names.disk, b->names.disk);
}

/* What a device holds and what it is called. The error of reading it leaves the names. */
static int look_at(const struct machine *m, const char *name, struct machine_disk *ret)
{
	int r = read_disk(m, name, &ret->fs);

	if (r)
		ret->fs = (struct superblock){ .type = NULL };
	snprintf(ret->name, sizeof(ret->name), "%s", name);
	blockname_read(m->root, name, &ret->names);
	return r;
}

/* Nothing is read from drives without a medium. */
static bool worth_reading(const struct machine *m, const char *name)
{
	char folder[PATH_MAX], size[32];

	if (name[0] == '.' || disk_folder(m, name, folder))
		return false;
	sysfs_line(folder, "size", size, sizeof(size));
	return strtoull(size, NULL, 10) != 0;
}

/* Every disk and partition is looked at, so that a second one is noticed. */
static int search_disks(const struct machine *m, const char *where, struct machine_disk *ret,
			struct fault *f)
{
	char path[PATH_MAX];
	_closedir_ DIR *d = NULL;
	struct machine_disk found = { .name = "" };
	int denied = 0;

	if (sysfs_path(m, path, "/sys/class/block"))
		return -ENAMETOOLONG;
	d = opendir(path);
	if (!d)
		return fault_set(f, -errno, "%s: %s", path, strerror(errno));
	for (struct dirent *e; (e = readdir(d));) {
		struct machine_disk disk = { .name = "" };
		int r;

		/* what stands on it is meant: a mirror, not its halves */
		if (!worth_reading(m, e->d_name) || holders_any(m->root, e->d_name))
			continue;
		r = look_at(m, e->d_name, &disk);
		denied |= r == -EACCES || r == -EPERM;
		if (!blockname_fits(where, r ? NULL : &disk.fs, &disk.names))
			continue;
		if (found.name[0] && !same_disk(&found, &disk))
			return fault_set(f, -EEXIST, "%s is on %s and on %s; name the device",
					 where, found.name, e->d_name);
		if (!found.name[0] || strcmp(disk.name, found.name) < 0)
			found = disk;
	}
	if (!found.name[0])
		return fault_set(f, -ENOENT, "no disk has %s%s", where,
				 denied ? " (some could not be read; run as root)" : "");
	*ret = found;
	return 0;
}

/* "/dev/disk/by-id/x" → "vda1", through any links. */
static int resolve_node(const struct machine *m, const char *where, char *ret, size_t size,
			struct fault *f)
{
	char path[PATH_MAX], real[PATH_MAX], dev[PATH_MAX], dev_real[PATH_MAX];
	struct stat st;
	size_t len;

	if (sysfs_path(m, path, "%s", where) || sysfs_path(m, dev, "/dev"))
		return -ENAMETOOLONG;
	if (!realpath(path, real) || !realpath(dev, dev_real))
		return fault_set(f, -errno, "%s: %s", where, strerror(errno));
	/* a node of any name: lvm's and dmsetup's are no links where there is no udev */
	if (!stat(real, &st) && S_ISBLK(st.st_mode) &&
	    !sysfs_path(m, path, "/sys/dev/block/%u:%u", major(st.st_rdev), minor(st.st_rdev)) &&
	    sysfs_link_name(path, "", ret, size))
		return 0;
	len = strlen(dev_real);
	if (strncmp(real, dev_real, len) || real[len] != '/' ||
	    (size_t)snprintf(ret, size, "%s", real + len + 1) >= size)
		return fault_set(f, -ENOTBLK, "%s is no block device", where);
	for (char *p = ret; *p; p++)
		*p = *p == '/' ? '!' : *p;
	if (disk_folder(m, ret, path))
		return -ENAMETOOLONG;
	if (access(path, F_OK))
		return fault_set(f, -ENOTBLK, "%s is no block device", where);
	return 0;
}

/* For the message alone. */
static const char *other_contents(const struct machine *m, const char *name)
{
	_close_ int fd = open_disk(m, name);
	const char *what = NULL;

	return fd < 0 || signature_find(fd, &what) ? NULL : what;
}

int machine_find_disk(const struct machine *m, const char *where, struct machine_disk *ret,
		      struct fault *f)
{
	struct machine_disk disk = { .name = "" };
	char name[NAME_MAX + 1];
	int r;

	if (where[0] != '/')
		return search_disks(m, where, ret, f);
	r = resolve_node(m, where, name, sizeof(name), f);
	if (r)
		return r;
	r = look_at(m, name, &disk);
	if (r && r != -ENOENT)
		return fault_set(f, r, "%s: %s", where, strerror(-r));
	if (r)
		disk.holds = other_contents(m, name);
	*ret = disk;
	return 0;
}

bool machine_lasting_name(const struct machine_disk *d, bool by_fs, char *ret, size_t size)
{
	if (by_fs && d->fs.type && d->fs.uuid[0])
		snprintf(ret, size, "UUID=%s", d->fs.uuid);
	else if (d->names.partuuid[0])
		snprintf(ret, size, "PARTUUID=%s", d->names.partuuid);
	else if (d->names.disk[0])
		snprintf(ret, size, "DISK=%s", d->names.disk);
	else {
		blockname_node(d->name, ret, size);
		return false;
	}
	return true;
}
