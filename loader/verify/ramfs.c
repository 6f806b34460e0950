/* SPDX-License-Identifier: MIT */
#include "loader/verify/ramfs.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "lib/io.h"

enum { HEAD_BYTES = 110, ALIGN = 4 };

static int put(struct ramfs *a, const void *data, size_t len)
{
	a->bytes += len;
	return io_write(a->fd, data, len);
}

/* Heads and contents begin at multiples of ALIGN. */
static int pad(struct ramfs *a)
{
	static const char zeros[ALIGN];

	return a->bytes % ALIGN ? put(a, zeros, ALIGN - a->bytes % ALIGN) : 0;
}

static int put_head(struct ramfs *a, const char *name, mode_t mode, dev_t dev, uint64_t bytes)
{
	char head[HEAD_BYTES + 1];
	int r;

	if (bytes > UINT32_MAX)
		return -EFBIG;
	snprintf(head, sizeof(head), "070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X",
		 a->n++, (unsigned)mode, 0, 0, 1, 0, (unsigned)bytes, 0, 0, major(dev), minor(dev),
		 (unsigned)strlen(name) + 1, 0);
	r = put(a, head, HEAD_BYTES);
	r = r ? r : put(a, name, strlen(name) + 1);
	return r ? r : pad(a);
}

int ramfs_text(struct ramfs *a, const char *name, const char *text, size_t len)
{
	int r = put_head(a, name, S_IFREG | 0600, 0, len);

	r = r ? r : put(a, text, len);
	return r ? r : pad(a);
}

int ramfs_file(struct ramfs *a, const char *name, mode_t mode, int from)
{
	struct stat st;
	off_t off = 0;
	int r;

	if (fstat(from, &st) < 0)
		return -errno;
	r = put_head(a, name, S_IFREG | mode, 0, (uint64_t)st.st_size);
	while (!r && off < st.st_size) {
		ssize_t n = sendfile(a->fd, from, &off, (size_t)(st.st_size - off));

		r = n < 0 ? -errno : n ? 0 : -ENODATA;
	}
	a->bytes += (uint64_t)off;
	return r ? r : pad(a);
}

int ramfs_folder(struct ramfs *a, const char *name)
{
	return put_head(a, name, S_IFDIR | 0755, 0, 0);
}

/* The kernel opens it for PID 1's first three descriptors. */
int ramfs_console(struct ramfs *a)
{
	int r = ramfs_folder(a, "dev");

	return r ? r : put_head(a, "dev/console", S_IFCHR | 0600, makedev(5, 1), 0);
}

int ramfs_finish(struct ramfs *a)
{
	return put_head(a, "TRAILER!!!", 0, 0, 0);
}
