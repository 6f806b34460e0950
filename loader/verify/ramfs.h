/* SPDX-License-Identifier: MIT */
/*
 * An initramfs of a few files, written as it is: newc cpio, not compressed.
 * Facts: Documentation/driver-api/early-userspace/buffer-format.rst.
 */
#ifndef LOADER_VERIFY_RAMFS_H
#define LOADER_VERIFY_RAMFS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* What is being written. */
struct ramfs {
	int fd; /* borrowed */
	uint64_t bytes;
	unsigned n;
};

/* All return 0 or -errno. The file's bytes are those of the descriptor from, from its beginning. */
int ramfs_file(struct ramfs *a, const char *name, mode_t mode, int from);
int ramfs_text(struct ramfs *a, const char *name, const char *text, size_t len);
int ramfs_folder(struct ramfs *a, const char *name);
int ramfs_console(struct ramfs *a);
int ramfs_finish(struct ramfs *a);

#endif
