/* SPDX-License-Identifier: MIT */
/*
 * The parts of https.c that need no connection.
 */
#include "net/https_url.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/cleanup.h"

#define YEAR_2020 1577836800

static void free_url(CURLU **u)
{
	curl_url_cleanup(*u);
}

static void free_part(char **s)
{
	curl_free(*s);
}

/* Is the part there? */
static bool has_part(CURLU *u, CURLUPart part)
{
	_cleanup_(free_part) char *s = NULL;

	return curl_url_get(u, part, &s, 0) == CURLUE_OK;
}

const char *https_check_url(const char *url, char *server)
{
	_cleanup_(free_url) CURLU *u = curl_url();
	_cleanup_(free_part) char *scheme = NULL, *host = NULL, *port = NULL;

	strcpy(server, "https");
	if (!u || curl_url_set(u, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK ||
	    curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
	    curl_url_get(u, CURLUPART_HOST, &host, 0) != CURLUE_OK)
		return "not a URL";
	if (has_part(u, CURLUPART_USER) || has_part(u, CURLUPART_PASSWORD))
		return "a URL must not hold a user name or password";
	if (strcmp(scheme, "https"))
		return "not an https:// URL";
	if (curl_url_get(u, CURLUPART_PORT, &port, 0) != CURLUE_OK)
		port = NULL;
	snprintf(server, HTTPS_SERVER_BYTES, "%s%s%s", host, port ? ":" : "", port ? port : "");
	return NULL;
}

static int status_errno(long status)
{
	switch (status) {
	case 401:
	case 403:
		return -EACCES;
	case 404:
		return -ENOENT;
	case 413:
	case 507:
		return -ENOSPC;
	default:
		return -EPROTO;
	}
}

/* A connection that ends within the handshake, for which curl has no code of its own: its TLS library's words. */
static bool is_handshake_end(const char *said)
{
	static const char *const ends[] = { "(-0x7280)" /* mbedtls */,
					    "SSL_ERROR_SYSCALL" /* OpenSSL */,
					    "unexpected eof" /* OpenSSL 3 */ };

	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		if (strstr(said, ends[i]))
			return true;
	}
	return false;
}

int https_errno(int code, long status, long os_errno, const char *said)
{
	if (status >= 300)
		return status_errno(status);
	switch (code) {
	case CURLE_OUT_OF_MEMORY:
		return -ENOMEM;
	case CURLE_COULDNT_RESOLVE_HOST:
		return -EHOSTUNREACH;
	case CURLE_OPERATION_TIMEDOUT:
		return -ETIMEDOUT;
	case CURLE_COULDNT_CONNECT:
		return os_errno ? -(int)os_errno : -ECONNREFUSED;
	case CURLE_SEND_ERROR:
	case CURLE_RECV_ERROR:
	case CURLE_GOT_NOTHING:
	case CURLE_PARTIAL_FILE: /* an answer without its end */
		return os_errno ? -(int)os_errno : -ECONNRESET;
	case CURLE_SSL_CONNECT_ERROR: /* a lost connection in the handshake, too */
		return os_errno ? -(int)os_errno : is_handshake_end(said) ? -ECONNRESET : -EPROTO;
	default:
		return -EPROTO;
	}
}

const char *https_words(int code, const char *said)
{
	return code == CURLE_RECV_ERROR && strstr(said, "(-0x0000)")
		       ? "the server closed the connection"
		       : said;
}

const char *https_clock_note(int code, time_t now, char *buf, size_t size)
{
	char date[32];
	struct tm tm;

	buf[0] = '\0';
	if (now >= YEAR_2020)
		return buf;
	if (code != CURLE_PEER_FAILED_VERIFICATION && code != CURLE_SSL_CONNECT_ERROR)
		return buf;
	strftime(date, sizeof(date), "%Y-%m-%d", gmtime_r(&now, &tm));
	snprintf(buf, size, "; this machine's clock says %s, so no certificate can be valid", date);
	return buf;
}
