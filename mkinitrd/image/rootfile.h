/* SPDX-License-Identifier: MIT */
/*
 * A file of another root: its links, absolute ones too, stay inside that root.
 */
#ifndef MKINITRD_IMAGE_ROOTFILE_H
#define MKINITRD_IMAGE_ROOTFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * Loads path, which begins with '/', from below root ("": the running system); the caller frees
 * *ret, which ends with a NUL. *ret_mode gets st_mode. 0; -errno, -EISDIR for what is no regular
 * file.
 */
int rootfile_load(const char *root, const char *path, char **ret, size_t *ret_len,
		  mode_t *ret_mode);

/* Does path lead to a regular file? */
bool rootfile_exists(const char *root, const char *path);

#endif
