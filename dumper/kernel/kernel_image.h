/* SPDX-License-Identifier: MIT */
/*
 * Where the kernel itself lies: text, tables and variables in one piece of memory.
 */
#ifndef DUMPER_KERNEL_KERNEL_IMAGE_H
#define DUMPER_KERNEL_KERNEL_IMAGE_H

#include "dumper/kernel/kmem.h"
#include "dumper/kernel/vmcoreinfo.h"

/*
 * Fills in k->image: from the core's segment of the image where it has one, else from the names and
 * what is mapped behind the last of them. Without both its len stays 0.
 */
void kernel_image_find(struct kmem *k, const struct vmcoreinfo *vi);

#endif
