/* SPDX-License-Identifier: MIT */
#include "mkinitrd/image/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/cleanup.h"
#include "lib/io.h"

static int write_durable(const char *path, const void *buf, size_t len)
{
	_close_ int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	int r;

	if (fd < 0)
		return -errno;
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
	char partial[PATH_MAX];
	int r;

	if ((size_t)snprintf(partial, sizeof(partial), "%s.partial", path) >= sizeof(partial))
		return fault_set(f, -ENAMETOOLONG, "%s: %s", path, strerror(ENAMETOOLONG));
	r = write_durable(partial, buf, len);
	if (!r && rename(partial, path) < 0)
		r = -errno;
	if (r) {
		unlink(partial);
		return fault_set(f, r, "%s: %s", path, strerror(-r));
	}
	r = sync_folder(path);
	return r ? fault_set(f, r, "%s: %s", path, strerror(-r)) : 0;
}
