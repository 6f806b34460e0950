/* SPDX-License-Identifier: MIT */
/*
 * Devices made of other devices: LVM, LUKS and other device-mapper tables, RAID arrays, multipath.
 * Their tables are read on the running machine and become the image's dm and md lines.
 */
#ifndef MKINITRD_HOST_DEVICE_STACK_H
#define MKINITRD_HOST_DEVICE_STACK_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/conf/conf.h"
#include "mkinitrd/fault.h"
#include "mkinitrd/host/machine.h"
#include "mkinitrd/kernel/kmods.h"

/* Memory for what is put into a config, and the volume keys to be packed. */
struct device_stack {
	char *text[CONF_MAX_STACK];
	struct stack_key {
		char file[32]; /* in the image */
		char *data;
		size_t len;
	} key[CONF_MAX_LUKS_KEYS];
	unsigned n_keys;
	unsigned keys_used; /* set of conf->luks_keys */
};

/*
 * Wants the drivers of the device `name` (in /sys/class/block) and of all below it, and puts the
 * lines that make it into conf->stack, for a target in `line`. where (PATH_MAX bytes) becomes what
 * the device will be called, if it is made by such a line; a multipath device is not made: where
 * stays, and its paths are found. 0 or -errno with *f.
 */
int device_stack_want(struct device_stack *s, const struct machine *m, const char *name,
		      unsigned line, struct conf *conf, struct kmods *mods, char *where,
		      struct fault *f);

/* Logs the luks_key lines that no target needed. */
void device_stack_done(const struct device_stack *s, struct conf *conf);
void device_stack_free(struct device_stack *s);

#endif
