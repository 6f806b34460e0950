/* SPDX-License-Identifier: MIT */
/*
 * What goes into the image, in its order: the folders, the programs, the modules, the config and
 * the CA certificates.
 */
#ifndef MKINITRD_CONTENTS_H
#define MKINITRD_CONTENTS_H

#include <stddef.h>
#include <sys/types.h>

#include "mkinitrd/cpio.h"
#include "mkinitrd/fault.h"
#include "mkinitrd/recipe.h"

#define CONTENTS_MAX (CONF_MAX_MODULES + 24)

struct content {
	char path[96]; /* without the leading '/' */
	mode_t mode;
	dev_t dev;
	char *data;
	size_t len;
};

struct contents {
	struct content item[CONTENTS_MAX];
	unsigned n;
};

/*
 * Reads everything. programs is the folder with kdump-init and kdump-loader. 0 or -errno with
 * *f; contents_free() in both cases.
 */
int contents_collect(const struct recipe *p, const char *programs, struct contents *ret,
		     struct fault *f);
int contents_pack(const struct contents *c, struct cpio *to, struct fault *f);
void contents_free(struct contents *c);

#endif
