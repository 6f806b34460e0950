/* SPDX-License-Identifier: MIT */
#include "lib/conf/target/conf_s3.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/conf/conf_parse.h"
#include "lib/conf/target/conf_place.h"
#include "lib/conf/target/conf_target.h"

#define SCHEME "s3://"

/* What S3 allows, which no path or host name takes for something else. */
static bool is_bucket(const char *s, size_t n)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789.-";

	if (n < 3 || n > 63 || *s == '.' || *s == '-')
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!strchr(letters, s[i]))
			return false;
	}
	return true;
}

static int split_where(const char *where, struct conf_s3_place *ret)
{
	const char *bucket = where + sizeof(SCHEME) - 1, *prefix;
	size_t n;

	if (strncasecmp(where, SCHEME, sizeof(SCHEME) - 1))
		return -EINVAL;
	n = strcspn(bucket, "/");
	prefix = bucket + n;
	prefix += strspn(prefix, "/");
	if (!is_bucket(bucket, n) || strlen(prefix) >= sizeof(ret->prefix))
		return -EINVAL;
	snprintf(ret->bucket, sizeof(ret->bucket), "%.*s", (int)n, bucket);
	strcpy(ret->prefix, prefix);
	for (n = strlen(ret->prefix); n && ret->prefix[n - 1] == '/'; n--)
		ret->prefix[n - 1] = '\0';
	return 0;
}

int conf_s3_split(const struct conf_target *t, struct conf_s3_place *ret)
{
	const struct conf_s3 *s3 = t->s3;
	int r = split_where(t->where, ret);

	if (r)
		return r;
	ret->region = s3->region ? s3->region : "us-east-1";
	if (s3->endpoint)
		snprintf(ret->endpoint, sizeof(ret->endpoint), "%s", s3->endpoint);
	else
		snprintf(ret->endpoint, sizeof(ret->endpoint), "https://s3.%.100s.amazonaws.com",
			 ret->region);
	/* a certificate has one level of names, so that a bucket with dots is none of its */
	ret->host_style = s3->style == CONF_S3_HOST ||
			  (s3->style == CONF_S3_AUTO && !s3->endpoint && !strchr(ret->bucket, '.'));
	return 0;
}

/* ---------------------------------------------------------------- lines */

int conf_parse_s3(const struct conf_directive *d, char *value, struct conf_state *s,
		  struct conf_error *err)
{
	struct conf_target t = {
		.kind = CONF_TARGET_S3, .type = d->name, .line = s->line, .s3 = &s->conf->s3
	};
	struct conf_s3_place place;
	int r = conf_word(t.type, value, &t.where, err);

	if (r)
		return r;
	if (split_where(t.where, &place))
		return conf_fail(err,
				 "'%.60s' is no bucket; write s3://BUCKET or s3://BUCKET/PREFIX",
				 t.where);
	return conf_target_add(s->conf, &t, err);
}

int conf_parse_s3_endpoint(const struct conf_directive *d, char *value, struct conf_state *s,
			   struct conf_error *err)
{
	const char *url;
	int r = conf_url(value, &url, err);
	size_t n;

	if (r)
		return r;
	n = strlen(url);
	if (n >= CONF_S3_ENDPOINT_BYTES || url[8 + strcspn(url + 8, "/?")] == '?' ||
	    (strchr(url + 8, '/') && strchr(url + 8, '/')[1]))
		return conf_fail(err,
				 "%s is a server alone; write https://HOST or https://HOST:PORT",
				 d->name);
	s->conf->s3.endpoint = url;
	return 0;
}

int conf_parse_s3_region(const struct conf_directive *d, char *value, struct conf_state *s,
			 struct conf_error *err)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

	if (strspn(value, letters) != strlen(value) || strlen(value) > 60)
		return conf_fail(err, "%s '%.40s' is no region; write a name as eu-central-1",
				 d->name, value);
	s->conf->s3.region = value;
	return 0;
}

int conf_parse_s3_style(const struct conf_directive *d, char *value, struct conf_state *s,
			struct conf_error *err)
{
	if (strcmp(value, "path") && strcmp(value, "host"))
		return conf_fail(err, "%s '%.40s' is unknown; write path or host", d->name, value);
	s->conf->s3.style = *value == 'p' ? CONF_S3_PATH : CONF_S3_HOST;
	return 0;
}

int conf_parse_s3_credentials(const struct conf_directive *d, char *value, struct conf_state *s,
			      struct conf_error *err)
{
	if (strcmp(value, "instance"))
		return conf_file(d->name, value, &s->conf->s3.keys_file, err);
	s->conf->s3.instance = true;
	return 0;
}
