/* SPDX-License-Identifier: MIT */
/*
 * One walk from a target's device down to the disks: what device_stack.c and the kinds of devices
 * (stack_dm.c, stack_md.c, stack_key.c) share.
 */
#ifndef MKINITRD_HOST_STACK_WALK_H
#define MKINITRD_HOST_STACK_WALK_H

#include "mkinitrd/host/device_stack.h"

#define WALK_MAX_DEPTH 10

enum walk_kind { WALK_PLAIN, WALK_DM, WALK_MD, WALK_MD_PARTITION, WALK_MULTIPATH };

struct walk {
	/* A lower device: walks all below it; ret gets its name in a line's braces. */
	int (*lower)(struct walk *w, const char *name, char *ret, size_t size);
	struct device_stack *s;
	const struct machine *m;
	struct conf *conf;
	struct kmods *mods;
	unsigned line, depth;
	struct fault *f;
};

/* Adds a line, whose text is copied, unless it is there. */
int walk_emit(struct walk *w, const char *kind, const char *text);
bool walk_has(const struct walk *w, const char *kind, const char *name);

/* A file of /sys/class/block/<name>, its first line; "" if there is none. */
void walk_read(const struct walk *w, const char *name, const char *file, char *ret, size_t size);

/* fn for each name in the folder; stops at an error, which is returned. */
int walk_each(struct walk *w, const char *name, const char *folder,
	      int (*fn)(struct walk *w, const char *name));

enum walk_kind walk_kind(const struct walk *w, const char *name);

/* A device without a device below it, or a multipath device: drivers only. */
int walk_disk(struct walk *w, const char *name);

/* The disk as the crash kernel finds it. */
int walk_find(struct walk *w, const char *name, struct machine_disk *ret);

int walk_dm(struct walk *w, const char *name); /* stack_dm.c */
int walk_md(struct walk *w, const char *name); /* stack_md.c */
/* The key's place in a crypt table: {key:FILE} or a key of the keyring. */
int walk_key(struct walk *w, const char *name, const struct machine_disk *lower, size_t bytes,
	     char *ret, size_t size); /* stack_key.c */

#endif
