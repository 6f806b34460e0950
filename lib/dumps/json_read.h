/* SPDX-License-Identifier: MIT */
/*
 * Single values out of a JSON text (RFC 8259) that may be anything: a path such as "capture.ram_bytes"
 * or "targets[0].why" leads to one. No allocation; nesting is bounded. Of equal keys the first counts.
 */
#ifndef LIB_DUMPS_JSON_READ_H
#define LIB_DUMPS_JSON_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_READ_DEPTH 32 /* objects and arrays inside each other */

/* Is the whole text one value, and nothing behind it but blanks? 0 or -EBADMSG. */
int json_read_check(const char *text, size_t len);

/*
 * The text at a path; len bytes that json_read_check() took. A string is copied without its
 * escapes, what does not fit is cut (between characters). 0; -ENOENT: there is no such value, or it
 * is null; -EINVAL: it is of another kind.
 */
int json_read_string(const char *text, size_t len, const char *path, char *ret, size_t size);

/* The same for a number without sign, fraction and exponent. -ERANGE: more than 64 bits. */
int json_read_uint(const char *text, size_t len, const char *path, uint64_t *ret);

#endif
