/* SPDX-License-Identifier: MIT */
/*
 * The files of the image, in their order: the head with the config (lib/image_head.h), then the
 * folders, our programs, the modules and their firmware, what targets need (certificates, keys), and what hooks need. Nobody but
 * root may write any of it.
 */
#ifndef MKINITRD_IMAGE_CONTENTS_H
#define MKINITRD_IMAGE_CONTENTS_H

#include <stddef.h>
#include <sys/types.h>

#include "mkinitrd/fault.h"
#include "mkinitrd/image/cpio.h"
#include "mkinitrd/image/inputs.h"
#include "mkinitrd/image/programs.h"
#include "mkinitrd/plan/recipe.h"

#define CONTENTS_MAX (CONF_MAX_MODULES + 2 * PROGRAMS_MAX + 2 * RECIPE_FILES + 160)

struct content {
	char path[160]; /* without the leading '/' */
	mode_t mode;
	dev_t dev;
	char *data;
	size_t len;
};

/* What of an image is made. */
enum contents_part {
	CONTENTS_ALL,
	CONTENTS_GENERIC, /* what is the same on all machines… */
	CONTENTS_HOST,	  /* …and what is not */
};

struct contents {
	enum contents_part part;
	struct content item[CONTENTS_MAX];
	unsigned n;
	char *config; /* the image's config, which goes into its head */
	size_t config_len;
	struct inputs inputs;
};

/*
 * Reads everything, and notes it in inputs, to which the caller may have added. self is the folder
 * of kdump-mkinitrd: kdump-init and kdump-loader are looked for there and in
 * self/../lib/kdump-init; in usr/sbin and usr/lib/kdump-init of a root whose own ones are for another
 * architecture. 0 or -errno with *f; contents_free() in both cases.
 */
int contents_collect(const struct recipe *p, const char *self, struct contents *ret,
		     struct fault *f);
/* The payload's archive. */
int contents_pack(const struct contents *c, struct cpio *to, struct fault *f);
/*
 * The head for a payload of len bytes, which the caller frees. Of the whole image are unpacked, the
 * bytes of all archives, and n_modules.
 */
int contents_head(const struct contents *c, const struct recipe *p, const void *payload, size_t len,
		  size_t unpacked, unsigned n_modules, char **ret, size_t *ret_len,
		  struct fault *f);
void contents_free(struct contents *c);

#endif
