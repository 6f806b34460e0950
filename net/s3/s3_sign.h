/* SPDX-License-Identifier: MIT */
/*
 * Requests signed as S3 wants it: AWS Signature Version 4. Pure functions.
 */
#ifndef NET_S3_S3_SIGN_H
#define NET_S3_S3_SIGN_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "lib/sha256.h"

#define S3_SIGN_HEADERS	   16
#define S3_SIGN_AUTH_BYTES 640
#define S3_SIGN_DATE_BYTES 20 /* "20130524T000000Z" */

/* A header that is signed: its name in lower case, the value without blanks at its ends. */
struct s3_header {
	const char *name, *value;
};

struct s3_signed {
	const char *access_key, *secret_key, *region, *service; /* "s3" */
	const char *method;
	const char *path;  /* encoded (s3_sign_encode()), from its '/' on */
	const char *query; /* encoded, sorted by name; "" */
	struct s3_header
		header[S3_SIGN_HEADERS]; /* sorted by name; host and x-amz-date among them */
	unsigned n_headers;
	const char *payload_sha256; /* sha256_text() of the body */
	const char *date;	    /* s3_sign_date() */
};

/* The value of the Authorization header. 0 or -E2BIG. */
int s3_sign(const struct s3_signed *q, char ret[S3_SIGN_AUTH_BYTES]);

void s3_sign_date(time_t now, char ret[S3_SIGN_DATE_BYTES]);

/* As a part of a path or query: all but letters, digits and "-._~" as %XX; '/' too unless keep_slash.
 * 0 or -E2BIG. */
int s3_sign_encode(const char *text, int keep_slash, char *ret, size_t size);

#endif
