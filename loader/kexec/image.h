/* SPDX-License-Identifier: MIT */
/*
 * A kernel or an initrd as an open file, and the pair that is loaded together.
 */
#ifndef LOADER_KEXEC_IMAGE_H
#define LOADER_KEXEC_IMAGE_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "loader/kexec/cmdline.h"

/* Tells a file that was replaced or rewritten from one that was not. */
struct image_id {
	uint64_t dev, ino, bytes;
	int64_t mtime_ns;
};

struct image {
	int fd;		     /* -1: not open */
	char path[PATH_MAX]; /* absolute, without symbolic links */
	struct image_id id;
	/* A kernel inside of it, in a file of memory (image_unpack()); else the file is all there is. */
	bool has_inner;
	int inner_fd;
	uint64_t inner_bytes;
};

struct image_pair {
	struct image kernel, initrd;
	char cmdline[CMDLINE_BYTES];
};

/*
 * Opens path, relative to dirfd, for reading. 0; -EINVAL: not a regular file; -errno. *ret is
 * written in any case: its fd is -1 and its path the one given if it cannot be opened.
 */
int image_open(int dirfd, const char *path, struct image *ret);
void image_close(struct image *img);

/*
 * For an open kernel that is an EFI program with a kernel inside, a unified kernel image: neither call
 * takes that, so the inner one is copied out. 0, also if it is none; -EBADMSG: it is cut or damaged;
 * -errno.
 */
int image_unpack(struct image *img);

/* What the calls are given. */
static inline int image_kernel_fd(const struct image *img)
{
	return img->has_inner ? img->inner_fd : img->fd;
}

static inline uint64_t image_kernel_bytes(const struct image *img)
{
	return img->has_inner ? img->inner_bytes : img->id.bytes;
}

void image_pair_close(struct image_pair *pair);

bool image_same(const struct image_id *a, const struct image_id *b);

/* Is path still the file of this id? 1, 0, -errno (-ENOENT: it is gone). */
int image_unchanged(const char *path, const struct image_id *id);

/* Does anybody hold the file open for writing? The kernel would refuse it. */
bool image_is_written(const struct image *img);

/*
 * What compression or archive the file starts with ("zstd", "gzip", "cpio", …), NULL: none that
 * a kernel unpacks. *why then holds a sentence's end (a literal).
 */
const char *image_initrd_kind(const struct image *img, const char **why);

#endif
