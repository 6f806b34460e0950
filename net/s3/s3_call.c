/* SPDX-License-Identifier: MIT */
#include "net/s3/s3_call.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/io.h"
#include "lib/text.h"
#include "net/deadline.h"
#include "net/s3/s3_sign.h"
#include "net/s3/s3_xml.h"

#define KEYS_FILE_BYTES (16u << 10)

/* ---------------------------------------------------------------- where and who */

static int read_keys(struct s3_caller *c)
{
	_free_ char *text = NULL;
	size_t len;
	int r;

	if (!c->place->keys_file)
		return s3_keys_ask(&c->http, S3_METADATA, &c->keys, c->why);
	r = io_load_file(AT_FDCWD, c->place->keys_file, KEYS_FILE_BYTES, &text, &len);
	r = r ? r : s3_keys_parse(text, &c->keys);
	if (text)
		explicit_bzero(text, len);
	if (r)
		snprintf(c->why, sizeof(c->why), "%s: %s", c->place->keys_file,
			 r == -EINVAL ? "no aws_access_key_id and aws_secret_access_key in it"
				      : strerror(-r));
	return r;
}

static int set_base(struct s3_caller *c)
{
	const struct s3_place *p = c->place;
	const char *host = p->endpoint + 8;
	size_t n = strlen(host);

	while (n && host[n - 1] == '/')
		n--;
	if (strncmp(p->endpoint, "https://", 8) || !n || memchr(host, '/', n) ||
	    n + strlen(p->bucket) + 2 > sizeof(c->host))
		return -EINVAL;
	snprintf(c->host, sizeof(c->host), "%s%s%.*s", p->host_style ? p->bucket : "",
		 p->host_style ? "." : "", (int)n, host);
	snprintf(c->prefix, sizeof(c->prefix), "/%s%s", p->host_style ? "" : p->bucket,
		 p->host_style ? "" : "/");
	snprintf(c->base, sizeof(c->base), "https://%s", c->host);
	return 0;
}

int s3_call_open(struct s3_caller *c, const struct s3_place *place)
{
	int r;

	c->place = place;
	c->clock_ahead_s = 0;
	c->why[0] = '\0';
	r = s3_http_open(&c->http, place->ca_file, place->connect_timeout_s, place->stall_s);
	if (!r)
		r = set_base(c);
	if (r == -EINVAL)
		snprintf(c->why, sizeof(c->why), "%.200s: no endpoint of S3", place->endpoint);
	c->http.moved = place->moved;
	return r ? r : read_keys(c);
}

void s3_call_close(struct s3_caller *c)
{
	s3_http_close(&c->http);
	explicit_bzero(&c->keys, sizeof(c->keys));
}

/* ---------------------------------------------------------------- one request */

/* Lines of a request, and what of them is signed; the values lie in the caller's. */
struct lines {
	struct s3_signed sign;
	char text[S3_SIGN_HEADERS + 2][2300];
	const char *line[S3_SIGN_HEADERS + 2];
	unsigned n;
};

static void add_line(struct lines *l, const char *name, const char *value)
{
	unsigned i = l->n++;

	snprintf(l->text[i], sizeof(l->text[i]), "%s: %s", name, value);
	l->line[i] = l->text[i];
}

/* Sorted by name, as the caller adds them. */
static void add_signed(struct lines *l, const char *name, const char *value)
{
	l->sign.header[l->sign.n_headers++] = (struct s3_header){ name, value };
	if (strcmp(name, "host"))
		add_line(l, name, value);
}

static void digest_of(const void *body, size_t len, char ret[SHA256_TEXT])
{
	struct sha256 sum;

	sha256_init(&sum);
	sha256_add(&sum, body, len);
	sha256_text(&sum, ret);
}

static int build_lines(const struct s3_caller *c, const struct s3_call *q, const char *path,
		       const char *digest, struct lines *l)
{
	char date[S3_SIGN_DATE_BYTES], auth[S3_SIGN_AUTH_BYTES], names[S3_NOTES_MAX][64];
	int r;

	s3_sign_date(time(NULL) + c->clock_ahead_s, date);
	l->n = 0;
	l->sign = (struct s3_signed){ .access_key = c->keys.access,
				      .secret_key = c->keys.secret,
				      .region = c->place->region,
				      .service = "s3",
				      .method = q->method,
				      .path = path,
				      .query = q->query,
				      .payload_sha256 = digest,
				      .date = date };
	add_signed(l, "host", c->host);
	add_signed(l, "x-amz-content-sha256", digest);
	add_signed(l, "x-amz-date", date);
	for (unsigned i = 0; i < q->n_notes && i < S3_NOTES_MAX; i++) {
		snprintf(names[i], sizeof(names[i]), "x-amz-meta-%s", q->note[i].name);
		add_signed(l, names[i], q->note[i].value);
	}
	if (c->keys.token[0])
		add_signed(l, "x-amz-security-token", c->keys.token);
	r = s3_sign(&l->sign, auth);
	add_line(l, "Authorization", auth);
	/* libcurl would guess one, which is for forms */
	add_line(l, "Content-Type", "application/octet-stream");
	return r;
}

/* http: runs the request, or begins it, and its answer comes into ret. */
static int send_once(struct s3_caller *c, const struct s3_call *q, const char *digest,
		     struct s3_http *http, struct s3_http_answer *ret,
		     int (*how)(struct s3_http *, const struct s3_http_request *,
				struct s3_http_answer *, char *))
{
	_free_ struct lines *l = malloc(sizeof(*l));
	char path[S3_KEY_BYTES + 160], url[S3_KEY_BYTES + 1500];
	struct s3_http_request h = { .method = q->method,
				     .url = url,
				     .body = q->body,
				     .len = q->len,
				     .patient = q->patient,
				     .to = q->to,
				     .to_len = q->to_len };
	int r;

