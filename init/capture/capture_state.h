/* SPDX-License-Identifier: MIT */
/*
 * What the story of a capture carries from step to step: capture.c, capture_target.c,
 * capture_room.c and capture_identity.c.
 */
#ifndef INIT_CAPTURE_CAPTURE_STATE_H
#define INIT_CAPTURE_CAPTURE_STATE_H

#include <stdbool.h>

#include "init/capture/steps.h"

struct capture {
	struct steps steps;
	char folder[TARGET_FOLDER_BYTES]; /* "": not identified yet */
	bool log_is_safe;		  /* dmesg.txt lies on some target */
	bool no_memory;		   /* kdump_pre does not want a dump: only the log is saved */
	bool post_ran;		   /* kdump_post, which runs once */
	bool told_begin, told_end; /* to the beacons */
};

#endif
