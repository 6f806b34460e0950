/* SPDX-License-Identifier: MIT */
/*
 * In the capture, when the dump is safe: loads the production kernel that back_make() recorded.
 */
#ifndef LOADER_BACK_BACK_LOAD_H
#define LOADER_BACK_BACK_LOAD_H

#include <stdint.h>

/*
 * folder: where the file system of kernel and initrd is mounted. uptime_s: of the kernel that
 * crashed; 0: not known, which is taken for long. root: as for host_read(). 0, or -1 for a failure
 * or a refusal that has been told.
 */
int back_load(int root, const char *folder, uint64_t uptime_s);

#endif
