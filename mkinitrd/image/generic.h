/* SPDX-License-Identifier: MIT */
/*
 * A generic image that a machine's part is added to.
 */
#ifndef MKINITRD_IMAGE_GENERIC_H
#define MKINITRD_IMAGE_GENERIC_H

#include "lib/image_head.h"
#include "mkinitrd/fault.h"
#include "mkinitrd/plan/recipe.h"

struct generic {
	char *data; /* the file */
	size_t len;
	char *text; /* what head lies in */
	struct image_head head;
};

/* Reads it whole. 0, or -errno with *f: it is no whole generic image. generic_free() in every case. */
int generic_read(const char *path, struct generic *ret, struct fault *f);

/* Are all modules of the recipe in it? 0, or -ENOENT with *f. */
int generic_check_modules(const struct generic *g, const char *path, const struct recipe *p,
			  struct fault *f);

void generic_free(struct generic *g);

#endif
