/* SPDX-License-Identifier: MIT */
/*
 * After a crash: which dumps came since the last time, told once each to the journal, to the
 * program that kdump.conf names, and to whoever logs in until somebody has looked.
 */
#ifndef LOADER_NEWS_NEWS_H
#define LOADER_NEWS_NEWS_H

/*
 * Looks where the targets of /etc/kdump.conf have their dumps on this machine, and at its `path` on
 * the root file system: there is what was recovered from raw targets. Dumps of other hosts on a
 * share are not looked at. root: as for host_read(). 0, or -1 where something failed, which is told.
 */
int news_tell(int root);

/* The last crash was looked at: a login says nothing of it any more. 0 or -errno. */
int news_seen(int root);

#endif
