/* SPDX-License-Identifier: MIT */
#ifndef INIT_TARGET_FREE_SPACE_H
#define INIT_TARGET_FREE_SPACE_H

#include <stdint.h>
#include <sys/vfs.h>

/* *ret: bytes that root may still write to the file system of fd. 0 or -errno of fstatfs(2). */
int free_space(int fd, uint64_t *ret);

/* The same of what statfs(2) says. */
uint64_t free_space_of(const struct statfs *st);

#endif
