/* SPDX-License-Identifier: MIT */
/*
 * What all targets that are mounted do alike: the mount, the dump's folder, its files.
 */
#ifndef INIT_TARGET_TARGET_MOUNT_H
#define INIT_TARGET_TARGET_MOUNT_H

#include "init/target/target.h"

/*
 * Mounts source for writing, unless t says otherwise. The reason for a failure that is understood is said by child_why();
 * a file system that can only be read is one (-EROFS).
 */
int target_mount(const struct target *t, const char *source, const char *type, const char *data,
		 struct child *self);

/* The mount alone: 0 or what mount(2) said. */
int target_mount_try(const struct target *t, const char *source, const char *type,
		     const char *data);

/* struct target_kind's. */
int target_mount_create(const struct target *t, const char *name, struct target_file *ret,
			struct child *self);
int target_mount_make_room(const struct target *t, const char *name);
int target_mount_space(const struct target *t, uint64_t *ret, struct child *self);
int target_mount_folder(const struct target *t);
int target_mount_close(const struct target *t, struct child *self);

#endif