	if (!l)
		return -ENOMEM;
	snprintf(path, sizeof(path), "%s%s", c->prefix, q->key);
	if ((size_t)snprintf(url, sizeof(url), "%s%s%s%s", c->base, path, q->query[0] ? "?" : "",
			     q->query) >= sizeof(url))
		return -ENAMETOOLONG;
	r = build_lines(c, q, path, digest, l);
	h.header = l->line;
	h.n_headers = l->n;
	r = r ? r : how(http, &h, ret, c->why);
	explicit_bzero(l, sizeof(*l));
	return r;
}

/* ---------------------------------------------------------------- what the server says */

static const struct refusal {
	const char *code; /* S3's */
	int error;
} refusals[] = {
	{ "AccessDenied", -EACCES },	      { "InvalidAccessKeyId", -EACCES },
	{ "SignatureDoesNotMatch", -EACCES }, { "ExpiredToken", -EACCES },
	{ "NoSuchBucket", -ENOENT },	      { "NoSuchKey", -ENOENT },
	{ "NoSuchUpload", -ENOENT },	      { "QuotaExceeded", -ENOSPC },
	{ "EntityTooLarge", -EFBIG },	      { "InsufficientStorage", -ENOSPC },
	{ "XMinioStorageFull", -ENOSPC },
};

/* An answer that is no success: its errno, and c->why in the server's words. */
static int read_refusal(struct s3_caller *c)
{
	const struct s3_http_answer *a = &c->answer;
	char code[64], words[160];

	s3_xml_text(a->body, a->len, "Code", code, sizeof(code));
	s3_xml_text(a->body, a->len, "Message", words, sizeof(words));
	snprintf(c->why, sizeof(c->why), "%.100s: HTTP status %ld%s%s%s%.100s", c->host, a->status,
		 code[0] ? ", " : "", code, words[0] ? ": " : "", words);
	text_make_printable(c->why);
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
		if (!strcmp(code, refusals[i].code))
			return refusals[i].error;
	}
	return a->status == 401 || a->status == 403   ? -EACCES
	       : a->status == 404		      ? -ENOENT
	       : a->status == 413 || a->status == 507 ? -ENOSPC
						      : -EPROTO;
}

bool s3_call_is_success(const struct s3_http_answer *a)
{
	return a->status >= 200 && a->status < 300 && !s3_xml_is(a->body, a->len, "Error");
}

static bool may_pass(const struct s3_http_answer *a)
{
	char code[32];

	if (a->status == 200 || a->status == 429 || a->status == 500 ||
	    (a->status >= 502 && a->status <= 504))
		return true;
	/* the connection broke while the body came */
	s3_xml_text(a->body, a->len, "Code", code, sizeof(code));
	return !strcmp(code, "RequestTimeout") || !strcmp(code, "SlowDown");
}

/* A clock that the server does not believe: its own is taken, once. */
static bool set_clock(struct s3_caller *c)
{
	char code[40];

	s3_xml_text(c->answer.body, c->answer.len, "Code", code, sizeof(code));
	if (c->clock_ahead_s || !c->answer.date ||
	    (strcmp(code, "RequestTimeTooSkewed") && strcmp(code, "AccessDenied") &&
	     strcmp(code, "RequestExpired")))
		return false;
	c->clock_ahead_s = (long)(c->answer.date - time(NULL));
	return labs(c->clock_ahead_s) > 240;
}

/* Keys of the machine's metadata end while a large dump is sent; the service has the next ones then. */
static bool renew_keys(struct s3_caller *c)
{
	struct s3_keys next;
	bool renewed;
	char code[40];

	s3_xml_text(c->answer.body, c->answer.len, "Code", code, sizeof(code));
	if (c->place->keys_file || strcmp(code, "ExpiredToken"))
		return false;
	renewed = !s3_keys_ask(&c->http, S3_METADATA, &next, c->why) &&
		  strcmp(next.access, c->keys.access) != 0;
	if (renewed)
		c->keys = next;
	explicit_bzero(&next, sizeof(next));
	return renewed;
}

int s3_call(struct s3_caller *c, const struct s3_call *q)
{
	uint64_t end_ms = 0; /* from the first failure on: a large part takes long */
	char digest[SHA256_TEXT];
	unsigned pause_s = 1;

	digest_of(q->body ? q->body : "", q->len, digest);
	for (;;) {
		int r = send_once(c, q, digest, &c->http, &c->answer, s3_http_run);
		bool again;

		if (!r && s3_call_is_success(&c->answer))
			return 0;
		if (!r && (set_clock(c) || renew_keys(c)))
			continue;
		again = r ? s3_http_is_loss(r) : may_pass(&c->answer);
		if (!r)
			r = read_refusal(c);
		if (!end_ms)
			end_ms = deadline_in_ms(c->place->stall_s * 1000ull);
		if (!again || !deadline_pause(end_ms, &pause_s))
			return r;
	}
}

int s3_call_begin(struct s3_caller *c, const struct s3_call *q, struct s3_http *http,
		  struct s3_http_answer *ret)
{
	char digest[SHA256_TEXT];

	digest_of(q->body ? q->body : "", q->len, digest);
	return send_once(c, q, digest, http, ret, s3_http_begin);
}
