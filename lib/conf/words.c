/* SPDX-License-Identifier: MIT */
/*
 * Words of a config line.
 */
#include "lib/conf/words.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static char *skip_blanks(char *s)
{
	while (is_blank(*s))
		s++;
	return s;
}

/* Cuts the first word off *rest; NULL when there is none left. */
char *words_next(char **rest)
{
	char *word = skip_blanks(*rest), *end = word;

	if (!*word)
		return NULL;
	while (*end && !is_blank(*end))
		end++;
	*rest = *end ? end + 1 : end;
	*end = '\0';
	return word;
}

char *words_trim(char *s)
{
	size_t len;

	s = skip_blanks(s);
	len = strlen(s);
	while (len && is_blank(s[len - 1]))
		s[--len] = '\0';
	return s;
}

/* The value of a line without comment, blanks at its ends and quotes around it. */
char *words_trim_value(char *s)
{
	size_t len;

	s[strcspn(s, "#")] = '\0';
	s = words_trim(s);
	len = strlen(s);
	if (len < 2 || (s[0] != '"' && s[0] != '\'') || s[len - 1] != s[0])
		return s;
	s[len - 1] = '\0';
	return words_trim(s + 1);
}

/* The whole number in s, which must be from min to max. */
int words_number(const char *s, unsigned min, unsigned max, unsigned *ret)
{
	unsigned long v;
	char *end;

	if (*s < '0' || *s > '9')
		return -EINVAL;
	errno = 0;
	v = strtoul(s, &end, 10);
	if (errno || *end || v < min || v > max)
		return -EINVAL;
	*ret = (unsigned)v;
	return 0;
}

int words_size(const char *s, uint64_t *ret)
{
	static const char units[] = "KkMmGgTt";
	const char *unit;
	unsigned shift;
	uint64_t v;
	char *end;

	if (*s < '0' || *s > '9')
		return -EINVAL;
	errno = 0;
	v = strtoull(s, &end, 10);
	/* strchr() finds the end of the string too */
	unit = *end ? strchr(units, *end) : NULL;
	if (*end && (!unit || end[1]))
		return -EINVAL;
	shift = unit ? 10 * (unsigned)((unit - units) / 2 + 1) : 0;
	if (errno || v > UINT64_MAX >> shift)
		return -ERANGE;
	*ret = v << shift;
	return 0;
}
