/* SPDX-License-Identifier: MIT */
/*
 * What https.c says and refuses, without a connection: the URL's rules, curl's results as errno
 * and as a sentence for the user.
 */
#ifndef NET_HTTPS_URL_H
#define NET_HTTPS_URL_H

#include <stddef.h>
#include <time.h>

#define HTTPS_SERVER_BYTES 128

/*
 * Only https://, with a host, without user or password (they would be in the image and in
 * logs). server (HTTPS_SERVER_BYTES) gets "host" or "host:port" ("https"
 * when there is none). NULL, or what is wrong.
 */
const char *https_check_url(const char *url, char *server);

/*
 * The errno for a curl result (a CURLcode), an HTTP status (0: none came), the errno of the socket
 * (0: none) and what curl says. A full target is -ENOSPC: 507, and 413, the server's own limit. A
 * connection that ends too early is -ECONNRESET, however politely.
 */
int https_errno(int code, long status, long os_errno, const char *said);

/*
 * What libcurl says about a result (a CURLcode), in said, or a plain sentence where it has only a
 * number: an end of a TLS stream in the middle is mbedtls' error 0 to it.
 */
const char *https_words(int code, const char *said);

/*
 * A sentence to add after a failed certificate check when the clock is the reason: "" unless now
 * is before 2020, as on a machine without a clock battery.
 */
const char *https_clock_note(int code, time_t now, char *buf, size_t size);

#endif
