/* SPDX-License-Identifier: MIT */
/*
 * kdump_pre, kdump_post, kdump_emergency: the user's programs in the capture. Each is a process
 * group of its own with hook_timeout; its input is /dev/null, its output goes into the log line by
 * line behind its name. It sees:
 *
 *	PATH, HOME=/, TERM
 *	KDUMP_TARGET	the target as in the config: "ext4 UUID=…"; kdump_post after a dump
 *	KDUMP_DIR	where its file system is mounted; only while one is
 *	KDUMP_FOLDER	the dump's folder in it; only with KDUMP_DIR
 *	KDUMP_STATE	"complete", "fallback", "dmesg-only" or "nothing" (init/capture/report.h)
 *
 * What kdump_pre leaves running lives on; the rest of the others' groups ends with them.
 */
#ifndef INIT_CAPTURE_HOOKS_H
#define INIT_CAPTURE_HOOKS_H

#include "init/capture/steps.h"
#include "init/target/target.h"

/*
 * Runs a hook if the config has it and says how it ended. t: the open target; NULL: none. status:
 * its first argument; NULL: none. 0: it went well, or there is none; > 0: its exit status; -errno:
 * it could not be run, hung or was killed.
 */
int hooks_run(struct steps *s, enum conf_hook hook, const struct target *t, const char *status);

#endif
