/* SPDX-License-Identifier: MIT */
/*
 * The programs of the host that go along for hooks (kdump_pre, kdump_post, kdump_emergency,
 * extra_bins) and for failure_action shell, with all they need to run: a dynamic program's
 * interpreter and libraries, a script's interpreter. What a program opens by itself at run time
 * (dlopen, configuration, other programs) nobody can see from outside: it belongs into extra_bins.
 */
#ifndef MKINITRD_IMAGE_PROGRAMS_H
#define MKINITRD_IMAGE_PROGRAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/conf/conf.h"
#include "mkinitrd/fault.h"
#include "mkinitrd/image/library_folders.h"

#define PROGRAMS_MAX	     192
#define PROGRAMS_FOLDERS_MAX 48
#define PROGRAMS_SHELL	     "/bin/busybox"

struct program {
	char path[160]; /* on the host and in the image */
	char *data;
	size_t len;
	mode_t mode;	  /* S_IFREG and the rights */
	int from;	  /* who needs it: another one's place; -1: the config */
	const char *what; /* "kdump_pre", "interpreter", … */
};

struct programs {
	const char *root; /* borrowed; "": the running system */
	struct program item[PROGRAMS_MAX];
	unsigned n;
	char folders[PROGRAMS_FOLDERS_MAX]
		    [LIBFOLDERS_BYTES]; /* of libraries, beside the usual ones */
	unsigned n_folders;
	bool unusual; /* a library lies in a folder that only the loader's own files name */
};

/*
 * Reads all that conf asks for from below root, links in it taken as links in that root. 0 or
 * -errno with *f, which names what cannot be resolved; programs_free() in both cases.
 */
int programs_collect(const struct conf *conf, const char *root, struct programs *ret,
		     struct fault *f);
void programs_free(struct programs *p);

#endif
