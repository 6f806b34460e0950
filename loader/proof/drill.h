/* SPDX-License-Identifier: MIT */
/*
 * A crash on purpose: `kdump-loader test` leaves a mark that outlives it, /var/lib/kdump-init/test,
 * and crashes the machine; after the reboot status tells by the mark whether a dump came of it.
 */
#ifndef LOADER_PROOF_DRILL_H
#define LOADER_PROOF_DRILL_H

#include <stdbool.h>
#include <stdint.h>

#include "loader/check/last_capture.h"

/* The mark. */
struct drill {
	uint64_t time_s;  /* real time, just before the crash */
	char boot_id[40]; /* of the system that crashed */
};

/* Writes the mark, so that it survives what comes. 0 or -errno. */
int drill_mark(int root);

/* 0; -ENOENT: there was no test, or the mark is none. */
int drill_read(int root, struct drill *ret);

/* How it went. */
enum drill_end {
	DRILL_NOT_YET,	/* this is still the system that was to crash */
	DRILL_CAPTURED, /* the newest dump is of it */
	DRILL_PAST,	/* there was a later crash, which says more */
	DRILL_LOST,	/* no dump of it on a target that can be seen */
};

enum drill_end drill_judge(int root, const struct drill *d, const struct last_capture *last);

/*
 * Crashes the kernel by sysrq, after a sync. Returns only if that fails: -errno. trigger: usually
 * /proc/sysrq-trigger.
 */
int drill_crash(const char *trigger);

#endif
