/* SPDX-License-Identifier: MIT */
/*
 * A file in a folder, written as NAME.partial and renamed to NAME by commit: fsync, rename,
 * fsync of the folder. Write-back is started early and bounded, so that the page cache cannot
 * eat a crash kernel's memory.
 */
#ifndef DUMPER_SINK_FILE_H
#define DUMPER_SINK_FILE_H

#include <stdint.h>

#include "lib/sink.h"

struct sink_file {
	struct sink base;
	int fd, dirfd;		/* dirfd is borrowed */
	char name[64];
	uint64_t unsynced, synced_to, end;
};

/*
 * Creates NAME.partial (mode 0600; an old one is replaced). dirfd is borrowed until commit or
 * abort. 0, or -errno. Abort leaves NAME.partial where it is: what was saved stays.
 */
int sink_file_open(struct sink_file *s, int dirfd, const char *name);

/* The same over a descriptor: no rename, commit fsyncs. fd is borrowed; for stdout and devices. */
void sink_file_adopt(struct sink_file *s, int fd);

#endif
