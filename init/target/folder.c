/* SPDX-License-Identifier: MIT */
/*
 * Paths are resolved with openat2(RESOLVE_IN_ROOT, Linux 5.6): on the target, /var may be a link
 * to /data/var, which means the target's /data and not the image's.
 */
#include "init/target/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/io.h"

enum { HOST_BYTES = 64 };

/* Letters, digits, '-', '_' and '.', the last one not at the start. */
static void copy_host(const char *host, char *ret, size_t size)
{
	static const char fine[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
	size_t n = 0;

	for (; host[n] && n + 1 < size; n++)
		ret[n] = strchr(fine, host[n]) && (n || host[n] != '.') ? host[n] : '_';
	ret[n] = '\0';
}

void folder_name(const char *host, uint64_t time_s, const char *boot_id, char *ret, size_t size)
{
	time_t t = (time_t)time_s;
	char name[HOST_BYTES + 1], when[32];
	struct tm tm;

	copy_host(host && *host ? host : "unknown", name, sizeof(name));
	/* a time from crash data may be beyond what a year's int takes */
	if (!gmtime_r(&t, &tm) || tm.tm_year > 8099 || tm.tm_year < 70)
		tm = (struct tm){ .tm_year = 70, .tm_mday = 1 };
	strftime(when, sizeof(when), "%Y%m%dT%H%M%SZ", &tm);
	snprintf(ret, size, "%s-%s-%.8s", name, when, boot_id);
}

static int open_below(int root, const char *path)
{
	struct open_how how = { .flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC,
				.resolve = RESOLVE_IN_ROOT };
	int fd = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));

	if (fd < 0 && errno == ENOSYS) {
		while (*path == '/')
			path++;
		fd = openat(root, *path ? path : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	return fd < 0 ? -errno : fd;
}

/* One folder below parent, with fsync of the parent when it is new. */
static int make_one(int parent, const char *name)
{
	if (mkdirat(parent, name, 0700) < 0)
		return errno == EEXIST ? 0 : -errno;
	return io_sync_dir(parent);
}

static int join(const char *path, const char *name, char *ret, size_t size)
{
	return (size_t)snprintf(ret, size, "/%s/%s", path, name) >= size ? -ENAMETOOLONG : 0;
}

/* Walks down: for each '/', the part before it is opened and the part behind it made. */
int folder_make(int root, const char *path, const char *name)
{
	char whole[PATH_MAX], *slash, *next;
	int r = join(path, name, whole, sizeof(whole));

	for (slash = whole; !r && slash; slash = next) {
		_close_ int parent = -1;
		char *part = slash + 1;

		next = strchr(part, '/');
		if (next == part || !strncmp(part, "./", 2))
			continue;
		*slash = '\0';
		parent = open_below(root, *whole ? whole : "/");
		*slash = '/';
		if (parent < 0)
			return parent;
		if (next)
			*next = '\0';
		r = make_one(parent, part);
		if (next)
			*next = '/';
	}
	return r;
}

int folder_open(int root, const char *path, const char *name)
{
	char whole[PATH_MAX];
	int r = join(path, name, whole, sizeof(whole));

	return r ? r : open_below(root, whole);
}
