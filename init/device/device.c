/* SPDX-License-Identifier: MIT */
/*
 * /sys/class/block, superblocks, and the kernel's uevents instead of udev. Mostly the device is
 * there at the first look; if not, the socket listens before the second one, so that no device can
 * come between the two unnoticed.
 */
#include "init/device/device.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "init/device/device_private.h"
#include "init/system/child.h"
#include "lib/block/blockname.h"
#include "lib/cleanup.h"
#include "lib/clock.h"
#include "lib/io.h"

enum { RESCAN_MS = 1000 }; /* for a uevent that got lost */

/* Slow to open, or memory: never asked for a superblock. */
static const char *const passed_over[] = { "fd", "sr", "loop", "ram", "zram" };

/* Disks that hang, by their names; state of this file, as each look is in another child. */
enum { MAX_ASIDE = 16 };
static char aside[MAX_ASIDE][CHILD_LOOK_BYTES];

static bool is_aside(const char *root, const char *name)
{
	char disk[CHILD_LOOK_BYTES];

	if (!aside[0][0])
		return false;
	blockname_disk(root, name, disk, sizeof(disk));
	for (size_t i = 0; i < MAX_ASIDE; i++) {
		if (!strcmp(aside[i], disk))
			return true;
	}
	return false;
}

bool device_set_aside(const char *root, const char *name)
{
	size_t i = 0;

	if (is_aside(root, name))
		return false;
	while (i < MAX_ASIDE - 1 && aside[i][0])
		i++;
	blockname_disk(root, name, aside[i], sizeof(aside[i]));
	return true;
}

/* "loop7", of "loop" */
static bool is_numbered(const char *name, const char *kind)
{
	size_t n = strlen(kind);

	return !strncmp(name, kind, n) && name[n] >= '0' && name[n] <= '9';
}

/* Flash, which is slow too, is looked at by its names, and where that is wanted nothing else is. */
static bool is_passed_over(const char *name, const char *where)
{
	if (is_numbered(name, "mtdblock") != blockname_wants_flash(where))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(passed_over); i++) {
		if (is_numbered(name, passed_over[i]))
			return true;
	}
	return false;
}

/* No medium, or a loop device without a file. */
static bool is_empty(int class_fd, const char *name)
{
	char path[96], size[32];

	snprintf(path, sizeof(path), "%.80s/size", name);
	return io_read_file(class_fd, path, size, sizeof(size), NULL) || !strcmp(size, "0\n");
}

/* A device without a file system of the table's is no error: ret->type is NULL. */
static int read_superblock(const char *root, const char *node, struct superblock *ret)
{
	char path[512];
	_close_ int fd = -1;
	int r;

	if ((size_t)snprintf(path, sizeof(path), "%s%s", root, node) >= sizeof(path))
		return -ENAMETOOLONG;
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		/* no node, or a node whose driver is not there yet */
		return errno == ENOENT || errno == ENXIO ? -ENODEV : -errno;
	/* a dozen small reads in six places: what is read ahead at each is wasted */
	posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM);
	r = superblock_read(fd, ret);
	if (r == -ENOENT || r == -ENODATA) {
		*ret = (struct superblock){ 0 };
		return 0;
	}
	return r;
}

static void note_seen(struct device_seen *seen, const char *name, const struct superblock *sb)
{
	size_t len;

	if (!seen)
		return;
	len = strlen(seen->list);
	snprintf(seen->list + len, sizeof(seen->list) - len, "%s%s%s%s%s", len ? ", " : "", name,
		 sb->type ? " (" : "", sb->type ? sb->type : "", sb->type ? ")" : "");
}

static int find_named(const char *root, const char *node, struct device *ret)
{
	struct device d = { 0 };
	int r = read_superblock(root, node, &d.sb);

	if (r)
		return r;
	snprintf(d.node, sizeof(d.node), "%s", node);
	*ret = d;
	return 0;
}

/* A device that cannot be read may still be the one, by its partition's or its disk's name. */
static bool is_meant(const char *root, const char *name, const char *where, struct device *d)
{
	struct blockname names;

	if (blockname_wants_flash(where) || read_superblock(root, d->node, &d->sb))
		d->sb = (struct superblock){ 0 };
	if (!blockname_wanted(where))
		return blockname_fits(where, &d->sb, NULL);
	blockname_read(root, name, &names);
	return blockname_fits(where, &d->sb, &names);
}

