/* SPDX-License-Identifier: MIT */
/*
 * What a load would do: the files, the command line and the findings of all checks, decided
 * before anything is changed.
 */
#ifndef LOADER_PLAN_H
#define LOADER_PLAN_H

#include "loader/back/back_make.h"
#include "loader/check/check_fit.h"
#include "loader/check/findings.h"
#include "loader/check/last_capture.h"
#include "loader/host.h"
#include "loader/kexec/image.h"
#include "loader/kexec/kernel_head.h"
#include "loader/kexec/kexec.h"
#include "loader/line/line.h"

struct load_options {
	const char *kernel, *initrd; /* NULL: the defaults */
	const char *append;	     /* NULL: nothing */
	const char *command_line;    /* NULL: made from the running one */
	bool reuse_cmdline;
	bool foreign_initrd; /* the image need not be kdump-mkinitrd's */
	bool reload;	     /* not where nothing has changed */
	bool dry_run;
	bool strict; /* that all targets are gone is an error: for who asks whether a capture works */
	enum kexec_call call;
};

struct plan {
	struct host host;
	struct image_pair pair; /* open as far as found; image_pair_close() when done */
	struct kernel_head head;
	bool foreign;		  /* as in the options */
	enum kexec_call call;	  /* as in the options */
	struct fit need;	  /* of the initrd */
	struct last_capture last; /* with the targets of that image */
	struct line line;	  /* what the command line is made of */
	struct back back;	  /* of the image: the way back */
	uint64_t left_bytes;	  /* of the reservation, for the capture system */
	struct findings findings; /* fatal: the pair must not be handed to the kernel */
};

/* The kernel of this release, where distributions put it. 0 or -errno; *ret as of image_open(). */
int plan_open_kernel(int root, const char *release, struct image *ret);

/* Closes the pair and frees what else was found. */
void plan_close(struct plan *p);

/*
 * root: the root folder for the defaults, /proc and /sys. Files that the user names are the
 * user's.
 */
void plan_make(int root, const struct load_options *o, struct plan *ret);

#endif
