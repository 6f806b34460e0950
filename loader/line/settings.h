/* SPDX-License-Identifier: MIT */
/*
 * /etc/sysconfig/kdump (Fedora, SUSE) and /etc/default/kdump-tools (Debian): what they say of the
 * crash kernel's command line means here what it means there. They are assignments in a shell's
 * language, of which plain ones and quotes are read, and nothing is executed.
 */
#ifndef LOADER_LINE_SETTINGS_H
#define LOADER_LINE_SETTINGS_H

#include <stdbool.h>

#include "loader/check/findings.h"
#include "loader/kexec/cmdline.h"

struct settings {
	const char *file;	    /* the last one that said something; NULL: none did */
	bool has_base;		    /* KDUMP_COMMANDLINE, KDUMP_CMDLINE */
	char base[CMDLINE_BYTES];   /* in the place of the running kernel's */
	char remove[CMDLINE_BYTES]; /* KDUMP_COMMANDLINE_REMOVE: names */
	char append[CMDLINE_BYTES]; /* KDUMP_COMMANDLINE_APPEND, KDUMP_CMDLINE_APPEND */
	bool has_cpus;		    /* KDUMP_CPUS */
	unsigned cpus;		    /* the most that the crash kernel gets; 0: all */
};

/*
 * Reads the files that are there, below root. To f goes, as warnings, what is set to something
 * unusual and has no effect here, with what to write instead.
 */
void settings_read(int root, struct settings *ret, struct findings *f);

#endif
