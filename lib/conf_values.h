/* SPDX-License-Identifier: MIT */
/*
 * Values of kdump.conf, for conf.c alone. A value is text without blanks at its ends, not empty,
 * and may be cut up; what is returned points into it. All return 0, or -EINVAL with err->text.
 */
#ifndef LIB_CONF_VALUES_H
#define LIB_CONF_VALUES_H

#include <stdint.h>

#include "lib/conf.h"

/* Always -EINVAL, for `return conf_fail(…)`. */
int conf_fail(struct conf_error *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The one word of a value. */
int conf_word(const char *what, char *value, const char **ret, struct conf_error *err);
/* Appends the value's words to a list of *n, of which max fit. */
int conf_list(const char *what, char *value, const char **list, unsigned *n, unsigned max,
	      struct conf_error *err);
/* dev is one word. */
int conf_device(const char *dev, const char **ret, struct conf_error *err);
int conf_url(char *value, const char **ret, struct conf_error *err);
/* A folder below the target's root, without a way out of it. */
int conf_path(char *value, const char **ret, struct conf_error *err);
/* Bytes: a number with nothing, K, M, G or T (powers of 1024) behind it. */
int conf_size(const char *what, const char *value, uint64_t *ret, struct conf_error *err);
int conf_net(char *value, struct conf_net *ret, struct conf_error *err);
int conf_collector(char *value, struct collector *ret, struct conf_error *err);

#endif
