/* SPDX-License-Identifier: MIT */
/*
 * What has changed since an image was made: the files it was made from, by the digests in its
 * manifest, and the kernels that came since.
 */
#ifndef LOADER_CHECK_STALE_H
#define LOADER_CHECK_STALE_H

#include "loader/check/check_image.h"

/* root: as for host_read(). m is whole. */
void stale_inputs(int root, const struct check_image *c, const struct manifest *m,
		  struct findings *f);

/* Installed kernels that have no image, if images lie where the loader looks for them. */
void stale_kernels(int root, const struct host *h, const char *initrd_path, struct findings *f);

#endif
