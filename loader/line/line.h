/* SPDX-License-Identifier: MIT */
/*
 * The crash kernel's command line on this machine: the running kernel's, by the tables of
 * loader/kexec/params.c, and what the administrator wants of it. That stands in three places: in the
 * image's config (cmdline_remove, cmdline_append), in the settings of a distribution's kdump, and on
 * our own command line.
 */
#ifndef LOADER_LINE_LINE_H
#define LOADER_LINE_LINE_H

#include "lib/conf/conf.h"
#include "loader/check/check_fit.h"
#include "loader/check/findings.h"
#include "loader/host.h"
#include "loader/kexec/cmdline.h"
#include "loader/kexec/kernel_head.h"
#include "loader/line/settings.h"

struct line {
	struct settings settings;
	char remove[CMDLINE_BYTES], append[CMDLINE_BYTES]; /* of the image's config */
	struct cmdline_for to;				   /* the crash kernel */
};

/* A distribution's settings below root, of which what has no effect goes to f as warnings. */
void line_read_settings(int root, struct line *l, struct findings *f);

/* What the image's config says of it. */
void line_read_config(struct line *l, const struct conf *c);

/* The kernel b with this image: how many CPUs it gets, and which arguments are for it. */
void line_fit(struct line *l, const struct host *h, const struct kernel_head *b,
	      const struct fit *need);

/* The line; extra (NULL: nothing) comes last. 0 or -E2BIG. */
int line_make(const struct line *l, const struct host *h, const char *extra, char *buf,
	      size_t size);

/* To stdout: each argument that was left out or added, with the reason. */
void line_print(const struct line *l, const struct host *h);

#endif
