/* SPDX-License-Identifier: MIT */
/*
 * Where distributions and build systems of images put a kernel's file: the one list of whoever looks
 * for it.
 */
#ifndef LIB_KERNEL_PLACES_H
#define LIB_KERNEL_PLACES_H

#include <stdbool.h>

#define KERNEL_PLACE_BYTES 160

/*
 * The next place of the kernel of this release, relative to the root ("boot/vmlinuz-6.1"); *at begins
 * at 0. Those that have the release in their names come first. *ret_plain: the name has nothing of it, so
 * that the file may be any kernel's. False: there is no further one.
 */
bool kernel_places_next(unsigned *at, const char *release, char ret[KERNEL_PLACE_BYTES],
			bool *ret_plain);

#endif
