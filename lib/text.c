/* SPDX-License-Identifier: MIT */
#include "lib/text.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>

/* Overlong forms, surrogates, beyond U+10FFFF: what the second byte shows. */
static bool is_forbidden(unsigned char first, unsigned char second)
{
	return (first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
	       (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f);
}

size_t text_utf8_len(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t n = s[0] < 0x80 ? 1 : s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;

	if (s[0] >= 0x80 && (s[0] < 0xc2 || s[0] > 0xf4))
		return 0;
	/* the string's NUL never is a continuation */
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	}
	return n > 1 && is_forbidden(s[0], s[1]) ? 0 : n;
}

/* C1 is U+0080 to U+009F. */
static bool is_control(const unsigned char *s)
{
	return s[0] < ' ' || s[0] == 0x7f || (s[0] == 0xc2 && s[1] < 0xa0);
}

void text_make_printable(char *s)
{
	while (*s) {
		size_t n = text_utf8_len(s);

		if (!n || is_control((const unsigned char *)s)) {
			*s++ = '?';
			/* the second byte of a C1 character is no UTF-8 by itself: one more '?' */
			continue;
		}
		s += n;
	}
}

void text_utc(int64_t s, char ret[TEXT_UTC_BYTES])
{
	time_t t = (time_t)s;
	struct tm tm;

	/* strftime would bring locales and time zones into the program */
	if (gmtime_r(&t, &tm))
		snprintf(ret, TEXT_UTC_BYTES, "%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900,
			 tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
	else
		snprintf(ret, TEXT_UTC_BYTES, "%" PRId64, s);
}
