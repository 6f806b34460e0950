/* SPDX-License-Identifier: MIT */
/*
 * A descriptor that takes bytes in order only: standard output, a pipe.
 */
#ifndef DUMPER_SINK_SINK_STREAM_H
#define DUMPER_SINK_SINK_STREAM_H

#include "lib/sink.h"

struct sink_stream {
	struct sink base;
	int fd; /* borrowed */
	uint64_t at;
};

/* A put elsewhere than behind the one before gives -ESPIPE. A pipe grows to 1 MiB if it may. */
void sink_stream_init(struct sink_stream *s, int fd);

#endif
