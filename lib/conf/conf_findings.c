/* SPDX-License-Identifier: MIT */
/*
 * What is said about the lines of kdump.conf.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/conf/conf_values.h"
#include "lib/keys/age_key.h"

/* Nothing that could hide in a log line or end a string early. */
int conf_check_text(const char *line, size_t len, struct conf_error *err)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char ch = (unsigned char)line[i];

		if (!ch)
			return conf_fail(err, "a NUL byte; save the file as plain text (UTF-8)");
		if ((ch < ' ' && ch != '\t') || ch == 0x7f)
			return conf_fail(err, "control character 0x%02x; remove it", ch);
	}
	return 0;
}

/* What follows from[0], n bytes of it. */
static void hide_bytes(const char *line, const char *from, size_t n, char *shown)
{
	size_t len = strlen(shown);

	for (size_t i = (size_t)(from + 1 - line); n-- && i < len; i++)
		shown[i] = '*';
}

/*
 * A URL may have a password in it, with an @ of its own perhaps, which belongs into no log. A byte
 * is shown as a byte, so that both have it at the same place.
 */
static void hide_user(const char *line, char *shown)
{
	const char *url = strstr(line, "://"), *at, *query;
	size_t len = strlen(shown);

	if (url)
		url += 3;
	else if (!strncmp(line, "https ", 6) || !strncmp(line, "https\t", 6))
		url = line + 6;
	else
		return;
	url += strspn(url, " \t");
	query = strchr(url, '?');
	if (query)
		hide_bytes(line, query, strcspn(query + 1, " \t'"), shown);
	at = memrchr(url, '@', strcspn(url, " \t"));
	for (const char *c = url; at && c < at && (size_t)(c - line) < len; c++)
		shown[c - line] = '*';
}

/* Half of a pair of keys, written where the other one belongs. */
static void hide_secret(char *shown)
{
	char *key = strcasestr(shown, AGE_SECRET);

	for (char *c = key ? key + sizeof(AGE_SECRET) - 1 : shown + strlen(shown); *c && *c != ' ';
	     c++)
		*c = '*';
}

/* The bytes of a letter in UTF-8; 0: none, or one of the control characters of a terminal. */
static size_t letter_bytes(const char *s)
{
	const unsigned char *c = (const unsigned char *)s;
	size_t n = c[0] >= ' ' && c[0] < 0x7f	 ? 1
		   : c[0] >= 0xc2 && c[0] < 0xe0 ? 2
		   : c[0] >= 0xe0 && c[0] < 0xf0 ? 3
		   : c[0] >= 0xf0 && c[0] < 0xf5 ? 4
						 : 0;

	for (size_t i = 1; i < n; i++) {
		if ((c[i] & 0xc0) != 0x80)
			return 0;
	}
	return n == 2 && c[0] == 0xc2 && c[1] < 0xa0 ? 0 : n;
}

void conf_show_text(const char *line, char *ret, size_t size)
{
	size_t n = 0, len;

	line += strspn(line, " \t");
	while (line[n]) {
		len = letter_bytes(line + n);
		if (n + (len ? len : 1) >= size)
			break;
		memcpy(ret + n, len ? line + n : line[n] == '\t' ? " " : "?", len ? len : 1);
		n += len ? len : 1;
	}
	while (n && ret[n - 1] == ' ')
		n--;
	ret[n] = '\0';
	hide_user(line, ret);
	hide_secret(ret);
}

/* A header may be a secret as a whole. */
void conf_show_line(const char *line, char *ret, size_t size)
{
	conf_show_text(line, ret, size);
	line += strspn(line, " \t");
	if (!strncmp(line, "https_header", 12))
		hide_bytes(line, line + 12, SIZE_MAX, ret);
}

/* What editors of other systems put in front of a text. */
size_t conf_mark_bytes(const char *text, size_t len)
{
	return len >= 3 && !memcmp(text, "\xef\xbb\xbf", 3) ? 3 : 0;
}

void conf_add_finding(struct conf_findings *found, const struct conf_finding *f)
{
	found->n_errors += !f->is_note;
	if (found->n < CONF_MAX_FINDINGS)
		found->at[found->n++] = *f;
}

const struct conf_finding *conf_first_error(const struct conf_findings *found)
{
	for (unsigned i = 0; i < found->n; i++) {
		if (!found->at[i].is_note)
			return &found->at[i];
	}
	return NULL;
}

void conf_say(const struct conf_finding *f, char ret[CONF_SAY_BYTES])
{
	snprintf(ret, CONF_SAY_BYTES, "line %u%s%s%s: %s", f->line, f->said[0] ? " (" : "", f->said,
		 f->said[0] ? ")" : "", f->text);
}
