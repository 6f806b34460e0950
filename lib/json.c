/* SPDX-License-Identifier: MIT */
/*
 * The JSON writer; indented by two, one value a line, so that a person reads it too.
 */
#include "lib/json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/text.h"

void json_init(struct json *j, char *buf, size_t size)
{
	*j = (struct json){ .buf = buf, .size = size };
}

static void put_bytes(struct json *j, const char *text, size_t len)
{
	if (j->full || len >= j->size - j->len) {
		j->full = true;
		return;
	}
	memcpy(j->buf + j->len, text, len);
	j->len += len;
}

static void puts_(struct json *j, const char *text)
{
	put_bytes(j, text, strlen(text));
}

static void quoted(struct json *j, const char *value)
{
	char esc[8];

	puts_(j, "\"");
	while (*value) {
		unsigned char c = (unsigned char)*value;
		size_t n = text_utf8_len(value);

		if (c == '"' || c == '\\') {
			snprintf(esc, sizeof(esc), "\\%c", c);
			puts_(j, esc);
		} else if (c < 0x20 || c == 0x7f) {
			snprintf(esc, sizeof(esc), "\\u%04x", c);
			puts_(j, esc);
		} else if (!n) {
			puts_(j, "\xef\xbf\xbd");
		} else {
			put_bytes(j, value, n);
		}
		value += n ? n : 1;
	}
	puts_(j, "\"");
}

static void newline(struct json *j)
{
	puts_(j, "\n");
	for (unsigned i = 0; i < j->depth; i++)
		puts_(j, "  ");
}

static void begin_value(struct json *j, const char *key)
{
	if (j->comma)
		puts_(j, ",");
	if (j->depth)
		newline(j);
	if (key) {
		quoted(j, key);
		puts_(j, ": ");
	}
	j->comma = true;
}

static void open_level(struct json *j, const char *key, const char *bracket)
{
	begin_value(j, key);
	puts_(j, bracket);
	j->depth++;
	j->comma = false;
}

static void close_level(struct json *j, const char *bracket)
{
	bool empty = !j->comma;

	j->depth--;
	if (!empty)
		newline(j);
	puts_(j, bracket);
	j->comma = true;
}

void json_object(struct json *j, const char *key)
{
	open_level(j, key, "{");
}

void json_array(struct json *j, const char *key)
{
	open_level(j, key, "[");
}

void json_end_object(struct json *j)
{
	close_level(j, "}");
}

void json_end_array(struct json *j)
{
	close_level(j, "]");
}

void json_string(struct json *j, const char *key, const char *value)
{
	begin_value(j, key);
	if (value)
		quoted(j, value);
	else
		puts_(j, "null");
}

static void __attribute__((format(printf, 3, 4)))
bare(struct json *j, const char *key, const char *fmt, ...)
{
	char text[40];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	begin_value(j, key);
	puts_(j, text);
}

void json_uint(struct json *j, const char *key, uint64_t value)
{
	bare(j, key, "%" PRIu64, value);
}

void json_bool(struct json *j, const char *key, bool value)
{
	bare(j, key, "%s", value ? "true" : "false");
}

void json_seconds(struct json *j, const char *key, uint64_t ms)
{
	bare(j, key, "%" PRIu64 ".%03" PRIu64, ms / 1000, ms % 1000);
}

int json_finish(struct json *j)
{
	puts_(j, "\n");
	j->buf[j->len < j->size ? j->len : j->size - 1] = '\0';
	return j->full ? -ENOSPC : 0;
}
