/* SPDX-License-Identifier: MIT */
/*
 * The configuration that a kernel built with CONFIG_IKCONFIG carries in itself. Facts: the marks around
 * it, kernel/configs.c of Linux 6.1.
 */
#ifndef LOADER_ARCH_TREE_IMAGE_CONFIG_H
#define LOADER_ARCH_TREE_IMAGE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

/* Is this line ("CONFIG_X=y") in it? False too where the kernel carries none. */
bool image_config_has(const void *kernel, size_t len, const char *line);

#endif
