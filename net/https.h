/* SPDX-License-Identifier: MIT */
/*
 * A stream sink: one PUT request whose body is the file. libcurl does HTTP, mbedtls TLS.
 */
#ifndef NET_HTTPS_H
#define NET_HTTPS_H

#include <stdbool.h>

#include "lib/sink.h"

struct https;

/* What goes along with the request; all may be empty. Borrowed for the open call. */
struct https_options {
	const char *ca_file;
	const char *cert_file, *key_file; /* NULL: the client shows no certificate */
	const char *const *headers;	  /* "Name: value" */
	unsigned n_headers;
	bool post;		  /* POST instead of PUT */
	const char *content_type; /* NULL: application/octet-stream */
	unsigned connect_timeout_s, stall_s;
};

/*
 * Begins `PUT url`, or POST (HTTP/1.1, chunked, since the length is not known before the end).
 * o->ca_file: PEM bundle against which the server is verified, always. o->connect_timeout_s bounds
 * name lookup, connection and TLS (a second lookup, for IPv4 alone, begins it anew, as does another
 * connection, the third at most, where a server dropped the one before it heard of the body); later a
 * transfer in which no byte moves for o->stall_s seconds fails; the time between two puts does not
 * count. No redirect is followed. On success the server has been verified and has not refused the
 * headers, *ret is open and https_sink() is its sink:
 *
 *  - put takes ascending offsets without gaps (rewrites is false; -ESPIPE otherwise). It returns
 *    when the bytes are in buffers of bounded size; a refusal that arrives meanwhile fails it.
 *  - commit ends the body and waits for the server's 2xx;
 *  - abort drops the connection in the middle of the body, so that the server discards it.
 *
 * On an error *ret may still be set: ask https_error(). The memory is freed with the process, which
 * has one upload to do. 0 or -errno: -EINVAL (URL), -ENOENT (CA file, or 404), -EACCES (401, 403),
 * -ENOSPC (413, 507), -ECONNREFUSED, -ECONNRESET, -ETIMEDOUT, -EHOSTUNREACH (also an unknown name),
 * -EPROTO (TLS, any other HTTP status).
 */
int https_open(const char *url, const struct https_options *o, struct https **ret);
struct sink *https_sink(struct https *h);

/* One line on what went wrong, with the server's name and HTTP status; "" if nothing did. */
const char *https_error(const struct https *h);

#endif
