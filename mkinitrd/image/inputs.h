/* SPDX-License-Identifier: MIT */
/*
 * The files that an image was made from, for its manifest: by them kdump-loader sees when one has
 * changed since. Digests are made of the bytes that are packed, where these are in memory, and else
 * before anything is packed, so that a change in between is noticed.
 */
#ifndef MKINITRD_IMAGE_INPUTS_H
#define MKINITRD_IMAGE_INPUTS_H

#include <stddef.h>

#include "lib/image_head.h"
#include "mkinitrd/fault.h"

struct inputs {
	const char *root; /* borrowed; "": the running system, for which the image is then */
	struct image_input item[IMAGE_INPUTS_MAX];
	unsigned n;
};

/*
 * Notes a file of len bytes. path is as this program opens it: with inputs->root in front, which
 * the manifest does not have, as the image is for that root. A file from elsewhere is noted without
 * its path, and so is one whose name has a line break. 0, -ENOMEM.
 */
int inputs_add(struct inputs *in, const char *kind, const char *path, const void *data, size_t len);
/* The same for a file that is read for it. 0 or -errno with *f. */
int inputs_add_file(struct inputs *in, const char *kind, const char *path, struct fault *f);
void inputs_free(struct inputs *in);

#endif
