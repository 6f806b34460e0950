/* SPDX-License-Identifier: MIT */
/*
 * Who signs: keys of a file as the AWS programs have it, or of the machine's own instance metadata
 * service (IMDSv2).
 */
#ifndef NET_S3_S3_KEYS_H
#define NET_S3_S3_KEYS_H

#include "net/s3/s3_http.h"

#define S3_METADATA "http://169.254.169.254"

struct s3_keys {
	char access[132], secret[132];
	char token[2048]; /* of keys that expire; "": none */
};

/*
 * Lines "aws_access_key_id = …", "aws_secret_access_key = …", "aws_session_token = …" of the
 * section [default], or of a file without sections; `#` and `;` begin comments. 0 or -EINVAL: one
 * of the first two is missing, or too long.
 */
int s3_keys_parse(const char *text, struct s3_keys *ret);

/* Of the service's answer, JSON. 0 or -EBADMSG. */
int s3_keys_parse_json(const char *text, size_t len, struct s3_keys *ret);

/* Asks the service at base, S3_METADATA but for tests. 0 or -errno with why. */
int s3_keys_ask(struct s3_http *h, const char *base, struct s3_keys *ret,
		char why[S3_HTTP_WHY_BYTES]);

#endif
