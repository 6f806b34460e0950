/* SPDX-License-Identifier: MIT */
/*
 * The flattened format (makedumpfile -F) over a stream: a seek becomes a record. Takes puts at
 * any offset, ascending ones cost least; passes whole chunks of up to 1 MiB to the stream
 * below.
 */
#ifndef DUMPER_SINK_SINK_FLAT_H
#define DUMPER_SINK_SINK_FLAT_H

#include <stddef.h>
#include <stdint.h>

#include "lib/sink.h"

#define SINK_FLAT_CHUNK (1 << 20)

struct sink_flat {
	struct sink base;
	struct sink *below; /* borrowed; commit and abort are passed on to it */
	uint64_t at;	    /* stream position */
	uint64_t chunk_off; /* file offset of the pending chunk */
	size_t chunk_len;
	uint8_t *chunk; /* SINK_FLAT_CHUNK bytes, owned by the caller */
};

/* Writes the stream's header. chunk is borrowed. */
int sink_flat_open(struct sink_flat *s, struct sink *below, uint8_t chunk[SINK_FLAT_CHUNK]);

#endif
