/* SPDX-License-Identifier: MIT */
/*
 * Where this system's boot loader has the kernel's command line, and how crashkernel= gets there.
 */
#ifndef LOADER_BOOTLOADER_H
#define LOADER_BOOTLOADER_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

struct bootloader_change {
	const char *name;     /* of the boot loader, or of what makes its configuration */
	char file[PATH_MAX];  /* below the root folder; "": it is to be changed by hand */
	char *before, *after; /* the file's text; before: NULL if there is no such file yet */
	const char *command;  /* to be run afterwards; NULL: none */
	char advice[200];     /* what is to be done by hand; "": nothing */
};

/*
 * What crashkernel=<mib>M would change; 0 takes out what was put in. 0, or -errno of the file, whose
 * name is in ret->file. bootloader_free() in both cases.
 */
int bootloader_plan(int root, uint64_t mib, struct bootloader_change *ret);
void bootloader_free(struct bootloader_change *c);

/* Lines that go ("- ") and come ("+ "), to standard output. */
void bootloader_print(const struct bootloader_change *c);

/*
 * Writes the file, so that a crash leaves the old or the new one. 0 or -errno. The command is the
 * caller's.
 */
int bootloader_write(int root, const struct bootloader_change *c);

#endif
