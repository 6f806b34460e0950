/* SPDX-License-Identifier: MIT */
/*
 * A JSON writer into the caller's buffer: no allocation, commas and escapes by itself, and an
 * overflow that is seen once, at the end. Keys are NULL inside arrays and for the outermost
 * value.
 */
#ifndef LIB_JSON_H
#define LIB_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json {
	char *buf;
	size_t size, len;
	unsigned depth;
	bool comma; /* the next value of this level needs one before it */
	bool full;  /* something did not fit */
};

void json_init(struct json *j, char *buf, size_t size);
void json_object(struct json *j, const char *key);
void json_array(struct json *j, const char *key);
void json_end_object(struct json *j);
void json_end_array(struct json *j);
/* Bytes that are not UTF-8 become U+FFFD; NULL writes null. */
void json_string(struct json *j, const char *key, const char *value);
void json_uint(struct json *j, const char *key, uint64_t value);
void json_bool(struct json *j, const char *key, bool value);
/* Milliseconds as seconds with three digits. */
void json_seconds(struct json *j, const char *key, uint64_t ms);
/* Ends the text with a newline and NUL. 0, or -ENOSPC if anything was cut. */
int json_finish(struct json *j);

#endif
