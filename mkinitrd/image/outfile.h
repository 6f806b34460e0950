/* SPDX-License-Identifier: MIT */
/*
 * A file that is there whole or not at all: OUT.partial, fsync, rename.
 */
#ifndef MKINITRD_IMAGE_OUTFILE_H
#define MKINITRD_IMAGE_OUTFILE_H

#include <stddef.h>

#include "mkinitrd/fault.h"

/*
 * Mode 0600, since the image may hold secrets. An older file stays until the rename. 0 or
 * -errno with *f.
 */
int outfile_write(const char *path, const void *buf, size_t len, struct fault *f);

#endif
