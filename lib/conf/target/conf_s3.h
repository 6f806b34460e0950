/* SPDX-License-Identifier: MIT */
/*
 * `s3` targets: s3://BUCKET/PREFIX, and where the bucket is.
 */
#ifndef LIB_CONF_TARGET_CONF_S3_H
#define LIB_CONF_TARGET_CONF_S3_H

#include "lib/conf/conf.h"

#define CONF_S3_KEYS	       "/etc/s3.keys" /* where the image keeps s3_credentials */
#define CONF_S3_ENDPOINT_BYTES 300

struct conf_s3_place {
	char bucket[64];
	char prefix[256]; /* without a '/' at its ends; "" */
	char endpoint[CONF_S3_ENDPOINT_BYTES];
	const char *region;
	bool host_style;
};

/* 0 or -EINVAL. The region of a server that has none is us-east-1. */
int conf_s3_split(const struct conf_target *t, struct conf_s3_place *ret);

#endif
