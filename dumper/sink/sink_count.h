/* SPDX-License-Identifier: MIT */
/*
 * Counts instead of writing (--dry-run): a file, or a stream, of which only the size is made.
 */
#ifndef DUMPER_SINK_SINK_COUNT_H
#define DUMPER_SINK_SINK_COUNT_H

#include "lib/sink.h"

struct sink_count {
	struct sink base;
	uint64_t bytes; /* the end of what was put */
	struct sink_count_piece {
		struct sink_count_piece *next;
		uint64_t off, len;
		uint8_t bytes[];
	} * kept; /* what will be read back, the newest first */
};

/* stream: takes puts in order only, and nothing can be read back. */
void sink_count_init(struct sink_count *s, bool stream);

#endif
