/* SPDX-License-Identifier: MIT */
#include "net/s3/s3_http.h"

#include <curl/curl.h>
#include <errno.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/text.h"
#include "net/deadline.h"
#include "net/families.h"
#include "net/https_date.h"
#include "net/https_url.h"

int s3_http_open(struct s3_http *h, const char *ca_file, unsigned connect_timeout_s,
		 unsigned stall_s)
{
	*h = (struct s3_http){ .ca_file = ca_file,
			       .connect_timeout_s = connect_timeout_s,
			       .stall_s = stall_s,
			       .fd = -1 };
	if (curl_global_init(CURL_GLOBAL_DEFAULT))
		return -EPROTO;
	h->easy = curl_easy_init();
	return h->easy ? 0 : -ENOMEM;
}

void s3_http_close(struct s3_http *h)
{
	if (h->multi && h->running)
		curl_multi_remove_handle(h->multi, h->easy);
	if (h->easy)
		curl_easy_cleanup(h->easy);
	if (h->multi)
		curl_multi_cleanup(h->multi);
	curl_slist_free_all(h->headers);
	h->easy = h->multi = h->headers = NULL;
}

/* ---------------------------------------------------------------- what curl calls */

static size_t on_read(char *to, size_t size, size_t n, void *arg)
{
	struct s3_http *h = arg;
	size_t left = h->q.len - h->sent;

	n *= size;
	n = n < left ? n : left;
	memcpy(to, (const char *)h->q.body + h->sent, n);
	h->sent += n;
	return n;
}

/* A connection that was kept may have been closed meanwhile: then the body is sent again. */
static int on_seek(void *arg, curl_off_t offset, int origin)
{
	struct s3_http *h = arg;

	if (origin != SEEK_SET || offset < 0 || (size_t)offset > h->q.len)
		return CURL_SEEKFUNC_FAIL;
	h->sent = (size_t)offset;
	return CURL_SEEKFUNC_OK;
}

static size_t on_write(char *from, size_t size, size_t n, void *arg)
{
	const struct s3_http *h = arg;
	struct s3_http_answer *a = h->answer;
	long status = 0;
	size_t *at, room, take;
	char *to;

	curl_easy_getinfo(h->easy, CURLINFO_RESPONSE_CODE, &status);
	if (h->q.to && status >= 200 && status < 300) {
		to = h->q.to;
		at = &a->to_len;
		room = h->q.to_len - *at;
	} else {
		to = a->body;
		at = &a->len;
		room = sizeof(a->body) - 1 - *at;
	}
	take = n * size < room ? n * size : room;
	memcpy(to + *at, from, take);
	*at += take;
	return n * size;
}

static bool take_header(const char *line, size_t len, const char *name, char *ret, size_t size)
{
	size_t n = strlen(name);

	if (len < n || strncasecmp(line, name, n))
		return false;
	line += n;
	len -= n;
	while (len && (*line == ' ' || *line == '\t')) {
		line++;
		len--;
	}
	while (len && strchr(" \r\n", line[len - 1]))
		len--;
	snprintf(ret, size, "%.*s", (int)len, line);
	text_make_printable(ret);
	return true;
}

static size_t on_header(char *line, size_t size, size_t n, void *arg)
{
	struct s3_http_answer *a = ((struct s3_http *)arg)->answer;
	uint64_t date;

	n *= size;
	take_header(line, n, "etag:", a->etag, sizeof(a->etag));
	take_header(line, n, "content-type:", a->content_type, sizeof(a->content_type));
	if (n > 5 && !strncasecmp(line, "date:", 5) && !https_date_parse(line + 5, n - 5, &date))
		a->date = (time_t)date;
	return n;
}

static int on_socket(void *arg, curl_socket_t fd, curlsocktype purpose)
{
	(void)purpose;
	((struct s3_http *)arg)->fd = fd;
	return CURL_SOCKOPT_OK;
}

/* Of the connection, both ways: what curl counts is what the kernel's buffer took. */
static uint64_t acknowledged(const struct s3_http *h, curl_off_t up, curl_off_t down)
{
	struct tcp_info i = { 0 };
	socklen_t len = sizeof(i);

	if (!getsockopt(h->fd, IPPROTO_TCP, TCP_INFO, &i, &len) &&
	    len >= offsetof(struct tcp_info, tcpi_bytes_received) + 8)
		return i.tcpi_bytes_acked + i.tcpi_bytes_received;
	return (uint64_t)(up + down);
}

