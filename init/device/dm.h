/* SPDX-License-Identifier: MIT */
/*
 * Device-mapper devices, through the ioctls of /dev/mapper/control (Linux uapi dm-ioctl.h).
 */
#ifndef INIT_DEVICE_DM_H
#define INIT_DEVICE_DM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A table in the making: it may hold a key, so its memory is wiped. */
struct dm_table {
	char *buf;
	size_t len, size;
	size_t line; /* offset of the last line */
	unsigned n;
	bool secret, overflow;
};

int dm_table_init(struct dm_table *ret); /* 0 or -ENOMEM */
void dm_table_free(struct dm_table *t);	 /* also of a zeroed one */
/* Begins a line; its parameters are added to it piece by piece. */
void dm_table_line(struct dm_table *t, uint64_t start, uint64_t len, const char *type);
void dm_table_add(struct dm_table *t, const char *params);

/* The control node; -ENOENT when the kernel has no device-mapper. */
int dm_open(void);
/* -ENXIO: there is no such device. */
int dm_lookup(int control, const char *name, dev_t *ret);
/* A device with this table, live, and its node /dev/mapper/NAME. Nothing is left on failure. */
int dm_make(int control, const char *name, struct dm_table *t, dev_t *ret);
int dm_remove(int control, const char *name);

#endif