/* The device that fits after `skip` others that do, among those set aside or the others. */
static int scan_devices(const char *root, const char *where, unsigned skip, bool those_aside,
			struct device *ret, struct device_seen *seen)
{
	char path[512];
	_closedir_ DIR *dir = NULL;
	struct dirent *e;

	snprintf(path, sizeof(path), "%s/sys/class/block", root);
	dir = opendir(path);
	if (!dir)
		return -errno;
	while ((e = readdir(dir))) {
		struct device d = { 0 };
		bool fits;

		if (e->d_name[0] == '.' || is_passed_over(e->d_name, where) ||
		    is_aside(root, e->d_name) != those_aside || is_empty(dirfd(dir), e->d_name) ||
		    !blockname_node(e->d_name, d.node, sizeof(d.node)))
			continue;
		child_looks_at(e->d_name);
		fits = is_meant(root, e->d_name, where, &d);
		child_looks_at(NULL);
		note_seen(seen, e->d_name, &d.sb);
		if (fits && !skip--) {
			*ret = d;
			return 0;
		}
	}
	return -ENODEV;
}

int device_find(const char *root, const char *where, struct device *ret, struct device_seen *seen)
{
	struct device other;
	int r = -ENODEV;

	if (seen)
		seen->list[0] = '\0';
	if (where[0] != '/') {
		r = scan_devices(root, where, 0, false, ret, seen);
		return r == -ENODEV ? scan_devices(root, where, 0, true, ret, seen) : r;
	}
	r = find_named(root, where, ret);
	/* not there: what else is, for the message */
	if (r == -ENODEV && seen)
		scan_devices(root, "", 0, false, &other, seen);
	return r;
}

int device_next(const char *root, const char *where, unsigned skip, struct device *ret)
{
	return where[0] == '/' ? -ENODEV : scan_devices(root, where, skip, false, ret, NULL);
}

static int listen_to_kernel(void)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	_close_ int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
				NETLINK_KOBJECT_UEVENT);

	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		return -1;
	return keep_fd(&fd);
}

/* A uevent is "ACTION@PATH", then KEY=VALUE strings, each ended by NUL. */
static bool is_block_event(const char *msg, size_t len)
{
	static const char key[] = "SUBSYSTEM=block";

	return memmem(msg, len, key, sizeof(key)) != NULL;
}

/* Takes all that waits. Was there news of a block device, or so much news that some is lost? */
static bool drain_events(int fd)
{
	bool news = false;
	char msg[4096];

	for (;;) {
		ssize_t n = recv(fd, msg, sizeof(msg), MSG_DONTWAIT);

		if (n < 0 && errno == ENOBUFS)
			news = true;
		else if (n < 0)
			return news;
		else
			news |= is_block_event(msg, (size_t)n);
	}
}

/* Until there is news, or a second is over, or the end. fd -1: the kernel has no uevents for us. */
static void wait_for_news(int fd, uint64_t end_ms)
{
	uint64_t now = clock_boot_ms(), until = now + RESCAN_MS < end_ms ? now + RESCAN_MS : end_ms;
	struct pollfd p = { .fd = fd, .events = POLLIN };

	while ((now = clock_boot_ms()) < until) {
		int n = poll(&p, 1, (int)(until - now));

		if (n > 0 && drain_events(fd))
			return;
	}
}

int device_wait(const char *root, const char *where, unsigned timeout_s, struct device *ret,
		struct device_seen *seen)
{
	uint64_t end_ms = clock_boot_ms() + timeout_s * 1000ull;
	int r = device_find(root, where, ret, seen);
	_close_ int fd = -1;

	if (!r)
		return 0;
	fd = listen_to_kernel();
	for (;;) {
		r = device_find(root, where, ret, seen);
		if (!r)
			return 0;
		if (clock_boot_ms() >= end_ms)
			return r == -ENODEV ? -ETIMEDOUT : r;
		wait_for_news(fd, end_ms);
	}
}
