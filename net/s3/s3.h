/* SPDX-License-Identifier: MIT */
/*
 * An object in an S3 bucket as a sink. It is uploaded in parts as it grows; the first part, in
 * which the header of a dump is written last, is kept in memory and goes out last, so that the
 * object is the file as it would lie on a disk. What must be read back before the end lies in
 * objects of its own meanwhile. The object appears when all of it is there, and not at all after an
 * abort.
 */
#ifndef NET_S3_S3_H
#define NET_S3_S3_H

#include "lib/sink.h"
#include "net/s3/s3_http.h"
#include "net/s3/s3_parts.h"

#define S3_NOTES_MAX 8
#define S3_LANES_MAX 3

/* Metadata of an object: "release", "6.12.0". */
struct s3_note {
	const char *name, *value;
};

/* Borrowed for as long as the sink. */
struct s3_place {
	const char *endpoint; /* "https://s3.example.org:9000", without a path */
	const char *region, *bucket;
	bool host_style;       /* BUCKET.HOST/KEY instead of HOST/BUCKET/KEY */
	const char *keys_file; /* NULL: of the machine's metadata service */
	const char *ca_file;
	unsigned connect_timeout_s, stall_s;
	_Atomic uint64_t *moved; /* s3_http.h */
	const char *notes_file;	 /* where uploads that run are noted, for s3_sweep() */
	uint64_t object_most;	 /* bytes that an object may get; 0: not known (s3_parts.h) */
	uint64_t part_most;	 /* of memory for a part that grows; 0: none grows */
	unsigned parts;		 /* that the store takes, a multiple of 10; 0: S3_PARTS_MAX */
	/* Parts of S3_PART_BYTES that may be on their way while one is filled; 0: none. */
	unsigned lanes;
};

struct s3;

/*
 * Begins an object; key is its name, without a '/' in front. With keep_reading its sink has get and
 * rewrites, and takes what comes in ascending order, or into its first S3_PART_BYTES; without it is
 * a stream. Nothing is sent before the second part is begun, but what finds out who signs. 0;
 * -errno with *ret set or not, and s3_error(): -EINVAL: endpoint, keys file; -ENAMETOOLONG;
 * -EACCES, …
 *
 *  - put: -EFBIG: more parts than the store takes; -ENOSPC, -EACCES, -ENOENT (no bucket), -EPROTO by
 *    what the server says; connections are made again, and parts sent again, for stall_s;
 *  - commit completes the upload, for which some stores need minutes; abort ends it, or leaves it to the
 *    sweep where the server is gone.
 */
int s3_open(const struct s3_place *place, const char *key, const struct s3_note *note,
	    unsigned n_notes, bool keep_reading, struct s3 **ret);
struct sink *s3_sink(struct s3 *s);
/* One line, with the server's own words; "": nothing went wrong. */
const char *s3_error(const struct s3 *s);
void s3_free(struct s3 *s);

/* Ends the uploads, and removes the objects, that a child left which was killed. */
int s3_sweep(const struct s3_place *place, char why[S3_HTTP_WHY_BYTES]);

#endif
