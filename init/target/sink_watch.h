/* SPDX-License-Identifier: MIT */
/*
 * A sink over a target's sink that notes in the child's shared memory, for PID 1, whether bytes
 * move, and whether an error or a hang is the target's.
 */
#ifndef INIT_TARGET_SINK_WATCH_H
#define INIT_TARGET_SINK_WATCH_H

#include "init/system/child.h"
#include "lib/sink.h"

struct sink_watch {
	struct sink base;
	struct sink *below; /* borrowed; commit and abort are passed on */
	struct child *self;
	uint64_t bytes;
};

/*
 * What the target's r means to a capture: a quota that is used up is a full target (-ENOSPC), for
 * which there are smaller dumps. The reason stays the target's.
 */
int sink_watch_meaning(int r, struct child *self);

void sink_watch_init(struct sink_watch *s, struct sink *below, struct child *self);

#endif
