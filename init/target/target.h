/* SPDX-License-Identifier: MIT */
/*
 * Where a dump goes: one descriptor per kind. All functions run in a child with a deadline; what
 * they set up (mount, address) outlives it.
 */
#ifndef INIT_TARGET_TARGET_H
#define INIT_TARGET_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "init/system/child.h"
#include "lib/conf/conf.h"
#include "lib/dumps/dump_name.h"
#include "lib/sink.h"

#define TARGET_FOLDER_BYTES DUMP_NAME_BYTES
#define TARGET_INCOMPLETE   ".incomplete"
#define TARGET_POINT	    "/run/target-%u" /* where one with files is mounted, by its line */

/* What crashed, as far as it is known; for a target that keeps such words beside a file. */
struct target_about {
	const char *release, *panic; /* "" */
	unsigned level;		     /* of the dump that is being written */
	uint64_t ram_bytes;	     /* 0: not known */
};

struct target {
	const struct target_kind *kind;
	const struct conf *conf;
	const struct conf_target *spec;
	const char *folder; /* name of this dump's folder; not yet known to open() */
	bool read_only;	    /* of a file system: its log is not replayed, nothing is written */
	struct target_about about;
	void *connection; /* what connect() made; its memory lives until the child ends */
	char what[200];	  /* for the log: "UUID=… (/dev/vdb, ext4)" */
};

/* One file being written; its memory lives until the child ends. */
struct target_file {
	struct sink *sink;
	/* What is behind the sink's last error; NULL or "": the errno says it all. */
	const char *(*error)(const struct target_file *f);
	/*
	 * The file is going to be committed, but lacks pages: its name gets TARGET_INCOMPLETE. NULL
	 * where no dump can be completed that way.
	 */
	void (*incomplete)(struct target_file *f);
	void *own;
};

struct target_kind {
	const char *ready; /* what the log says once open() is done */
	/* The dump as a stream: it cannot go back to the first block, so a vmcore is flattened. */
	bool stream;
	/*
	 * What is there is changed by writing it elsewhere, so that a full one takes no change, nor a
	 * shorter file: a dump ends before, where space() says.
	 */
	bool out_of_place;
	/*
	 * Makes the target ready. what (of `size` bytes) gets the target's name for the log, as
	 * far as it is known, on failure too.
	 */
	int (*open)(const struct target *t, char *what, size_t size, struct child *self);
	/*
	 * In a child that will create a file or ask for space, before it reads the dead kernel's
	 * memory and gives its rights away: starts what needs them, such as a program, or sets the
	 * clock. NULL: nothing does.
	 */
	int (*connect)(struct target *t, struct child *self);
	/* Begins a file in the folder, which the first one makes. */
	int (*create)(const struct target *t, const char *name, struct target_file *ret,
		      struct child *self);
	/*
	 * The target is full: gives back a little of the unfinished file `name` for a report.
	 * NULL: nothing to give.
	 */
	int (*make_room)(const struct target *t, const char *name);
	/* Bytes that may still be written; behind connect(). NULL: the target cannot be asked. */
	int (*space)(const struct target *t, uint64_t *ret, struct child *self);
	/*
	 * A descriptor of the folder in which the dumps lie, each as a folder, or -errno. NULL:
	 * there is no such thing.
	 */
	int (*folder)(const struct target *t);
	/* All written: to the disk, and unmounted. NULL: nothing to do. */
	int (*close)(const struct target *t, struct child *self);
};

/* By enum conf_target_kind; NULL: not in this build (make NET=0). */
extern const struct target_kind *const target_kinds[CONF_TARGET_KINDS];

extern const struct target_kind target_fs, target_share, target_ubi, target_raw;

#endif
