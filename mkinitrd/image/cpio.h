/* SPDX-License-Identifier: MIT */
/*
 * The archive: a newc cpio in memory, and its zstd form. The same calls give the same bytes:
 * owner 0:0, time 0, inode numbers in the order of the calls.
 */
#ifndef MKINITRD_IMAGE_CPIO_H
#define MKINITRD_IMAGE_CPIO_H

#include <stddef.h>
#include <sys/types.h>

#include "mkinitrd/fault.h"

struct archive;

struct cpio {
	struct archive *a;
	char *buf;
	size_t len, size;
	unsigned ino;
};

/* 0 or -ENOMEM. */
int cpio_open(struct cpio *ret);

/*
 * path without a leading '/'. mode with its type: S_IFREG | 0755, S_IFDIR | …, S_IFCHR | …
 * with dev. data may be NULL when len is 0. 0 or -errno with *f.
 */
int cpio_add(struct cpio *c, const char *path, mode_t mode, dev_t dev, const void *data, size_t len,
	     struct fault *f);

/* Ends the archive. c->buf and c->len are whole then. */
int cpio_finish(struct cpio *c, struct fault *f);

/*
 * The finished archive as one zstd frame, which the caller frees. Its window is small, since the
 * kernel allocates it once more while it unpacks.
 */
int cpio_compress(const struct cpio *c, char **ret, size_t *ret_len, struct fault *f);

void cpio_free(struct cpio *c);

#endif
