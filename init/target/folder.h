/* SPDX-License-Identifier: MIT */
/*
 * The folder of one dump: its name, and its way below a mounted target.
 */
#ifndef INIT_TARGET_FOLDER_H
#define INIT_TARGET_FOLDER_H

#include <stddef.h>
#include <stdint.h>

/*
 * "<host>-<UTC time>-<boot id>", such as "web1-20261123T142005Z-0a1b2c3d", from characters that
 * every file system and URL takes. boot_id: the capture kernel's; its first 8 characters
 * keep two captures of one second apart.
 */
void folder_name(const char *host, uint64_t time_s, const char *boot_id, char *ret, size_t size);

/*
 * Makes root/path/name with all folders above it, and makes them last. path may lead over
 * symbolic links, which are followed inside root, absolute ones too. An existing folder is fine.
 */
int folder_make(int root, const char *path, const char *name);

/* Opens it: a descriptor, or -errno. */
int folder_open(int root, const char *path, const char *name);

#endif
