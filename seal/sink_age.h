/* SPDX-License-Identifier: MIT */
/*
 * A sink over another one: what is put comes out sealed (age.h). It is a stream, as a chunk that is
 * sealed twice under one key would give its contents away: bytes come in order, and none is read
 * back. What reached the sink below when it was cut can be opened up to the last whole chunk.
 */
#ifndef SEAL_SINK_AGE_H
#define SEAL_SINK_AGE_H

#include "lib/sink.h"
#include "seal/age.h"

struct sink_age {
	struct sink base;
	struct sink *below; /* borrowed; commit and abort are passed on */
	struct age_stream stream;
	uint64_t next, at; /* in what is put, in the sink below */
	size_t n;	   /* bytes in chunk */
	uint8_t chunk[AGE_CHUNK_BYTES + AGE_TAG_BYTES];
};

/*
 * Draws the secrets and puts the header below. keys are not used after the call. 0; -EINVAL: no
 * keys, too many, or one of small order; -EIO; or the error of the sink below.
 */
int sink_age_open(struct sink_age *s, struct sink *below, const uint8_t (*keys)[AGE_KEY_BYTES],
		  unsigned n_keys);

/* The same with secrets of the caller's; for tests against published files. */
int sink_age_open_with(struct sink_age *s, struct sink *below, const uint8_t (*keys)[AGE_KEY_BYTES],
		       unsigned n_keys, const struct age_secrets *secrets);

#endif
