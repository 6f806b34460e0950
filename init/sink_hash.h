/* SPDX-License-Identifier: MIT */
/*
 * A sink over a target's sink that knows the SHA-256 of what was put, as long as that came in the
 * order of the file. A vmcore whose first block comes last has to be read back instead.
 */
#ifndef INIT_SINK_HASH_H
#define INIT_SINK_HASH_H

#include <stdbool.h>

#include "lib/sha256.h"
#include "lib/sink.h"

struct sink_hash {
	struct sink base;
	struct sink *below;	/* borrowed; commit and abort are passed on */
	struct sha256 sha;
	uint64_t next;
	bool lost;		/* something came out of order */
};

void sink_hash_init(struct sink_hash *s, struct sink *below);
/* Ends it: the digest, "" when it is not known. */
void sink_hash_text(struct sink_hash *s, char ret[SHA256_TEXT]);

#endif
