/* SPDX-License-Identifier: MIT */
/*
 * The folders in which the dynamic loader of a root looks for libraries: the usual ones, and those
 * of /etc/ld.so.conf (glibc) and /etc/ld-musl-*.path (musl).
 */
#ifndef MKINITRD_IMAGE_LIBRARY_FOLDERS_H
#define MKINITRD_IMAGE_LIBRARY_FOLDERS_H

#include <stdbool.h>

#define LIBFOLDERS_BYTES 128

/* Ends with NULL. Where glibc and musl look by themselves. */
extern const char *const library_folders_usual[];

/* How many folders the files below root name, max at most; a file that cannot be read is skipped. */
unsigned library_folders_read(const char *root, char (*ret)[LIBFOLDERS_BYTES], unsigned max);

bool library_folders_is_usual(const char *folder);

#endif
