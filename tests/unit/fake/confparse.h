/* SPDX-License-Identifier: MIT */
/*
 * A kdump.conf through the parser, and what it finds.
 */
#ifndef TESTS_UNIT_FAKE_CONFPARSE_H
#define TESTS_UNIT_FAKE_CONFPARSE_H

#include <errno.h>
#include <string.h>

#include "lib/conf/conf.h"
#include "tests/unit/test.h"

static char text[16384];
static struct conf conf;
static struct conf_findings found;
static struct conf_finding error; /* the first */

static inline int parse_bytes(const char *s, size_t len)
{
	int r;

	memcpy(text, s, len + 1);
	r = conf_parse(text, len, &conf, &found);
	error = conf_first_error(&found) ? *conf_first_error(&found) : (struct conf_finding){ 0 };
	return r;
}

static inline int parse(const char *s)
{
	return parse_bytes(s, strlen(s));
}

/* The file is taken, with one note in this line that contains these words. */
static inline void check_noted(const char *s, unsigned line, const char *words)
{
	CHECK_EQ(parse(s), 0);
	CHECK_EQ(found.n, 1);
	CHECK(found.at[0].is_note);
	CHECK_EQ(found.at[0].line, line);
	if (!strstr(found.at[0].text, words)) {
		printf("note: %s\n", found.at[0].text);
		CHECK(!"the note does not say what is expected");
	}
}

/* The file is refused in this line, and the reason contains these words. */
static inline void check_refused(const char *s, unsigned line, const char *words)
{
	CHECK_EQ(parse(s), -EINVAL);
	CHECK_EQ(error.line, line);
	if (!strstr(error.text, words)) {
		printf("reason: %s\n", error.text);
		CHECK(!"the reason does not say what is expected");
	}
}

#endif
