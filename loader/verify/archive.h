/* SPDX-License-Identifier: MIT */
/*
 * An initramfs of a few files, written as it is: newc cpio, not compressed.
 * Facts: Documentation/driver-api/early-userspace/buffer-format.rst.
 */
#ifndef LOADER_VERIFY_ARCHIVE_H
#define LOADER_VERIFY_ARCHIVE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* What is being written. */
struct archive {
	int fd; /* borrowed */
	uint64_t bytes;
	unsigned n;
};

/* All return 0 or -errno. The file's bytes are those of the descriptor from, from its beginning. */
int archive_file(struct archive *a, const char *name, mode_t mode, int from);
int archive_text(struct archive *a, const char *name, const char *text, size_t len);
int archive_folder(struct archive *a, const char *name);
int archive_console(struct archive *a);
int archive_finish(struct archive *a);

#endif
