/* SPDX-License-Identifier: MIT */
/*
 * Files that a target needs in the image besides its modules: certificates, keys, lists of hosts.
 * Their bytes are read when the recipe is made, so that they are checked before anything is packed.
 */
#ifndef MKINITRD_PLAN_RECIPE_FILES_H
#define MKINITRD_PLAN_RECIPE_FILES_H

#include <limits.h>
#include <stddef.h>
#include <sys/types.h>

#include "mkinitrd/fault.h"

#define RECIPE_FILES 32

struct recipe_file {
	const char *what;    /* one word for the image's manifest: "ca", "key" */
	char from[PATH_MAX]; /* on the host, its root in front; "": it was made here */
	const char *to;	     /* in the image, from its '/' on; borrowed */
	mode_t mode;	     /* 0600 for a secret */
	char *data;	     /* with a NUL behind it */
	size_t len;
};

struct recipe;

/*
 * Has the host's file below p->root packed as `to`. *ret, which may be NULL, is its row, until the
 * next call. 0 or -errno with *f, which names the file by what the config calls it, `of`.
 */
int recipe_files_pack(struct recipe *p, const char *of, const char *what, const char *from,
		      const char *to, mode_t mode, const struct recipe_file **ret, struct fault *f);

/* The same for bytes that were made here, of which it takes over data (malloc). */
int recipe_files_pack_data(struct recipe *p, const char *what, const char *to, mode_t mode,
			   char *data, size_t len, struct fault *f);

/* The row of what is packed as `to`; NULL: nothing is. */
const struct recipe_file *recipe_files_find(const struct recipe *p, const char *to);

/* Wipes secrets. */
void recipe_files_free(struct recipe *p);

#endif
