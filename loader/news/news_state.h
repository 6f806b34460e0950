/* SPDX-License-Identifier: MIT */
/*
 * What outlives a reboot: /var/lib/kdump-init/told, the names of the dumps that are known, one a
 * line, the oldest first; and /var/lib/kdump-init/unseen, what a login says until somebody looked.
 */
#ifndef LOADER_NEWS_NEWS_STATE_H
#define LOADER_NEWS_NEWS_STATE_H

#include <stdbool.h>

#define NEWS_UNSEEN_BYTES 4096

struct news_told {
	bool first; /* nothing was ever told */
	char *names;
};

/* root: as for host_read(). 0 or -errno; news_told_free() in both cases. */
int news_told_read(int root, struct news_told *ret);
bool news_told_has(const struct news_told *t, const char *name);
/* One more; 0 or -ENOMEM. */
int news_told_add(struct news_told *t, const char *name);
/* Writes it, without the oldest names where there are too many. 0 or -errno. */
int news_told_write(int root, const struct news_told *t);
void news_told_free(struct news_told *t);

/* The lines that nobody has seen yet, NUL-terminated; "": none. */
void news_unseen_read(int root, char ret[NEWS_UNSEEN_BYTES]);
/* "": there are none any more. 0 or -errno. */
int news_unseen_write(int root, const char *text);

#endif
