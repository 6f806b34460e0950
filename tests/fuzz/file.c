/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/file.h"

#include <string.h>
#include <sys/types.h>

/* the linker leads pread64 here (Makefile) */
ssize_t __wrap_pread64(int fd, void *buf, size_t len, off_t off);
ssize_t __real_pread64(int fd, void *buf, size_t len, off_t off);

static const char *file;
static size_t file_size;

void fuzz_file(const void *bytes, size_t size)
{
	file = bytes;
	file_size = size;
}

ssize_t __wrap_pread64(int fd, void *buf, size_t len, off_t off)
{
	if (!file || off < 0)
		return __real_pread64(fd, buf, len, off);
	if ((size_t)off >= file_size)
		return 0;
	len = len < file_size - (size_t)off ? len : file_size - (size_t)off;
	memcpy(buf, file + off, len);
	return (ssize_t)len;
}
