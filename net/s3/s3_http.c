/* SPDX-License-Identifier: MIT */
#include "net/s3/s3_http.h"

#include <curl/curl.h>
#include <errno.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/text.h"
#include "net/deadline.h"
#include "net/families.h"
#include "net/https_date.h"
#include "net/https_url.h"

/* A running request. */
struct exchange {
	struct s3_http *h;
	const struct s3_http_request *q;
	struct s3_http_answer *a;
	size_t sent;
};

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
	if (h->easy)
		curl_easy_cleanup(h->easy);
	h->easy = NULL;
}

/* ---------------------------------------------------------------- what curl calls */

static size_t on_read(char *to, size_t size, size_t n, void *arg)
{
	struct exchange *x = arg;
	size_t left = x->q->len - x->sent;

	n *= size;
	n = n < left ? n : left;
	memcpy(to, (const char *)x->q->body + x->sent, n);
	x->sent += n;
	return n;
}

/* A connection that was kept may have been closed meanwhile: then the body is sent again. */
static int on_seek(void *arg, curl_off_t offset, int origin)
{
	struct exchange *x = arg;

	if (origin != SEEK_SET || offset < 0 || (size_t)offset > x->q->len)
		return CURL_SEEKFUNC_FAIL;
	x->sent = (size_t)offset;
	return CURL_SEEKFUNC_OK;
}

static size_t on_write(char *from, size_t size, size_t n, void *arg)
{
	struct exchange *x = arg;
	long status = 0;
	size_t *at, room, take;
	char *to;

	curl_easy_getinfo(x->h->easy, CURLINFO_RESPONSE_CODE, &status);
	if (x->q->to && status >= 200 && status < 300) {
		to = x->q->to;
		at = &x->a->to_len;
		room = x->q->to_len - *at;
	} else {
		to = x->a->body;
		at = &x->a->len;
		room = sizeof(x->a->body) - 1 - *at;
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
	struct exchange *x = arg;
	uint64_t date;

	n *= size;
	take_header(line, n, "etag:", x->a->etag, sizeof(x->a->etag));
	take_header(line, n, "content-type:", x->a->content_type, sizeof(x->a->content_type));
	if (n > 5 && !strncasecmp(line, "date:", 5) && !https_date_parse(line + 5, n - 5, &date))
		x->a->date = (time_t)date;
	return n;
}

static int on_socket(void *arg, curl_socket_t fd, curlsocktype purpose)
{
	(void)purpose;
	((struct exchange *)arg)->h->fd = fd;
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
	const struct exchange *x = arg;
	struct s3_http *h = x->h;
	uint64_t now = acknowledged(h, up, down);
	bool patient = x->q->patient && deadline_left_ms(h->began_ms + S3_HTTP_PATIENT_S * 1000ull);

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

static CURLcode set_options(struct s3_http *h, struct exchange *x, struct curl_slist *headers)
{
	const struct s3_http_request *q = x->q;
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
	SET(HTTPHEADER, headers);
	if (q->body || !strcmp(q->method, "PUT") || !strcmp(q->method, "POST")) {
		SET(UPLOAD, 1L);
		SET(INFILESIZE_LARGE, (curl_off_t)q->len);
		SET(READFUNCTION, on_read);
		SET(READDATA, x);
		SET(SEEKFUNCTION, on_seek);
		SET(SEEKDATA, x);
		SET(UPLOAD_BUFFERSIZE, 65536L);
	}
	SET(WRITEFUNCTION, on_write);
	SET(WRITEDATA, x);
	SET(HEADERFUNCTION, on_header);
	SET(HEADERDATA, x);
	SET(SOCKOPTFUNCTION, on_socket);
	SET(SOCKOPTDATA, x);
	SET(NOPROGRESS, 0L);
	SET(XFERINFOFUNCTION, on_progress);
	SET(XFERINFODATA, x);
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

static int say_why(struct s3_http *h, const struct s3_http_request *q, CURLcode code,
		   char why[S3_HTTP_WHY_BYTES])
{
	char host[128], note[96];
	long os_errno = 0;

	say_host(q->url, host, sizeof(host));
	curl_easy_getinfo(h->easy, CURLINFO_OS_ERRNO, &os_errno);
	if (h->stalled) {
		snprintf(why, S3_HTTP_WHY_BYTES,
			 "%s: the transfer stalls: no more than %u bytes in %u s", host,
			 S3_HTTP_LEAST, h->stall_s);
		return -ETIMEDOUT;
	}
	snprintf(why, S3_HTTP_WHY_BYTES, "%s: %.120s%s", host,
		 h->curl_text[0] ? https_words((int)code, h->curl_text) : curl_easy_strerror(code),
		 https_clock_note((int)code, time(NULL), note, sizeof(note)));
	text_make_printable(why);
	return https_errno((int)code, 0, os_errno, h->curl_text);
}

static CURLcode perform(struct s3_http *h, struct exchange *x, struct curl_slist *headers)
{
	CURLcode code = set_options(h, x, headers);

	h->curl_text[0] = '\0';
	h->stalled = false;
	h->seen = 0;
	h->began_ms = deadline_in_ms(0);
	h->limit_ms = deadline_in_ms((h->connect_timeout_s + h->stall_s) * 1000ull);
	code = code ? code : curl_easy_perform(h->easy);
	if (code != CURLE_COULDNT_RESOLVE_HOST)
		return code;
	/* https.c says why: musl and name servers that refuse to answer for IPv6 */
	curl_easy_setopt(h->easy, CURLOPT_IPRESOLVE, (long)CURL_IPRESOLVE_V4);
	return curl_easy_perform(h->easy);
}

int s3_http_run(struct s3_http *h, const struct s3_http_request *q, struct s3_http_answer *ret,
		char why[S3_HTTP_WHY_BYTES])
{
	struct exchange x = { .h = h, .q = q, .a = ret };
	struct curl_slist *headers = NULL;
	CURLcode code = CURLE_OUT_OF_MEMORY;
	curl_off_t told = 0;
	bool good = true;

	memset(ret, 0, sizeof(*ret));
	why[0] = '\0';
	for (unsigned i = 0; i < q->n_headers && good; i++) {
		struct curl_slist *more = curl_slist_append(headers, q->header[i]);

		good = more;
		headers = more ? more : headers;
	}
	if (good)
		code = perform(h, &x, headers);
	curl_slist_free_all(headers);
	if (code != CURLE_OK)
		return say_why(h, q, code, why);
	curl_easy_getinfo(h->easy, CURLINFO_RESPONSE_CODE, &ret->status);
	curl_easy_getinfo(h->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &told);
	ret->told_len = told > 0 ? (uint64_t)told : 0;
	return 0;
}

bool s3_http_is_loss(int r)
{
	return r == -ETIMEDOUT || r == -ECONNRESET || r == -EPIPE || r == -ECONNREFUSED ||
	       r == -EHOSTUNREACH || r == -ENETUNREACH;
}