/* Called about once a second, and with each piece. */
static int on_progress(void *arg, curl_off_t down_total, curl_off_t down, curl_off_t up_total,
		       curl_off_t up)
{
	struct s3_http *h = arg;
	uint64_t now = acknowledged(h, up, down);
	bool patient = h->q.patient && deadline_left_ms(h->began_ms + S3_HTTP_PATIENT_S * 1000ull);

	(void)down_total, (void)up_total;
	if (now < h->seen) /* another connection */
		h->seen = now;
	if (now - h->seen >= (patient ? 1 : S3_HTTP_LEAST)) {
		if (h->moved)
			atomic_fetch_add(h->moved, now - h->seen);
		h->seen = now;
		h->limit_ms = deadline_in_ms(h->stall_s * 1000ull);
	}
	h->stalled = !deadline_left_ms(h->limit_ms);
	return h->stalled;
}

/* ---------------------------------------------------------------- one request */

static CURLcode set_options(struct s3_http *h)
{
	const struct s3_http_request *q = &h->q;
	CURLcode bad = CURLE_OK;
#define SET(option, value) (bad = bad ? bad : curl_easy_setopt(h->easy, CURLOPT_##option, (value)))

	curl_easy_reset(h->easy);
	SET(URL, q->url);
	SET(PROTOCOLS_STR, q->plain ? "http" : "https");
	if (!q->plain) {
		SET(CAINFO, h->ca_file);
		SET(SSL_VERIFYPEER, 1L);
		SET(SSL_VERIFYHOST, 2L);
		SET(SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	}
	SET(HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(CUSTOMREQUEST, q->method);
	if (!strcmp(q->method, "HEAD"))
		SET(NOBODY, 1L);
	SET(HTTPHEADER, (struct curl_slist *)h->headers);
	if (q->body || !strcmp(q->method, "PUT") || !strcmp(q->method, "POST")) {
		SET(UPLOAD, 1L);
		SET(INFILESIZE_LARGE, (curl_off_t)q->len);
		SET(READFUNCTION, on_read);
		SET(READDATA, h);
		SET(SEEKFUNCTION, on_seek);
		SET(SEEKDATA, h);
		SET(UPLOAD_BUFFERSIZE, 65536L);
	}
	SET(WRITEFUNCTION, on_write);
	SET(WRITEDATA, h);
	SET(HEADERFUNCTION, on_header);
	SET(HEADERDATA, h);
	SET(SOCKOPTFUNCTION, on_socket);
	SET(SOCKOPTDATA, h);
	SET(NOPROGRESS, 0L);
	SET(XFERINFOFUNCTION, on_progress);
	SET(XFERINFODATA, h);
	SET(USERAGENT, "kdump-init/" KDUMP_VERSION);
	SET(FOLLOWLOCATION, 0L);
	SET(CONNECTTIMEOUT, (long)h->connect_timeout_s);
	SET(TCP_KEEPALIVE, 1L);
	SET(NOSIGNAL, 1L);
	SET(ERRORBUFFER, h->curl_text);
#undef SET
	bad = bad ? bad : families_limit(h->easy);
	curl_easy_setopt(h->easy, CURLOPT_PROXY, "");
	return bad;
}

/* The host of a URL, for messages. */
static void say_host(const char *url, char *ret, size_t size)
{
	const char *host = strstr(url, "://");

	host = host ? host + 3 : url;
	snprintf(ret, size, "%.*s", (int)strcspn(host, "/?"), host);
}

static int say_why(struct s3_http *h, char why[S3_HTTP_WHY_BYTES])
{
	char host[128], note[96];
	long os_errno = 0;

	say_host(h->q.url, host, sizeof(host));
	curl_easy_getinfo(h->easy, CURLINFO_OS_ERRNO, &os_errno);
	if (h->stalled) {
		snprintf(why, S3_HTTP_WHY_BYTES,
			 "%s: the transfer stalls: no more than %u bytes in %u s", host,
			 S3_HTTP_LEAST, h->stall_s);
		return -ETIMEDOUT;
	}
	snprintf(why, S3_HTTP_WHY_BYTES, "%s: %.120s%s", host,
		 h->curl_text[0] ? https_words(h->code, h->curl_text)
				 : curl_easy_strerror((CURLcode)h->code),
		 https_clock_note(h->code, time(NULL), note, sizeof(note)));
	text_make_printable(why);
	return https_errno(h->code, 0, os_errno, h->curl_text);
}

static CURLcode prepare(struct s3_http *h, const struct s3_http_request *q,
			struct s3_http_answer *ret)
{
	memset(ret, 0, sizeof(*ret));
	h->q = *q;
	h->answer = ret;
	h->sent = 0;
	h->curl_text[0] = '\0';
	h->stalled = false;
	h->seen = 0;
	h->began_ms = deadline_in_ms(0);
	h->limit_ms = deadline_in_ms((h->connect_timeout_s + h->stall_s) * 1000ull);
	for (unsigned i = 0; i < q->n_headers; i++) {
		struct curl_slist *more = curl_slist_append(h->headers, q->header[i]);

		if (!more)
			return CURLE_OUT_OF_MEMORY;
		h->headers = more;
	}
	return set_options(h);
}

static int take_result(struct s3_http *h, char why[S3_HTTP_WHY_BYTES])
{
	struct s3_http_answer *a = h->answer;
	curl_off_t told = 0;

	curl_slist_free_all(h->headers);
	h->headers = NULL;
	why[0] = '\0';
	if (h->code != CURLE_OK)
		return say_why(h, why);
	curl_easy_getinfo(h->easy, CURLINFO_RESPONSE_CODE, &a->status);
	curl_easy_getinfo(h->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &told);
	a->told_len = told > 0 ? (uint64_t)told : 0;
	return 0;
}

int s3_http_run(struct s3_http *h, const struct s3_http_request *q, struct s3_http_answer *ret,
		char why[S3_HTTP_WHY_BYTES])
{
	h->code = (int)prepare(h, q, ret);
	if (h->code == CURLE_OK)
		h->code = (int)curl_easy_perform(h->easy);
	if (h->code == CURLE_COULDNT_RESOLVE_HOST) {
		/* https.c says why: musl and name servers that refuse to answer for IPv6 */
		curl_easy_setopt(h->easy, CURLOPT_IPRESOLVE, (long)CURL_IPRESOLVE_V4);
		h->code = (int)curl_easy_perform(h->easy);
	}
	return take_result(h, why);
}

/* ---------------------------------------------------------------- one beside others */

int s3_http_begin(struct s3_http *h, const struct s3_http_request *q, struct s3_http_answer *ret,
		  char why[S3_HTTP_WHY_BYTES])
{
	h->multi = h->multi ? h->multi : curl_multi_init();
	h->code = (int)prepare(h, q, ret);
	if (h->code == CURLE_OK && (!h->multi || curl_multi_add_handle(h->multi, h->easy)))
		h->code = CURLE_OUT_OF_MEMORY;
	h->running = h->code == CURLE_OK;
	return h->running ? 0 : take_result(h, why);
}

bool s3_http_move(struct s3_http *h)
{
	int running = 0, left;
	const CURLMsg *m;

	if (!h->running)
		return true;
	if (curl_multi_perform(h->multi, &running))
		h->code = CURLE_OUT_OF_MEMORY;
	else if (running)
		return false;
	while ((m = curl_multi_info_read(h->multi, &left))) {
		if (m->msg == CURLMSG_DONE)
			h->code = (int)m->data.result;
	}
	curl_multi_remove_handle(h->multi, h->easy);
	h->running = false;
	return true;
}

void s3_http_wait(struct s3_http *const *h, unsigned n)
{
	struct timeval most = { .tv_usec = S3_HTTP_WAIT_MS * 1000 };
	fd_set read, write, except;
	int top = -1;

	FD_ZERO(&read);
	FD_ZERO(&write);
	FD_ZERO(&except);
	for (unsigned i = 0; i < n; i++) {
		long due_ms = -1;
		int fd = -1;

		if (!h[i]->running)
			continue;
		curl_multi_fdset(h[i]->multi, &read, &write, &except, &fd);
		curl_multi_timeout(h[i]->multi, &due_ms);
		top = fd > top ? fd : top;
		if (due_ms >= 0 && due_ms < most.tv_usec / 1000)
			most.tv_usec = due_ms * 1000;
	}
	select(top + 1, &read, &write, &except, &most);
}

int s3_http_end(struct s3_http *h, char why[S3_HTTP_WHY_BYTES])
{
	if (!h->running)
		return take_result(h, why);
	curl_multi_remove_handle(h->multi, h->easy);
	h->running = false;
	curl_slist_free_all(h->headers);
	h->headers = NULL;
	return -ECANCELED;
}

bool s3_http_is_loss(int r)
{
	return r == -ETIMEDOUT || r == -ECONNRESET || r == -EPIPE || r == -ECONNREFUSED ||
	       r == -EHOSTUNREACH || r == -ENETUNREACH;
}
