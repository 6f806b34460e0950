/* SPDX-License-Identifier: MIT */
#include "mkinitrd/host/sysfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/io.h"

int sysfs_path(const struct machine *m, char *ret, const char *fmt, ...)
{
	size_t len = (size_t)snprintf(ret, PATH_MAX, "%s", m->root);
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = len < PATH_MAX ? vsnprintf(ret + len, PATH_MAX - len, fmt, ap) : 0;
	va_end(ap);
	return len + (size_t)n >= PATH_MAX ? -ENAMETOOLONG : 0;
}

void sysfs_line(const char *folder, const char *file, char *ret, size_t size)
{
	char path[PATH_MAX + 64];

	snprintf(path, sizeof(path), "%s/%s", folder, file);
	if (io_read_file(AT_FDCWD, path, ret, size, NULL))
		ret[0] = '\0';
	ret[strcspn(ret, "\n")] = '\0';
}

bool sysfs_link_name(const char *folder, const char *link, char *ret, size_t size)
{
	char path[PATH_MAX + 64], to[PATH_MAX];
	const char *base;
	ssize_t n;

	snprintf(path, sizeof(path), "%s%s%s", folder, *link ? "/" : "", link);
	n = readlink(path, to, sizeof(to) - 1);
	if (n <= 0)
		return false;
	to[n] = '\0';
	base = strrchr(to, '/');
	base = base ? base + 1 : to;
	return (size_t)snprintf(ret, size, "%s", base) < size;
}
