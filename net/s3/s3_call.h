/* SPDX-License-Identifier: MIT */
/*
 * A signed request to a bucket, sent again where that may help. For s3.c.
 */
#ifndef NET_S3_S3_CALL_H
#define NET_S3_S3_CALL_H

#include "net/s3/s3.h"
#include "net/s3/s3_keys.h"

#define S3_KEY_BYTES	768 /* encoded */
#define S3_UPLOAD_BYTES 600 /* encoded */

struct s3_caller {
	const struct s3_place *place;
	struct s3_http http;
	struct s3_keys keys;
	char host[256],
		base[512];  /* "bucket.s3.example.org", "https://…", to which a key is added */
	char prefix[128];   /* of the path that is signed: "/bucket/" or "/" */
	long clock_ahead_s; /* of the server's clock */
	struct s3_http_answer answer;
	char why[S3_HTTP_WHY_BYTES];
};

struct s3_call {
	const char *method, *key; /* key: encoded */
	const char *query;	  /* encoded and sorted: "partNumber=1&uploadId=…"; "" */
	const struct s3_note *note;
	unsigned n_notes;
	const void *body;
	size_t len;
	bool patient; /* s3_http.h */
	void *to;     /* of an answer's body */
	size_t to_len;
};

/* Who signs is found out. 0 or -errno with c->why. */
int s3_call_open(struct s3_caller *c, const struct s3_place *place);
void s3_call_close(struct s3_caller *c);

/*
 * 0: the server has done it, c->answer is its; else -errno with c->why. Status 500, 502, 503, 504,
 * 429 and lost connections are tried again until place->stall_s is over, a wrong clock once, keys of the
 * machine's metadata that have ended as often as it has other ones.
 */
int s3_call(struct s3_caller *c, const struct s3_call *q);

/*
 * Begins the request on another connection than c's, once and without waiting (s3_http_begin()); q's body
 * is borrowed until the end. Whether it was a success is asked with the answer; where it was not, s3_call()
 * says what there is to say, and does what may help.
 */
int s3_call_begin(struct s3_caller *c, const struct s3_call *q, struct s3_http *http,
		  struct s3_http_answer *ret);

/* A success may be an error all the same, which the server noticed late. */
bool s3_call_is_success(const struct s3_http_answer *a);

#endif
