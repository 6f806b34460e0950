/* SPDX-License-Identifier: MIT */
#include "net/s3/s3_keys.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/cleanup.h"
#include "lib/dumps/json_read.h"
#include "net/deadline.h"

#define AGAIN_MS 20000 /* the service limits how often each machine may ask */

/* Without blanks at its ends. */
static char *trim(char *s)
{
	size_t n;

	while (isspace((unsigned char)*s))
		s++;
	n = strlen(s);
	while (n && isspace((unsigned char)s[n - 1]))
		n--;
	s[n] = '\0';
	return s;
}

static bool is_plain(const char *s)
{
	for (; *s; s++) {
		if (*s <= ' ' || *s > '~')
			return false;
	}
	return true;
}

/* False: it does not fit, or has letters that no key has. */
static bool take_value(const char *value, char *ret, size_t size)
{
	return is_plain(value) && (size_t)snprintf(ret, size, "%s", value) < size;
}

static bool take_line(char *line, struct s3_keys *ret)
{
	char *equals = strchr(line, '='), *name, *value;

	if (!equals)
		return true;
	*equals = '\0';
	name = trim(line);
	value = trim(equals + 1);
	if (!strcasecmp(name, "aws_access_key_id"))
		return take_value(value, ret->access, sizeof(ret->access));
	if (!strcasecmp(name, "aws_secret_access_key"))
		return take_value(value, ret->secret, sizeof(ret->secret));
	if (!strcasecmp(name, "aws_session_token"))
		return take_value(value, ret->token, sizeof(ret->token));
	return true;
}

int s3_keys_parse(const char *text, struct s3_keys *ret)
{
	_free_ char *copy = strdup(text);
	bool ours = true, good = true;
	char *rest = copy;

	memset(ret, 0, sizeof(*ret));
	for (char *line; rest && good && (line = strsep(&rest, "\n"));) {
		line = trim(line);
		if (*line == '#' || *line == ';')
			continue;
		if (*line == '[')
			ours = !strcmp(line, "[default]");
		else if (ours)
			good = take_line(line, ret);
	}
	if (copy)
		explicit_bzero(copy, strlen(text));
	return copy && good && ret->access[0] && ret->secret[0] ? 0 : -EINVAL;
}

int s3_keys_parse_json(const char *text, size_t len, struct s3_keys *ret)
{
	memset(ret, 0, sizeof(*ret));
	if (json_read_check(text, len) ||
	    json_read_string(text, len, "AccessKeyId", ret->access, sizeof(ret->access)) ||
	    json_read_string(text, len, "SecretAccessKey", ret->secret, sizeof(ret->secret)) ||
	    json_read_string(text, len, "Token", ret->token, sizeof(ret->token)))
		return -EBADMSG;
	return is_plain(ret->access) && is_plain(ret->secret) && is_plain(ret->token) ? 0
										      : -EBADMSG;
}

/* The body of an answer, which is one line. */
static int ask(struct s3_http *h, const struct s3_http_request *q, struct s3_http_answer *a,
	       char why[S3_HTTP_WHY_BYTES])
{
	int r = s3_http_run(h, q, a, why);

	if (r)
		return r;
	if (a->status == 200)
		return 0;
	snprintf(why, S3_HTTP_WHY_BYTES, "the instance's metadata: HTTP status %ld%s", a->status,
		 a->status == 404 ? ": no role is attached to the machine" : "");
	if (a->status == 404)
		return -ENOENT;
	return a->status == 429 || a->status >= 500 ? -EAGAIN : -EPROTO;
}

static int ask_with(struct s3_http *h, struct s3_http_answer *a, const char *token,
		    const char *base, const char *role, char why[S3_HTTP_WHY_BYTES])
{
	char url[512], header[1024];
	const char *headers[] = { header };
	const struct s3_http_request q = {
		.method = "GET", .url = url, .header = headers, .n_headers = 1, .plain = true
	};

	snprintf(header, sizeof(header), "X-aws-ec2-metadata-token: %s", token);
	snprintf(url, sizeof(url), "%s/latest/meta-data/iam/security-credentials/%s", base, role);
	return ask(h, &q, a, why);
}

static int ask_all(struct s3_http *h, const char *base, struct s3_keys *ret,
		   char why[S3_HTTP_WHY_BYTES])
{
	static const char *const lifetime[] = { "X-aws-ec2-metadata-token-ttl-seconds: 21600" };
	_free_ struct s3_http_answer *a = malloc(sizeof(*a));
	char url[256], token[900], role[200];
	const struct s3_http_request first = {
		.method = "PUT", .url = url, .header = lifetime, .n_headers = 1, .plain = true
	};
	int r;

	if (!a)
		return -ENOMEM;
	snprintf(url, sizeof(url), "%s/latest/api/token", base);
	r = ask(h, &first, a, why);
	snprintf(token, sizeof(token), "%s", r ? "" : trim(a->body));
	r = r ? r : ask_with(h, a, token, base, "", why);
	if (!r)
		snprintf(role, sizeof(role), "%.*s", (int)strcspn(a->body, "\r\n"), a->body);
	if (!r && (!role[0] || !is_plain(role) || !is_plain(token)))
		r = -EBADMSG;
	r = r ? r : ask_with(h, a, token, base, role, why);
	if (!r)
		r = s3_keys_parse_json(a->body, a->len, ret);
	if (r == -EBADMSG)
		snprintf(why, S3_HTTP_WHY_BYTES, "the instance's metadata have no keys");
	explicit_bzero(a, sizeof(*a));
	return r;
}

int s3_keys_ask(struct s3_http *h, const char *base, struct s3_keys *ret,
		char why[S3_HTTP_WHY_BYTES])
{
	uint64_t end_ms = 0; /* from the first failure on */
	unsigned pause_s = 1;
	int r;

	while ((r = ask_all(h, base, ret, why)) == -EAGAIN || s3_http_is_loss(r)) {
		if (!end_ms)
			end_ms = deadline_in_ms(AGAIN_MS);
		if (!deadline_pause(end_ms, &pause_s))
			break;
	}
	return r;
}
