/* SPDX-License-Identifier: MIT */
/*
 * The configuration of the kernel that runs, which has no modules.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/kernel_places.h"
#include "mkinitrd/kernel/kconfig.h"
#include "mkinitrd/kernel/kfile.h"

static char path[PATH_MAX];

/* The kernel tells it itself (CONFIG_IKCONFIG_PROC). */
static int read_proc(const char *root, const char *release, struct kconfig *ret)
{
	struct fault ignored = { 0 };
	char *text, *ended;
	size_t len;

	snprintf(path, sizeof(path), "%s/proc/config.gz", root);
	if (kfile_read(path, &text, &len, &ignored))
		return -ENOENT;
	ended = realloc(text, len + 1);
	if (!ended) {
		free(text);
		return -ENOMEM;
	}
	ended[len] = '\0';
	*ret = (struct kconfig){ .file = path, .text = ended };
	snprintf(ret->release, sizeof(ret->release), "%s", release);
	return 0;
}

int kconfig_of_running(const char *root, const char *release, struct kconfig *ret, struct fault *f)
{
	int r = read_proc(root, release, ret);
	char place[KERNEL_PLACE_BYTES];
	unsigned at = 0;
	bool plain;

	while (r == -ENOENT && kernel_places_next(&at, release, place, &plain)) {
		struct fault ignored = { 0 };

		snprintf(path, sizeof(path), "%s/%s", root, place);
		if (access(path, R_OK) || kconfig_load(path, ret, &ignored))
			continue;
		r = strcmp(ret->release, release) ? -ENOENT : 0;
		if (r)
			kconfig_free(ret);
	}
	return r ? fault_set(f, r,
			     "%s/lib/modules/%s: no modules.dep and no modules.builtin, and the "
			     "configuration of a kernel without modules is neither in "
			     "/proc/config.gz nor in its file in /boot (CONFIG_IKCONFIG): name its "
			     "file with -K",
			     root, release)
		 : 0;
}
