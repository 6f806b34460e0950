/* SPDX-License-Identifier: MIT */
/*
 * What earlier captures left where the image's config sends the next one: the newest dump of this
 * machine, as the config calls it, on a target that is mounted now, how much memory that capture
 * used, and dumps that still lie on raw targets. A target on a server tells nothing here.
 */
#ifndef LOADER_CHECK_LAST_CAPTURE_H
#define LOADER_CHECK_LAST_CAPTURE_H

#include <limits.h>

#include "lib/conf/conf.h"
#include "lib/dumps/dump_report.h"
#include "loader/check/findings.h"
#include "loader/host.h"

struct last_capture {
	bool found;
	struct dump_report report; /* not read: the capture did not come to its report */
	char folder[PATH_MAX];	   /* the dump's, as this machine has it */
	unsigned dumps;		   /* on all targets that were looked at */
};

/*
 * root: as for host_read(). c: the image's config. Reads superblocks, which takes
 * root's rights; what cannot be read is not told. What is wrong with a target goes to f.
 */
void last_capture_find(int root, const struct conf *c, struct last_capture *ret,
		       struct findings *f);

/* A capture that did not save all, or hardly had the memory to. */
void last_capture_check(const struct host *h, const struct last_capture *l, struct findings *f);

/* Memory that it used at its peak, in bytes; 0: not told. */
uint64_t last_capture_peak(const struct last_capture *l);

#endif
