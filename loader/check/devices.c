/* SPDX-License-Identifier: MIT */
#include "loader/check/devices.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/block/blockname.h"
#include "lib/block/flash.h"
#include "lib/cleanup.h"
#include "lib/io.h"

struct devices devices_of(int root)
{
	struct devices ret = { .fd = root };

	snprintf(ret.path, sizeof(ret.path), "/proc/self/fd/%d", root);
	return ret;
}

bool devices_name_mount(const struct devices *root, const struct mounted *m, char ret[NAME_MAX + 1])
{
	char path[PATH_MAX], to[PATH_MAX];
	const char *base;
	ssize_t n;

	if (m->dev_major)
		snprintf(path, sizeof(path), "%s/sys/dev/block/%u:%u", root->path, m->dev_major,
			 m->dev_minor);
	else if (strncmp(m->source, "/dev/", 5) ||
		 (size_t)snprintf(path, sizeof(path), "%s%s", root->path, m->source) >=
			 sizeof(path))
		return false;
	n = readlink(path, to, sizeof(to) - 1);
	if (n < 0 && m->dev_major)
		return false;
	to[n > 0 ? n : 0] = '\0';
	base = strrchr(n > 0 ? to : m->source, '/');
	snprintf(ret, NAME_MAX + 1, "%.*s", NAME_MAX, base ? base + 1 : to);
	return true;
}

int devices_open(const struct devices *root, const char *name)
{
	char node[NAME_MAX + 8];
	int fd = -1;

	if (!blockname_node(name, node, sizeof(node)))
		return -ENAMETOOLONG;
	fd = openat(root->fd, node + 1, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* Is it called so? By its node, or by the name that device-mapper has for it. */
static bool is_named(const struct devices *root, const char *where, const char *name)
{
	char node[NAME_MAX + 8], path[PATH_MAX], dm[NAME_MAX + 1];

	if (blockname_node(name, node, sizeof(node)) && !strcmp(node, where))
		return true;
	snprintf(path, sizeof(path), "sys/class/block/%s/dm/name", name);
	if (strncmp(where, "/dev/mapper/", 12) ||
	    io_read_file(root->fd, path, dm, sizeof(dm), NULL))
		return false;
	dm[strcspn(dm, "\n")] = '\0';
	return !strcmp(where + 12, dm);
}

/* By what is written on it; DEVICE_UNKNOWN: it must not be read. */
static enum device_state is_written(const struct devices *root, const char *where, const char *name)
{
	_close_ int fd = devices_open(root, name);
	struct superblock sb;

	if (fd < 0)
		return fd == -EACCES || fd == -EPERM ? DEVICE_UNKNOWN : DEVICE_GONE;
	return !superblock_read(fd, &sb) && blockname_fits(where, &sb, NULL) ? DEVICE_THERE
									     : DEVICE_GONE;
}

static enum device_state is_it(const struct devices *root, const char *where, const char *name)
{
	struct blockname known;

	if (!strncmp(where, "/dev/", 5))
		return is_named(root, where, name) ? DEVICE_THERE : DEVICE_GONE;
	if (!blockname_wanted(where))
		return is_written(root, where, name);
	blockname_read(root->path, name, &known);
	return blockname_fits(where, NULL, &known) ? DEVICE_THERE : DEVICE_GONE;
}

bool devices_is_meant(const struct devices *root, const char *where, const char *name)
{
	return is_it(root, where, name) == DEVICE_THERE;
}

static enum device_state find_block(const struct devices *root, const char *where,
				    char ret[NAME_MAX + 1])
{
	int fd = openat(root->fd, "sys/class/block", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_closedir_ DIR *d = fd < 0 ? NULL : fdopendir(fd);
	enum device_state found = d ? DEVICE_GONE : DEVICE_UNKNOWN;

	for (struct dirent *e; d && found != DEVICE_THERE && (e = readdir(d));) {
		enum device_state now;

		if (e->d_name[0] == '.')
			continue;
		now = is_it(root, where, e->d_name);
		if (now == DEVICE_GONE)
			continue;
		found = now;
		snprintf(ret, NAME_MAX + 1, "%s", e->d_name);
	}
	return found;
}

/* Flash has a block device only where mtdblock is loaded: its name, "mtd3", is a node as well. */
static enum device_state find_flash(const struct devices *root, const char *where,
				    char ret[NAME_MAX + 1])
{
	int mtd = flash_find(root->path, strchr(where, '=') + 1, NULL, 0);

	if (mtd < 0)
		return DEVICE_GONE;
	snprintf(ret, NAME_MAX + 1, "mtd%d", mtd);
	return DEVICE_THERE;
}

enum device_state devices_find(const struct devices *root, const char *where,
			       char ret[NAME_MAX + 1])
{
	if (blockname_wants_flash(where))
		return find_flash(root, where, ret);
	return find_block(root, where, ret);
}

bool devices_shows(const struct devices *root, const struct conf_target *t, const struct mounted *m)
{
	char name[NAME_MAX + 1];
	struct ubi_volume v;

	if (t->kind == CONF_TARGET_UBI)
		return !ubi_find(root->path, t->where, &v, NULL, 0) &&
		       ubi_is_mount(root->path, m, &v);
	if (t->kind == CONF_TARGET_NFS)
		return !strncmp(m->type, "nfs", 3) && !strcmp(t->where, m->source);
	if (t->kind == CONF_TARGET_SHARE)
		return !strcmp(t->type, m->type) && !strcmp(t->where, m->source);
	if (t->subvol && strcmp(t->subvol, m->subvol))
		return false;
	return devices_name_mount(root, m, name) && devices_is_meant(root, t->where, name);
}
