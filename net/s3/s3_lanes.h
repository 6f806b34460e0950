/* SPDX-License-Identifier: MIT */
/*
 * Parts of an upload that are on their way while the next one is filled: a store takes some 100 ms to
 * acknowledge a part, in which a link of 1 Gbit/s would move two more. Each lane has a connection, and a
 * part in memory. For s3.c.
 */
#ifndef NET_S3_S3_LANES_H
#define NET_S3_S3_LANES_H

#include "net/s3/s3_call.h"

struct s3_lanes;

/*
 * A part in memory. The lanes own it from s3_lanes_send() on, until they give it back: sent, with the
 * server's ETag, or not.
 */
struct s3_part {
	unsigned n; /* its number */
	uint8_t *buf;
	size_t len;
	bool sent;
	char etag[128];
};

/* n lanes, S3_LANES_MAX at most; NULL: no memory. c is borrowed. */
struct s3_lanes *s3_lanes_open(struct s3_caller *c, unsigned n);
/* What is on its way is given up, and its memory freed. */
void s3_lanes_free(struct s3_lanes *l);

/*
 * Sends a part of the object with this key and upload (encoded). False: there is no lane for it, or it
 * cannot be begun: it is still the caller's.
 */
bool s3_lanes_send(struct s3_lanes *l, const char *key, const char *upload, struct s3_part *p);

/*
 * Moves all of them on. True: one has ended, *ret is it. wait: until one has, if any is on its way;
 * else what can be done now.
 */
bool s3_lanes_take(struct s3_lanes *l, bool wait, struct s3_part *ret);

/* Is none of them free? */
bool s3_lanes_full(const struct s3_lanes *l);

#endif
