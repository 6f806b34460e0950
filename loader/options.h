/* SPDX-License-Identifier: MIT */
/*
 * What kdump-loader can be told: its commands and their options, a row each, from which its parser,
 * its help and kdump-loader(8) come.
 */
#ifndef LOADER_OPTIONS_H
#define LOADER_OPTIONS_H

#include "lib/options.h"
#include "loader/exec.h"
#include "loader/plan.h"

enum loader_command {
	LOADER_LOAD,
	LOADER_RELOAD,
	LOADER_UNLOAD,
	LOADER_HOTPLUG,
	LOADER_STATUS,
	LOADER_ESTIMATE,
	LOADER_VERIFY,
	LOADER_TEST,
	LOADER_EXEC,
	LOADER_RETURN,
	LOADER_PROPAGATE,
	LOADER_UPDATE,
	LOADER_NEWS,
	LOADER_SEEN,
	LOADER_HELP,
	LOADER_VERSION,
	LOADER_COMMANDS
};

struct loader_command_row {
	const char *name, *args, *help;
	struct manual manual; /* group and args: unused */
};

/* What the options of a command come to. */
struct loader_options {
	struct load_options load;
	struct exec_options exec;
	bool json, prometheus, apply, remove;
	bool file_call, segments_call, any_call; /* -s, -c, -a */
	bool reuse_again, unload;		 /* of exec */
	bool background;			 /* of hotplug */
	const char *root, *timeout;		 /* of verify; NULL: the defaults */
	bool console;				 /* the same */
	bool yes;				 /* of test */
	const char *folder, *uptime;		 /* of return */
	const char *release;			 /* of update; NULL: all */
};

extern const struct loader_command_row loader_commands[LOADER_COMMANDS];

/* commands: 1 << enum loader_command */
extern const struct option_row loader_option_rows[];

#endif
