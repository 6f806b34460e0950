/* SPDX-License-Identifier: MIT */
/*
 * The kernels that are installed here, and which of them has a capture image where the loader
 * looks for it.
 */
#ifndef LOADER_CHECK_KERNELS_H
#define LOADER_CHECK_KERNELS_H

#include <stdbool.h>

#define KERNELS_MAX	32
#define KERNELS_RELEASE 65		    /* of utsname */
#define KERNELS_IMAGE	"/boot/kdump-init-" /* then the release, then .img */

struct kernels {
	struct {
		char release[KERNELS_RELEASE];
		bool has_image;
	} item[KERNELS_MAX]; /* sorted by release */
	unsigned n;
};

/*
 * root: as for host_read(). A kernel is installed where its modules and its own file are; the one that
 * runs may have a file without a release in its name, and no modules. One too many for ret is left out.
 */
void kernels_find(int root, struct kernels *ret);

/* Is this release installed so? False also for what is no name of a folder. */
bool kernels_has(int root, const char *release);

/* How many of them have no image. */
unsigned kernels_bare(const struct kernels *k);

#endif
