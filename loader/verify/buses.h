/* SPDX-License-Identifier: MIT */
/*
 * A driver of this machine -> the device of QEMU that it drives, so that the virtual machine needs
 * the very modules that the image has.
 */
#ifndef LOADER_VERIFY_BUSES_H
#define LOADER_VERIFY_BUSES_H

#include "lib/conf/conf.h"
#include "loader/check/devices.h"
#include "loader/verify/tool.h"

struct bus {
	const char *driver;	/* as sysfs and modules name it, with '_' */
	const char *controller; /* -device; NULL: it has none, or the machine has it */
	const char *device;	/* -device, before ",drive=…"; %u: its number on the bus */
	bool serial;		/* takes serial= */
};

/*
 * What drives the disk `name` of this machine; "": unknown, and the image's modules decide. NULL:
 * QEMU has no such device, and driver[64] says what drives it.
 */
const struct bus *buses_find(const struct devices *root, const char *name, const struct conf *c,
			     char driver[64]);

/* The same of a network interface, by its MAC address or its name: what -device calls it. */
const char *buses_find_nic(const struct devices *root, const char *iface, const struct conf *c,
			   char driver[64]);

/* The n-th disk's options; a controller that an earlier disk brought is not added again. */
void buses_add(struct tool_words *w, const struct bus *b, unsigned n, const char *file,
	       const char *serial);

#endif
