/* SPDX-License-Identifier: MIT */
#include "loader/check/dump_folders.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/conf/target/conf_kind.h"

bool dump_folders_of(const struct devices *root, const struct conf *c, const struct conf_target *t,
		     char ret[PATH_MAX])
{
	_free_ struct mounted *m = malloc(sizeof(*m));
	_fclose_ FILE *mounts = NULL;

	if (!conf_kind(t)->mounted)
		return false;
	while (m && mounts_next(root->path, &mounts, m)) {
		if (devices_shows(root, t, m) && mounts_show(m, c->path, ret))
			return true;
	}
	return false;
}

int dump_folders_open(const struct devices *root, const char *folder)
{
	int fd = openat(root->fd, folder + strspn(folder, "/"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}
