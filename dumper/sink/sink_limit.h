/* SPDX-License-Identifier: MIT */
/*
 * A sink that is full at a given size (makedumpfile -L), whatever the one below could take.
 */
#ifndef DUMPER_SINK_SINK_LIMIT_H
#define DUMPER_SINK_SINK_LIMIT_H

#include "lib/sink.h"

struct sink_limit {
	struct sink base;
	struct sink *below; /* borrowed; commit and abort are passed on to it */
	uint64_t bytes;
	bool reached; /* a put was refused with -ENOSPC */
};

/* bytes: the last one that may be written is bytes - 1. */
void sink_limit_init(struct sink_limit *s, struct sink *below, uint64_t bytes);

#endif
