/* SPDX-License-Identifier: MIT */
/*
 * One entry of the journal with fields of its own, by journald's native protocol; where there is no
 * journald, the line alone goes to the system log.
 */
#ifndef LOADER_NEWS_JOURNAL_H
#define LOADER_NEWS_JOURNAL_H

#include <stddef.h>

#define JOURNAL_BYTES 4096 /* holds an entry */

struct journal {
	size_t len;
	char text[JOURNAL_BYTES];
	char line[512]; /* for the system log */
};

/* priority: as of syslog(3). id: 32 hexadecimal digits, MESSAGE_ID. line: MESSAGE. */
void journal_init(struct journal *j, int priority, const char *id, const char *line);
/* A field more; a value's line breaks become blanks. One that has no room is left out. */
void journal_field(struct journal *j, const char *name, const char *value);
/* root: as for host_read(). 0; -errno: neither of the two took it. */
int journal_send(int root, const struct journal *j, int priority);

#endif
