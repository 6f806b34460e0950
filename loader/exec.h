/* SPDX-License-Identifier: MIT */
/*
 * From this kernel into another one without the firmware: a fast reboot, and the way back from a
 * capture.
 */
#ifndef LOADER_EXEC_H
#define LOADER_EXEC_H

#include <stdbool.h>

#include "loader/kexec/kexec.h"

struct exec_options {
	const char *kernel;	  /* NULL: what is loaded is executed */
	const char *initrd;	  /* NULL: none */
	const char *append;	  /* behind the running kernel's line; NULL: nothing */
	const char *command_line; /* NULL: the running kernel's */
	const char *memory;	  /* a file as /proc/iomem, NULL: this machine's */
	bool load_only;		  /* what executes it comes later, as systemctl kexec */
	enum kexec_call call;
};

/*
 * Loads and executes. Prints what happens. 0, or -1 for a failure that has been told; does not
 * return where the new kernel is entered. root: as for host_read(); files that the user names are
 * the user's.
 */
int exec_run(int root, const struct exec_options *o);

/* Drops what is loaded. 0 or -1, as above. */
int exec_unload(int root);

#endif
