/* SPDX-License-Identifier: MIT */
/*
 * Does this machine still have what the image's config sends a dump to: the disk, the share, the
 * network interface, the server?
 */
#ifndef LOADER_CHECK_TARGETS_H
#define LOADER_CHECK_TARGETS_H

#include "loader/check/check_image.h"

/*
 * root: as for host_read(). m is whole. wait_ms: how long a server is waited for; 0: none is asked.
 * strict: it is an error where no target is left, with which a capture would save nothing; else, as
 * for a load at a time when devices are still to come, what is missing counts as stale.
 */
void targets_check(int root, const struct check_image *c, const struct manifest *m,
		   unsigned wait_ms, bool strict, struct findings *f);

/* Is s a line of the stack that the target t of c stands on? */
bool targets_stand_on(const struct conf *c, const struct conf_target *t,
		      const struct conf_stack *s);

#endif
