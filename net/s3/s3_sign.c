/* SPDX-License-Identifier: MIT */
#include "net/s3/s3_sign.h"

#include <errno.h>
#include <mbedtls/md.h>
#include <stdio.h>
#include <string.h>

#define ALGORITHM "AWS4-HMAC-SHA256"

/* The canonical request as it is hashed: it never lies in memory as a whole. */
static void add_text(struct sha256 *sum, const char *text)
{
	sha256_add(sum, text, strlen(text));
}

static void add_names(struct sha256 *sum, const struct s3_signed *q)
{
	for (unsigned i = 0; i < q->n_headers; i++) {
		add_text(sum, i ? ";" : "");
		add_text(sum, q->header[i].name);
	}
}

static void hash_request(const struct s3_signed *q, char ret[SHA256_TEXT])
{
	struct sha256 sum;

	sha256_init(&sum);
	add_text(&sum, q->method);
	add_text(&sum, "\n");
	add_text(&sum, q->path);
	add_text(&sum, "\n");
	add_text(&sum, q->query);
	add_text(&sum, "\n");
	for (unsigned i = 0; i < q->n_headers; i++) {
		add_text(&sum, q->header[i].name);
		add_text(&sum, ":");
		add_text(&sum, q->header[i].value);
		add_text(&sum, "\n");
	}
	add_text(&sum, "\n");
	add_names(&sum, q);
	add_text(&sum, "\n");
	add_text(&sum, q->payload_sha256);
	sha256_text(&sum, ret);
}

static void hmac(const uint8_t *key, size_t n, const char *text, uint8_t ret[32])
{
	mbedtls_md_hmac(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), key, n, (const uint8_t *)text,
			strlen(text), ret);
}

/* The key of a day, a region and a service. */
static int derive_key(const struct s3_signed *q, uint8_t ret[32])
{
	char secret[160], day[9];
	int n = snprintf(secret, sizeof(secret), "AWS4%s", q->secret_key);

	if (n >= (int)sizeof(secret))
		return -E2BIG;
	snprintf(day, sizeof(day), "%.8s", q->date);
	hmac((const uint8_t *)secret, (size_t)n, day, ret);
	explicit_bzero(secret, sizeof(secret));
	hmac(ret, 32, q->region, ret);
	hmac(ret, 32, q->service, ret);
	hmac(ret, 32, "aws4_request", ret);
	return 0;
}

int s3_sign(const struct s3_signed *q, char ret[S3_SIGN_AUTH_BYTES])
{
	char scope[128], digest[SHA256_TEXT], text[384];
	uint8_t key[32], signature[32];
	size_t at;
	int r;

	if ((size_t)snprintf(scope, sizeof(scope), "%.8s/%s/%s/aws4_request", q->date, q->region,
			     q->service) >= sizeof(scope))
		return -E2BIG;
	hash_request(q, digest);
	snprintf(text, sizeof(text), ALGORITHM "\n%s\n%s\n%s", q->date, scope, digest);
	r = derive_key(q, key);
	if (r)
		return r;
	hmac(key, sizeof(key), text, signature);
	explicit_bzero(key, sizeof(key));
	at = (size_t)snprintf(ret, S3_SIGN_AUTH_BYTES,
			      ALGORITHM " Credential=%s/%s,SignedHeaders=", q->access_key, scope);
	for (unsigned i = 0; i < q->n_headers && at < S3_SIGN_AUTH_BYTES; i++)
		at += (size_t)snprintf(ret + at, S3_SIGN_AUTH_BYTES - at, "%s%s", i ? ";" : "",
				       q->header[i].name);
	if (at + 80 >= S3_SIGN_AUTH_BYTES)
		return -E2BIG;
	at += (size_t)sprintf(ret + at, ",Signature=");
	for (int i = 0; i < 32; i++)
		at += (size_t)sprintf(ret + at, "%02x", signature[i]);
	return 0;
}

void s3_sign_date(time_t now, char ret[S3_SIGN_DATE_BYTES])
{
	struct tm tm = { 0 };

	gmtime_r(&now, &tm);
	if (!strftime(ret, S3_SIGN_DATE_BYTES, "%Y%m%dT%H%M%SZ", &tm))
		ret[0] = '\0';
}

int s3_sign_encode(const char *text, int keep_slash, char *ret, size_t size)
{
	static const char plain[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
	size_t at = 0;

	for (; *text; text++) {
		if (at + 4 > size)
			return -E2BIG;
		if (strchr(plain, *text) || (keep_slash && *text == '/'))
			ret[at++] = *text;
		else
			at += (size_t)sprintf(ret + at, "%%%02X", (unsigned char)*text);
	}
	if (at >= size)
		return -E2BIG;
	ret[at] = '\0';
	return 0;
}
