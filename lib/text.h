/* SPDX-License-Identifier: MIT */
/*
 * Text that somebody else made: a dead kernel's names and log, names in an image or a folder.
 */
#ifndef LIB_TEXT_H
#define LIB_TEXT_H

#include <stddef.h>
#include <stdint.h>

/* Bytes of the UTF-8 character at s, a string's; 0 if it is none. NUL is a character of one byte. */
size_t text_utf8_len(const char *s);

/*
 * For a terminal, in place: each control character (C0, DEL, C1) and each byte that is no UTF-8
 * becomes '?'.
 */
void text_make_printable(char *s);

#define TEXT_UTC_BYTES 80 /* holds each of the following */

/* Seconds since 1970 as "2026-11-30T14:20:05Z"; a year that there is none of: the number itself. */
void text_utc(int64_t s, char ret[TEXT_UTC_BYTES]);

#endif
