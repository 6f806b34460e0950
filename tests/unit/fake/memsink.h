/* SPDX-License-Identifier: MIT */
/*
 * A sink into memory that can fail on purpose.
 */
#ifndef TESTS_UNIT_FAKE_MEMSINK_H
#define TESTS_UNIT_FAKE_MEMSINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/sink.h"

struct memsink {
	struct sink base;
	uint8_t *buf;
	size_t len, room;
	unsigned puts, gets;	     /* how many */
	unsigned fail_put, fail_get; /* the one that fails, from 1; 0: none */
	int error;		     /* with this */
	uint64_t last_end;	     /* of the put before */
	unsigned jumps;		     /* puts that did not continue the one before */
	bool committed, aborted, overlapped;
	uint8_t *written; /* one for each byte that was put */
};

/* can_read: with get(), so that writers choose the tail layout. */
void memsink_open(struct memsink *m, bool can_read);
void memsink_close(struct memsink *m);

#endif
