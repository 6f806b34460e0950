/* SPDX-License-Identifier: MIT */
#include "mkinitrd/image/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "lib/cleanup.h"
#include "lib/io.h"

/* Is it still the file at path? Who had it before may have renamed it. */
static bool is_at(int fd, const char *path)
{
	struct stat open, there;

	return !fstat(fd, &open) && !lstat(path, &there) && open.st_dev == there.st_dev &&
	       open.st_ino == there.st_ino;
}

/* The file at path, empty, which no other run writes to until it is closed. */
static int open_alone(const char *path)
{
	for (;;) {
		_close_ int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

		if (fd < 0)
			return -errno;
		/* a file system without locks has no worse file than before */
		while (flock(fd, LOCK_EX) < 0 && errno == EINTR)
			;
		if (!is_at(fd, path))
			continue;
		return ftruncate(fd, 0) < 0 ? -errno : keep_fd(&fd);
	}
}

static int write_durable(int fd, const void *buf, size_t len)
{
	int r;

	/* a left-over of an earlier run may be open to others */
	if (fchmod(fd, 0600) < 0)
		return -errno;
	r = io_write(fd, buf, len);
	if (r)
		return r;
	return fsync(fd) < 0 ? -errno : 0;
}

static int sync_folder(const char *path)
{
	char folder[PATH_MAX];
	const char *slash = strrchr(path, '/');
	_close_ int fd = -1;

	snprintf(folder, sizeof(folder), "%.*s", slash ? (int)(slash - path + 1) : 1,
		 slash ? path : ".");
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : io_sync_dir(fd);
}

int outfile_write(const char *path, const void *buf, size_t len, struct fault *f)
{
	_close_ int fd = -1;
	char partial[PATH_MAX];
	int r;

	if ((size_t)snprintf(partial, sizeof(partial), "%s.partial", path) >= sizeof(partial))
		return fault_set(f, -ENAMETOOLONG, "%s: %s", path, strerror(ENAMETOOLONG));
	fd = open_alone(partial);
	r = fd < 0 ? fd : write_durable(fd, buf, len);
	if (!r && rename(partial, path) < 0)
		r = -errno;
	if (r) {
		if (fd >= 0 || r == -ELOOP)
			unlink(partial);
		return fault_set(f, r, "%s: %s", path, strerror(-r));
	}
	r = sync_folder(path);
	return r ? fault_set(f, r, "%s: %s", path, strerror(-r)) : 0;
}
