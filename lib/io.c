/* SPDX-License-Identifier: MIT */
/*
 * Whole reads and writes.
 */
#include "lib/io.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "lib/cleanup.h"

int io_write(int fd, const void *buf, size_t len)
{
	const char *p = buf;

	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

int io_pwrite(int fd, const void *buf, size_t len, uint64_t off)
{
	const char *p = buf;

	while (len) {
		ssize_t n = pwrite(fd, p, len, (off_t)off);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		p += n;
		off += (uint64_t)n;
		len -= (size_t)n;
	}
	return 0;
}

int io_pread(int fd, void *buf, size_t len, uint64_t off)
{
	char *p = buf;

	while (len) {
		ssize_t n = pread(fd, p, len, (off_t)off);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			return -ENODATA;
		p += n;
		off += (uint64_t)n;
		len -= (size_t)n;
	}
	return 0;
}

/* Fills buf until the end of the file or of the buffer. */
static int read_up_to(int fd, char *buf, size_t size, size_t *ret_len)
{
	size_t have = 0;

	while (have < size) {
		ssize_t n = read(fd, buf + have, size - have);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		have += (size_t)n;
	}
	*ret_len = have;
	return 0;
}

int io_read_file(int dirfd, const char *path, char *buf, size_t size, size_t *ret_len)
{
	_close_ int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC);
	size_t len;
	int r;

	if (fd < 0)
		return -errno;
	r = read_up_to(fd, buf, size, &len);
	if (r)
		return r;
	if (len == size)
		return -EFBIG;
	buf[len] = '\0';
	if (ret_len)
		*ret_len = len;
	return 0;
}

int io_load_file(int dirfd, const char *path, size_t max, char **ret, size_t *ret_len)
{
	_close_ int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC);
	_free_ char *buf = NULL;
	size_t size = 0, have = 0, n;
	struct stat st;
	int r;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (st.st_size > 0 && (uint64_t)st.st_size > max)
		return -EFBIG;
	/* /proc and /sys say 0: start with a page and grow */
	size = st.st_size > 0 ? (size_t)st.st_size + 1 : 4096;
	for (;;) {
		char *bigger = realloc(buf, size + 1);

		if (!bigger)
			return -ENOMEM;
		buf = bigger;
		r = read_up_to(fd, buf + have, size - have, &n);
		if (r)
			return r;
		have += n;
		if (have > max)
			return -EFBIG;
		if (have < size)
			break;
		size *= 2;
	}
	buf[have] = '\0';
	*ret = keep_ptr(buf);
	if (ret_len)
		*ret_len = have;
	return 0;
}

int io_flush(FILE *f)
{
	int lost = ferror(f);

	if (fflush(f))
		return -errno;
	return lost ? -EIO : 0;
}

int io_sync_dir(int dirfd)
{
	return fsync(dirfd) < 0 ? -errno : 0;
}
