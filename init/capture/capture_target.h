/* SPDX-License-Identifier: MIT */
/*
 * One target of a capture, from open to close. For capture.c.
 */
#ifndef INIT_CAPTURE_CAPTURE_TARGET_H
#define INIT_CAPTURE_CAPTURE_TARGET_H

#include <stdbool.h>

#include "init/capture/steps.h"

struct capture {
	struct steps steps;
	const struct conf *conf;
	struct report *report;
	char folder[TARGET_FOLDER_BYTES]; /* "": not identified yet */
	bool log_is_safe; /* dmesg.txt lies on some target */
	bool no_memory;	  /* kdump_pre does not want a dump: only the log is saved */
	bool post_ran;	  /* kdump_post, which is told of one end */
};

/* Asks the core who it was, once a target is open: that takes time which a device may need. */
void capture_identify(struct capture *c);

/* True: what is to be saved lies on this target, and no other one is tried. */
bool capture_target(struct capture *c, const struct conf_target *spec);

#endif
