/* SPDX-License-Identifier: MIT */
/*
 * Would a capture with this image work: is it whole, ours, made for this crash kernel, and does its
 * config say where to save?
 */
#ifndef LOADER_CHECK_CHECK_IMAGE_H
#define LOADER_CHECK_CHECK_IMAGE_H

#include "loader/check/findings.h"
#include "loader/check/manifest.h"
#include "loader/host.h"
#include "loader/kexec/kernel_head.h"

/* What of the checks concerns one image. */
struct check_image {
	const struct image *initrd;
	const struct kernel_head *kernel; /* NULL: unknown */
	const struct host *host;
	bool foreign; /* --foreign-initrd: the image need not be kdump-mkinitrd's */
};

/* Reads the image, too; manifest_free(*ret) when done. */
void check_initrd(const struct check_image *c, struct manifest *ret, struct findings *f);

/* How to make the image once more, for the end of a sentence: "kdump-mkinitrd … && …". */
const char *check_remake(const struct check_image *c, const struct image_head *h, char *buf,
			 size_t size);

#endif
