/* SPDX-License-Identifier: MIT */
/*
 * What tests of hooks.c use besides hooks.h.
 */
#ifndef INIT_CAPTURE_HOOKS_PRIVATE_H
#define INIT_CAPTURE_HOOKS_PRIVATE_H

#include "init/capture/hooks.h"

/* One program, as hooks_run() gives it to a child. */
struct hooks_order {
	const char *path, *name, *status;
	const char *target, *dir, *folder, *state; /* "": its variable is not set */
	const struct child_job *job;		   /* its own, for the limit */
	bool group_ends;
};

struct hooks_answer {
	int exit_status; /* > 0: it ended with this */
};

/* For struct child_job: ctx is a hooks_order. */
int hooks_oversee(const void *ctx, void *answer, struct child *self);

#endif
