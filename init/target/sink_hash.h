/* SPDX-License-Identifier: MIT */
/*
 * A sink over a target's sink that knows the SHA-256 of what was put, as long as that came in the
 * order of the file; a front that was skipped at first may come last, as the first block of a
 * kdump-compressed file does, and has a digest of its own. So nothing is read back.
 */
#ifndef INIT_TARGET_SINK_HASH_H
#define INIT_TARGET_SINK_HASH_H

#include <stdbool.h>

#include "lib/sha256.h"
#include "lib/sink.h"

/*
 * Of a file: sha256sum's text for its first head_bytes (0: no such part) and for the body_bytes
 * behind them.
 */
struct digest {
	uint64_t head_bytes, body_bytes;
	char head[SHA256_TEXT];
	char body[SHA256_TEXT]; /* "": it is not known, nor is head */
};

struct sink_hash {
	struct sink base;
	struct sink *below; /* borrowed; commit and abort are passed on */
	struct sha256 body, head;
	uint64_t head_bytes, next;
	bool begun, head_came;
	bool lost; /* something came in no such order */
};

void sink_hash_init(struct sink_hash *s, struct sink *below);
/* Ends it. */
void sink_hash_digest(struct sink_hash *s, struct digest *ret);

#endif
