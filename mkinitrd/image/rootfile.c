/* SPDX-License-Identifier: MIT */
#include "mkinitrd/image/rootfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/io.h"

#define FILE_MAX_BYTES (64u << 20)

/* The kernel walks the links (openat2, since 5.6); an older one takes them as its own. */
static int open_below(const char *root, const char *path)
{
	struct open_how how = { .flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
				.resolve = RESOLVE_IN_ROOT };
	_close_ int dir = open(root[0] ? root : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	char full[PATH_MAX];
	int fd;

	if (dir < 0)
		return -errno;
	fd = (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));
	if (fd < 0 && (errno == ENOSYS || errno == EPERM)) {
		if ((size_t)snprintf(full, sizeof(full), "%s%s", root, path) >= sizeof(full))
			return -ENAMETOOLONG;
		fd = open(full, (int)how.flags);
	}
	return fd < 0 ? -errno : fd;
}

static int open_regular(const char *root, const char *path, struct stat *st)
{
	_close_ int fd = open_below(root, path);

	if (fd < 0)
		return fd;
	if (fstat(fd, st) < 0)
		return -errno;
	return S_ISREG(st->st_mode) ? keep_fd(&fd) : -EISDIR;
}

int rootfile_load(const char *root, const char *path, char **ret, size_t *ret_len, mode_t *ret_mode)
{
	struct stat st;
	_close_ int fd = open_regular(root, path, &st);
	char self[32];
	int r;

	if (fd < 0)
		return fd;
	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	r = io_load_file(AT_FDCWD, self, FILE_MAX_BYTES, ret, ret_len);
	if (!r)
		*ret_mode = st.st_mode;
	return r;
}

bool rootfile_exists(const char *root, const char *path)
{
	struct stat st;
	_close_ int fd = open_regular(root, path, &st);

	return fd >= 0;
}
