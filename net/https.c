/* SPDX-License-Identifier: MIT */
/*
 * A PUT as a sink. curl wants to pull the body, the dumper wants to push it: bytes that are put
 * wait in a buffer, curl's read callback takes them from there and pauses the transfer when it is
 * empty, and put() runs the transfer just until the buffer has room again.
 */
#include "net/https.h"

#include <curl/curl.h>
#include <errno.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "net/deadline.h"
#include "net/families.h"
#include "net/https_private.h"
#include "net/https_url.h"

#define BUFFER_BYTES 65536
#define CURL_BUFFER  65536L
#define POLL_MS	     500
#define EXPECT_MS    3000L /* how long a server may think about the headers */
#define OPEN_TRIES   3

struct https {
	struct sink base;
	CURLM *multi;
	CURL *easy;
	struct curl_slist *headers;
	uint64_t next; /* the offset that the next put must have */
	uint64_t stall_ms;
	size_t head, tail; /* the bytes in buffer */
	bool curl_ready;   /* curl_global_init() was called */
	bool asked;	   /* the body was asked for: connected, verified, not refused */
	bool paused;
	bool eof;	 /* no more will be put */
	bool ended;	 /* and curl knows */
	bool done;	 /* curl has finished with it, well or not */
	bool unresolved; /* because the server's name could not be looked up */
	int result;	 /* what every call returns from then on */
	int fd;		 /* the connection; curl's, and it may be closed already */
	char server[HTTPS_SERVER_BYTES];
	char curl_text[CURL_ERROR_SIZE];
	char error[384];
	char buffer[BUFFER_BYTES];
};

static int fail(struct https *h, int r, const char *text)
{
	snprintf(h->error, sizeof(h->error), "%s: %s", h->server, text);
	/* one line, whatever the libraries or the server put into it */
	for (char *p = h->error; *p; p++) {
		if ((unsigned char)*p < ' ' || *p == 127)
			*p = p[1] ? ' ' : '\0';
	}
	h->done = true;
	h->result = r;
	return r;
}

static bool is_lost(int r)
{
	return r == -ECONNRESET || r == -EPIPE;
}

/* ---- what curl calls ---- */

static size_t on_read(char *to, size_t size, size_t n, void *arg)
{
	struct https *h = arg;
	size_t have = h->tail - h->head;

	h->asked = true;
	if (!have && !h->eof) {
		h->paused = true;
		return CURL_READFUNC_PAUSE;
	}
	if (have > size * n)
		have = size * n;
	memcpy(to, h->buffer + h->head, have);
	h->head += have;
	h->ended = !have;
	return have;
}

static int on_socket(void *arg, curl_socket_t fd, curlsocktype purpose)
{
	struct https *h = arg;

	(void)purpose;
	h->fd = fd;
	return CURL_SOCKOPT_OK;
}

/* The server's answer is its status; the text behind it is for browsers. */
static size_t on_write(char *from, size_t size, size_t n, void *arg)
{
	(void)from;
	(void)arg;
	return size * n;
}

/* ---- the transfer ---- */

