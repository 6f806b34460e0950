/* SPDX-License-Identifier: MIT */
#ifndef INIT_TARGET_FREE_SPACE_H
#define INIT_TARGET_FREE_SPACE_H

#include <stdint.h>

/* *ret: bytes that root may still write to the file system of fd. 0 or -errno of fstatvfs(2). */
int free_space(int fd, uint64_t *ret);

#endif
