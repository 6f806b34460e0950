/* SPDX-License-Identifier: MIT */
/*
 * The dumps that lie in a target's folder already: which of them are ours, and which go so that
 * new ones find room. Works on a descriptor of that folder; symbolic links are never followed,
 * and a folder that holds anything we do not write is left alone as a whole.
 */
#ifndef INIT_CAPTURE_RETENTION_H
#define INIT_CAPTURE_RETENTION_H

#include <stdbool.h>
#include <stdint.h>

#include "init/target/target.h"
#include "lib/conf/conf.h"

#define RETENTION_MAX	      512   /* dumps that are looked at, the oldest ones */
#define RETENTION_MAX_ENTRIES 16384 /* names in the folder */

struct retention_dump {
	char name[TARGET_FOLDER_BYTES];
	uint64_t time_s; /* from the name */
	uint64_t bytes;	 /* on the disk */
	bool complete;	 /* a kdump.json and a vmcore with its final name */
	bool gone;	 /* removed, or not to be removed */
};

struct retention {
	int dir; /* borrowed */
	unsigned n;
	unsigned recent; /* crashes of this host around the present one */
	struct retention_dump dumps[RETENTION_MAX]; /* oldest first */
};

/* What was removed. */
struct retention_gone {
	unsigned dumps;
	uint64_t bytes;
};

/*
 * Looks through dir. present: the name of the dump that is being made, which is not listed.
 * own_host: dumps of other hosts, which share the target, are none of ours. 0 or -errno.
 */
int retention_look(struct retention *r, int dir, const char *present, bool own_host,
		   unsigned recent_minutes);

/* Bytes that may go: all but the newest complete dump. */
uint64_t retention_spare(const struct retention *r);

/*
 * Removes the oldest dump that may go. -ENOENT: none is left. The space is free when this
 * returns, as far as the file system frees at a sync.
 */
int retention_remove_oldest(struct retention *r, struct retention_gone *gone);

/*
 * After the present dump is complete, which counts: `keep` and `keep_bytes`. Of the unfinished ones
 * and the mere logs, `keep` stay as well.
 */
void retention_apply(struct retention *r, const struct conf_keep *keep, uint64_t present_bytes,
		     struct retention_gone *gone);

#endif
