/* SPDX-License-Identifier: MIT */
/*
 * Values of kdump.conf, for the parser alone. A value is text without blanks at its ends, not
 * empty, and may be cut up; what is returned points into it. All return 0, with or without
 * err->note, or -EINVAL with err->text and the conf as it was.
 */
#ifndef LIB_CONF_CONF_VALUES_H
#define LIB_CONF_CONF_VALUES_H

#include <stdint.h>

#include "lib/conf/conf.h"

/* Of one line. */
struct conf_error {
	char text[720], note[720];
};

/* Always -EINVAL, for `return conf_fail(…)`. */
int conf_fail(struct conf_error *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Notes of one line follow each other. */
void conf_note(struct conf_error *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The one word of a value. */
int conf_word(const char *what, char *value, const char **ret, struct conf_error *err);
/* Appends the value's words to a list of *n, of which max fit. */
int conf_list(const char *what, char *value, const char **list, unsigned *n, unsigned max,
	      struct conf_error *err);
/* dev is one word. */
int conf_device(char *dev, const char **ret, struct conf_error *err);
int conf_url(char *value, const char **ret, struct conf_error *err);
/* The one word of a value, a file of the host. */
int conf_file(const char *what, char *value, const char **ret, struct conf_error *err);
/*
 * A folder below the target's root, without a way out of it. The byte before value may be written
 * to: it belongs to the line.
 */
int conf_path(char *value, const char **ret, struct conf_error *err);
/* As words_size(). */
int conf_size(const char *what, const char *value, uint64_t *ret, struct conf_error *err);

/* ---- conf_findings.c */

/* Nothing that could hide in a log line or end a string early. */
int conf_check_text(const char *line, size_t len, struct conf_error *err);
/* The line in a form that a log takes. */
void conf_show_text(const char *line, char *ret, size_t size);
/* The same for a whole line, of which a secret value is hidden. */
void conf_show_line(const char *line, char *ret, size_t size);
/* Of the byte-order mark, which is passed over. */
size_t conf_mark_bytes(const char *text, size_t len);
void conf_add_finding(struct conf_findings *found, const struct conf_finding *f);

#endif
