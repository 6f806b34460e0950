/* SPDX-License-Identifier: MIT */
#include "mkinitrd/host/holders.h"

#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/cleanup.h"

static bool has_entries(const char *folder)
{
	_closedir_ DIR *d = opendir(folder);

	for (struct dirent *e; d && (e = readdir(d));) {
		if (e->d_name[0] != '.')
			return true;
	}
	return false;
}

bool holders_any(const char *root, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/sys/class/block/%s/holders", root, name);
	if (has_entries(path))
		return true;
	snprintf(path, sizeof(path), "%s/sys/class/block/%s/partition", root, name);
	if (access(path, F_OK))
		return false;
	snprintf(path, sizeof(path), "%s/sys/class/block/%s/../holders", root, name);
	return has_entries(path);
}
