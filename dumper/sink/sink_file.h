/* SPDX-License-Identifier: MIT */
/*
 * A file in a folder, written as NAME.partial and renamed to NAME by commit: fsync, rename,
 * fsync of the folder.
 */
#ifndef DUMPER_SINK_SINK_FILE_H
#define DUMPER_SINK_SINK_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/sink.h"

struct sink_file {
	struct sink base;
	int fd, dirfd; /* dirfd is borrowed; -1: fd is borrowed and there is no name */
	char name[256];
	bool durable;
	const char *suffix;	   /* commit appends it to the name; NULL: nothing */
	uint32_t piece;		   /* bytes whose write-back is begun at once */
	uint64_t started, dropped; /* write-back: begun up to, finished and dropped up to */
	uint64_t end;		   /* of what was put */
	_Atomic uint64_t *moved;   /* gets the bytes that disk or server has taken; NULL */
};

/*
 * Creates NAME.partial (mode 0600; an old one is replaced). dirfd is a folder, borrowed
 * until commit or abort. durable: commit syncs before it renames, and write-back is started early
 * and bounded by the free memory, so that the page cache can neither eat a crash kernel's memory nor,
 * where the disk hangs, hold up what is written to another one; without, the file is
 * written like any other. 0 or -errno. Abort leaves NAME.partial where it is: what was saved stays.
 */
int sink_file_open(struct sink_file *s, int dirfd, const char *name, bool durable);

/* The same over a descriptor that can be read and written: no rename; commit fsyncs if durable. */
void sink_file_adopt(struct sink_file *s, int fd, bool durable);

#endif
