/* SPDX-License-Identifier: MIT */
/*
 * The head of an Image, which arm64 and riscv share but for a few words. Facts:
 * Documentation/arch/arm64/booting.rst, Documentation/arch/riscv/boot-image-header.rst.
 */
#ifndef LOADER_ARCH_TREE_BOOT_IMAGE_H
#define LOADER_ARCH_TREE_BOOT_IMAGE_H

#include <stddef.h>

#include "loader/kexec/kernel_head.h"

/* What tells an architecture's Images from others. */
struct boot_image_kind {
	const char *magic; /* four bytes at 56 */
	const char *wrong; /* a sentence's end: it is another architecture's */
	uint32_t cmdline_bytes;
	bool has_page_bytes; /* its flags tell */
};

enum {
	BOOT_IMAGE_ALIGN = 2 << 20, /* of its place: it is mapped in blocks of 2 MiB */
};

/* Of the header. */
struct boot_image {
	uint64_t text_offset; /* from a multiple of BOOT_IMAGE_ALIGN */
	uint64_t image_bytes; /* in memory, with what is zero in the beginning */
	uint64_t flags;
};

/* From the first bytes of an unpacked file. -ENOEXEC with *why as arch.h says. */
int boot_image_parse(const struct boot_image_kind *kind, const void *data, size_t len,
		     struct boot_image *ret, const char **why);

/* As read_kernel() of arch.h; a packed file is unpacked for it. */
int boot_image_read(const struct boot_image_kind *kind, int fd, uint64_t file_bytes,
		    struct kernel_head *ret, const char **why);

#endif
