/* SPDX-License-Identifier: MIT */
/*
 * One HTTP request whose body lies in memory, and its answer: libcurl with one connection that is
 * kept for the next request. It is waited for, or goes on beside others.
 */
#ifndef NET_S3_S3_HTTP_H
#define NET_S3_S3_HTTP_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#define S3_HTTP_WHY_BYTES  320
#define S3_HTTP_BODY_BYTES (64u << 10)

struct s3_http_request {
	const char *method, *url;
	const char *const *header; /* "Name: value" */
	unsigned n_headers;
	const void *body;
	size_t len;
	bool plain; /* http:// may be asked, as the machine's own metadata service is */
	/* The answer takes long, and its server sends blanks meanwhile: each of them moves it. */
	bool patient;
	/* where the body of a success goes; NULL: into the answer, as that of a failure does */
	void *to;
	size_t to_len;
};

struct s3_http_answer {
	long status;
	time_t date; /* the server's clock; 0: not told */
	char etag[128], content_type[64];
	char body[S3_HTTP_BODY_BYTES]; /* with a NUL, cut */
	size_t len;		       /* of it */
	uint64_t told_len;	       /* of what HEAD asks for */
	size_t to_len;		       /* of what a success brought into `to` */
};

struct s3_http {
	void *easy; /* CURL */
	void *multi; /* CURLM of s3_http_begin(), with a connection of its own; NULL: was not called */
	const char *ca_file;
	unsigned connect_timeout_s, stall_s;
	/* Counts bytes that the server has acknowledged, for who watches; may be NULL. */
	_Atomic uint64_t *moved;
	/* of the running transfer */
	struct s3_http_request q;
	struct s3_http_answer *answer;
	void *headers; /* struct curl_slist */
	size_t sent;
	int fd, code;
	uint64_t seen, limit_ms, began_ms;
	bool stalled, running;
	char curl_text[256];
};

/* 0 or -ENOMEM, -EPROTO (libcurl). */
int s3_http_open(struct s3_http *h, const char *ca_file, unsigned connect_timeout_s,
		 unsigned stall_s);
void s3_http_close(struct s3_http *h);

/*
 * 0 with *ret, whatever the status is; else the errno of https_errno() with why: name, connection,
 * certificate; -ETIMEDOUT: fewer than S3_HTTP_LEAST bytes moved in stall_s; where the request is patient
 * none did, or S3_HTTP_PATIENT_S are over.
 */
#define S3_HTTP_LEAST	  (16u << 10)
#define S3_HTTP_PATIENT_S 900
int s3_http_run(struct s3_http *h, const struct s3_http_request *q, struct s3_http_answer *ret,
		char why[S3_HTTP_WHY_BYTES]);

/*
 * The same in pieces: what q points to, and *ret, are borrowed until s3_http_end(). 0 or as above.
 * s3_http_move() does what can be done now, and is true once there is nothing left to do; s3_http_wait()
 * waits until one of n can be moved, S3_HTTP_WAIT_MS at most. s3_http_end() is the result; -ECANCELED: the
 * request was running, and its connection is closed.
 */
#define S3_HTTP_WAIT_MS 200
int s3_http_begin(struct s3_http *h, const struct s3_http_request *q, struct s3_http_answer *ret,
		  char why[S3_HTTP_WHY_BYTES]);
bool s3_http_move(struct s3_http *h);
void s3_http_wait(struct s3_http *const *h, unsigned n);
int s3_http_end(struct s3_http *h, char why[S3_HTTP_WHY_BYTES]);

/* Is this error the connection's, so that what comes next would wait for it, too? */
bool s3_http_is_loss(int r);

#endif
