/* SPDX-License-Identifier: MIT */
#include "loader/check/kernels.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/io.h"
#include "lib/kernel_places.h"

static bool exists(int root, const char *format, const char *release)
{
	char path[KERNELS_RELEASE + 64];

	snprintf(path, sizeof(path), format, release);
	return !faccessat(root, path, F_OK, 0);
}

static bool read_running(int root, char ret[KERNELS_RELEASE + 1])
{
	if (io_read_file(root, "proc/sys/kernel/osrelease", ret, KERNELS_RELEASE + 1, NULL))
		return false;
	ret[strcspn(ret, "\n")] = '\0';
	return true;
}

static bool runs(int root, const char *release)
{
	char running[KERNELS_RELEASE + 1];

	return read_running(root, running) && !strcmp(running, release);
}

/* Is its file there? One without a release in its name is taken for that of the kernel that runs. */
static bool is_installed(int root, const char *release)
{
	char path[KERNEL_PLACE_BYTES];
	unsigned at = 0;
	bool plain;

	while (kernel_places_next(&at, release, path, &plain)) {
		if (!faccessat(root, path, F_OK, 0) && (!plain || runs(root, release)))
			return true;
	}
	return false;
}

/* A board's kernel may have no modules at all. */
static bool runs_without_modules(int root, const char *release)
{
	char loaded[2];
	int r;

	if (!runs(root, release))
		return false;
	r = io_read_file(root, "proc/modules", loaded, sizeof(loaded), NULL);
	return r == -ENOENT || (!r && !*loaded);
}

bool kernels_has(int root, const char *release)
{
	if (!*release || strlen(release) >= KERNELS_RELEASE || *release == '.' ||
	    strchr(release, '/'))
		return false;
	return (exists(root, "lib/modules/%s", release) || runs_without_modules(root, release)) &&
	       is_installed(root, release);
}

static void add(int root, const char *release, struct kernels *ret)
{
	if (ret->n == KERNELS_MAX || !kernels_has(root, release))
		return;
	for (unsigned i = 0; i < ret->n; i++) {
		if (!strcmp(ret->item[i].release, release))
			return;
	}
	strcpy(ret->item[ret->n].release, release);
	ret->item[ret->n++].has_image = exists(root, "boot/kdump-init-%s.img", release);
}

static int compare_releases(const void *a, const void *b)
{
	/* the release stands first in an item */
	return strcmp(a, b);
}

void kernels_find(int root, struct kernels *ret)
{
	int fd = openat(root, "lib/modules", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_closedir_ DIR *d = fd < 0 ? NULL : fdopendir(fd);
	char running[KERNELS_RELEASE + 1];

	ret->n = 0;
	for (struct dirent *e; d && (e = readdir(d));)
		add(root, e->d_name, ret);
	if (read_running(root, running))
		add(root, running, ret);
	qsort(ret->item, ret->n, sizeof(ret->item[0]), compare_releases);
}

unsigned kernels_bare(const struct kernels *k)
{
	unsigned bare = 0;

	for (unsigned i = 0; i < k->n; i++)
		bare += !k->item[i].has_image;
	return bare;
}
