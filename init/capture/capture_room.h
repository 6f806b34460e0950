/* SPDX-License-Identifier: MIT */
/*
 * What happens around a dump because of space: old dumps, levels, crash loops. For
 * capture_target.c.
 */
#ifndef INIT_CAPTURE_CAPTURE_ROOM_H
#define INIT_CAPTURE_CAPTURE_ROOM_H

#include "dumper/dump.h"
#include "init/capture/capture_state.h"
#include "init/capture/ladder.h"

/*
 * Before a dump: *l begins at the level that fits, old dumps went for it if they had to, and
 * *ret_limit is what the dump may take at most (0: anything). False: no dump is to be made, as
 * this machine crashes again and again.
 */
bool capture_fit(struct capture *c, const struct target *t, const struct dump_options *opt,
		 struct ladder *l, uint64_t *ret_limit);

/* A target that is full to the brim: makes room for a log. True: there may be some now. */
bool capture_room_for_log(struct capture *c, const struct target *t);

/* After a dump: what is too old or too much goes. */
void capture_retain(struct capture *c, const struct target *t);

#endif