/* Turns the end of the transfer into h->result and a line for the user. */
static void finish(struct https *h, CURLcode code)
{
	long status = 0, os_errno = 0;
	char note[96], text[320], number[48];

	h->done = true;
	h->unresolved = code == CURLE_COULDNT_RESOLVE_HOST;
	curl_easy_getinfo(h->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(h->easy, CURLINFO_OS_ERRNO, &os_errno);
	if (status >= 200 && status < 300 && code == CURLE_OK && h->ended)
		return;
	snprintf(number, sizeof(number), "the transfer failed (libcurl's error %d)", (int)code);
	if (status >= 300)
		snprintf(text, sizeof(text), "the server refuses with HTTP status %ld", status);
	else if (code == CURLE_OK)
		snprintf(text, sizeof(text), "HTTP status %ld before the end of the body", status);
	else
		snprintf(text, sizeof(text), "%s%s",
			 h->curl_text[0] ? https_words((int)code, h->curl_text) : number,
			 https_clock_note((int)code, time(NULL), note, sizeof(note)));
	fail(h, https_errno((int)code, status, os_errno, h->curl_text), text);
}

/*
 * Bytes that the two ends have acknowledged to each other. What curl counts is only what the
 * kernel took, and the kernel's buffer goes on growing slowly while the server takes nothing.
 */
static uint64_t moved_bytes(struct https *h)
{
	struct tcp_info i = { 0 };
	socklen_t len = sizeof(i);
	curl_off_t sent = 0;

	if (!getsockopt(h->fd, IPPROTO_TCP, TCP_INFO, &i, &len) &&
	    len >= offsetof(struct tcp_info, tcpi_bytes_received) + 8)
		return i.tcpi_bytes_acked + i.tcpi_bytes_received;
	curl_easy_getinfo(h->easy, CURLINFO_SIZE_UPLOAD_T, &sent);
	return (uint64_t)sent;
}

static void perform(struct https *h)
{
	CURLMsg *m;
	int n;

	if (curl_multi_perform(h->multi, &n) != CURLM_OK) {
		fail(h, -EPROTO, "the transfer cannot go on");
		return;
	}
	while ((m = curl_multi_info_read(h->multi, &n))) {
		if (m->msg == CURLMSG_DONE)
			finish(h, m->data.result);
	}
}

static bool body_wanted(const struct https *h)
{
	return h->asked;
}

static bool buffer_empty(const struct https *h)
{
	return h->head == h->tail;
}

static bool never(const struct https *h)
{
	(void)h;
	return false;
}

/* Runs the transfer until the condition holds or it is done. 0 or h->result. */
static int run_until(struct https *h, bool (*holds)(const struct https *))
{
	uint64_t moved = moved_bytes(h), now;
	uint64_t limit = deadline_in_ms(h->stall_ms);

	if (h->paused) {
		h->paused = false;
		curl_easy_pause(h->easy, CURLPAUSE_CONT);
	}
	for (;;) {
		perform(h);
		if (h->done || holds(h))
			return h->result;
		now = moved_bytes(h);
		if (now != moved)
			limit = deadline_in_ms(h->stall_ms);
		moved = now;
		/* until the connection stands curl has its own limit */
		if (h->asked && !deadline_left_ms(limit))
			return fail(h, -ETIMEDOUT, "the transfer stalls: no byte moves");
		if (curl_multi_poll(h->multi, NULL, 0, POLL_MS, NULL) != CURLM_OK)
			return fail(h, -EPROTO, "the connection cannot be waited for");
	}
}

/* ---- the sink ---- */

static int https_put(struct sink *s, uint64_t off, const void *buf, size_t len)
{
	struct https *h = container_of(s, struct https, base);
	const char *from = buf;

	if (h->done)
		return h->result;
	if (off != h->next)
		return -ESPIPE;
	h->next += len;
	while (len) {
		size_t n = sizeof(h->buffer) - h->tail;

		if (n > len)
			n = len;
		memcpy(h->buffer + h->tail, from, n);
		h->tail += n;
		from += n;
		len -= n;
		if (h->tail < sizeof(h->buffer))
			continue;
		if (run_until(h, buffer_empty) < 0)
			return h->result;
		h->head = h->tail = 0;
	}
	return 0;
}

/* Closes the connection; what curl has not sent by now is never sent. */
static void disconnect(struct https *h)
{
	if (h->multi && h->easy)
		curl_multi_remove_handle(h->multi, h->easy);
	curl_easy_cleanup(h->easy);
	if (h->multi)
		curl_multi_cleanup(h->multi);
	h->easy = NULL;
	h->multi = NULL;
	h->done = true;
}

static int https_commit(struct sink *s)
{
	struct https *h = container_of(s, struct https, base);

	h->eof = true;
	if (!h->done)
		run_until(h, never);
	disconnect(h);
	return h->result;
}

static void https_abort(struct sink *s)
{
	struct https *h = container_of(s, struct https, base);

	disconnect(h);
	h->result = h->result ? h->result : -ECANCELED;
}

/* ---- open and close ---- */

/* The first option that curl refuses decides; a build without one of these is of no use. */
static CURLcode set_options(struct https *h, const char *url, const struct https_options *o)
{
	CURLcode bad = CURLE_OK;
#define SET(option, value) (bad = bad ? bad : curl_easy_setopt(h->easy, CURLOPT_##option, (value)))

	SET(URL, url);
	SET(PROTOCOLS_STR, "https");
	SET(CAINFO, o->ca_file);
	SET(SSL_VERIFYPEER, 1L);
	SET(SSL_VERIFYHOST, 2L);
	SET(SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(UPLOAD, 1L);
	if (o->post)
		SET(CUSTOMREQUEST, "POST");
	if (o->cert_file) {
		SET(SSLCERT, o->cert_file);
		SET(SSLKEY, o->key_file);
	}
	SET(HTTPHEADER, h->headers);
	SET(EXPECT_100_TIMEOUT_MS, EXPECT_MS);
	SET(USERAGENT, "kdump-init/" KDUMP_VERSION);
	SET(FAILONERROR, 1L);
	SET(FOLLOWLOCATION, 0L);
	SET(CONNECTTIMEOUT, (long)o->connect_timeout_s);
	SET(TCP_KEEPALIVE, 1L);
	SET(TCP_KEEPIDLE, 10L);
	SET(TCP_KEEPINTVL, 5L);
	/* no SIGALRM: it could hit another thread */
	SET(NOSIGNAL, 1L);
	SET(FORBID_REUSE, 1L);
	SET(BUFFERSIZE, 4096L);
	SET(UPLOAD_BUFFERSIZE, CURL_BUFFER);
	SET(READFUNCTION, on_read);
	SET(READDATA, h);
	SET(WRITEFUNCTION, on_write);
	SET(SOCKOPTFUNCTION, on_socket);
	SET(SOCKOPTDATA, h);
	SET(ERRORBUFFER, h->curl_text);
#undef SET
	bad = bad ? bad : families_limit(h->easy);
	/* where curl knows proxies at all: no environment variable brings one in */
	curl_easy_setopt(h->easy, CURLOPT_PROXY, "");
	return bad;
}

static int add_header(struct https *h, const char *line)
{
	struct curl_slist *l = curl_slist_append(h->headers, line);

	if (!l)
		return -ENOMEM;
	h->headers = l;
	return 0;
}

static int add_headers(struct https *h, const struct https_options *o)
{
	char type[80];
	int r = add_header(h, "Expect: 100-continue");

	r = r ? r : add_header(h, "Transfer-Encoding: chunked");
	snprintf(type, sizeof(type), "Content-Type: %.60s",
		 o->content_type ? o->content_type : "application/octet-stream");
	r = r ? r : add_header(h, type);
	for (unsigned i = 0; i < o->n_headers && !r; i++)
		r = add_header(h, o->headers[i]);
	return r;
}

static int prepare(struct https *h, const char *url, const struct https_options *o)
{
	const char *bad;

	h->curl_ready = !curl_global_init(CURL_GLOBAL_DEFAULT);
	if (!h->curl_ready)
		return fail(h, -EPROTO, "libcurl cannot be started");
	bad = https_check_url(url, h->server);
	if (bad)
		return fail(h, -EINVAL, bad);
	if (access(o->ca_file, R_OK) < 0) {
		int r = -errno;

		snprintf(h->server, sizeof(h->server), "%s", o->ca_file);
		return fail(h, r, strerror(-r));
	}
	h->multi = curl_multi_init();
	h->easy = curl_easy_init();
	if (!h->multi || !h->easy || add_headers(h, o) < 0)
		return fail(h, -ENOMEM, "no memory");
	if (set_options(h, url, o) != CURLE_OK ||
	    curl_multi_add_handle(h->multi, h->easy) != CURLM_OK)
		return fail(h, -EINVAL, "this libcurl lacks an option");
	return 0;
}

/* On another connection. */
static int begin_again(struct https *h)
{
	curl_multi_remove_handle(h->multi, h->easy);
	if (curl_multi_add_handle(h->multi, h->easy) != CURLM_OK)
		return h->result;
	h->done = false;
	h->result = 0;
	h->error[0] = '\0';
	return run_until(h, body_wanted);
}

/*
 * musl takes a name server's refusal to answer for IPv6 (AAAA) as a failure of the whole look-up,
 * and there are such name servers: dnsmasq 2.86 and later without an upstream server.
 */
static int again_with_ipv4(struct https *h)
{
	curl_easy_setopt(h->easy, CURLOPT_IPRESOLVE, (long)CURL_IPRESOLVE_V4);
	return begin_again(h);
}

/*
 * A server that is there, and dropped the connection before it heard of the body, may take the next
 * one. Where it does not, what was said first counts.
 */
static int again_after_loss(struct https *h)
{
	char said[sizeof(h->error)];
	int first = h->result;

	memcpy(said, h->error, sizeof(said));
	for (unsigned n = 1; n < OPEN_TRIES && is_lost(h->result); n++) {
		sleep(n);
		begin_again(h);
	}
	if (h->result) {
		memcpy(h->error, said, sizeof(said));
		h->result = first;
	}
	return h->result;
}

int https_open(const char *url, const struct https_options *o, struct https **ret)
{
	struct https *h = calloc(1, sizeof(*h));
	int r;

	if (!h)
		return -ENOMEM;
	h->base = (struct sink){ .put = https_put, .commit = https_commit, .abort = https_abort };
	h->stall_ms = (uint64_t)o->stall_s * 1000;
	h->fd = -1;
	*ret = h;
	strcpy(h->server, "https");
	r = prepare(h, url, o);
	if (!r)
		r = run_until(h, body_wanted);
	if (h->unresolved)
		r = again_with_ipv4(h);
	return is_lost(r) && !h->asked ? again_after_loss(h) : r;
}

struct sink *https_sink(struct https *h)
{
	return &h->base;
}

const char *https_error(const struct https *h)
{
	return h->error;
}

void https_free(struct https *h)
{
	if (!h)
		return;
	disconnect(h);
	curl_slist_free_all(h->headers);
	if (h->curl_ready)
		curl_global_cleanup();
	free(h);
}
