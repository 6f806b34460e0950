/* SPDX-License-Identifier: MIT */
/*
 * A capture image as a file: its head is read and its payload compared with what the head says, so
 * that a cut, damaged or foreign one is known before the kernel gets it.
 */
#ifndef LOADER_CHECK_MANIFEST_H
#define LOADER_CHECK_MANIFEST_H

#include "lib/conf/conf.h"
#include "lib/image_head.h"
#include "loader/kexec/image.h"

enum manifest_state {
	MANIFEST_NONE,	  /* not kdump-mkinitrd's, or of a version without heads */
	MANIFEST_DAMAGED, /* ours, but not what was written */
	MANIFEST_WHOLE,
};

struct manifest {
	enum manifest_state state;
	char why[120];		/* damaged: a sentence's end */
	struct image_head head; /* valid if whole, of the last part; format even if damaged */
	char *text;		/* what head lies in */
	/* whole: the version that made the generic part in front of a machine's own; "": there is none */
	char generic_version[32];
	/* whole: its config, as far as it is understood, and what of it is not, or "" */
	struct conf *conf;
	char *conf_text; /* what conf lies in */
	char conf_error[CONF_SAY_BYTES];
};

/* Reads img, whole. 0 (see state); -errno: it cannot be read. manifest_free() in both cases. */
int manifest_read(const struct image *img, struct manifest *ret);
void manifest_free(struct manifest *m);

#endif
