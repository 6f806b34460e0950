/* SPDX-License-Identifier: MIT */
/*
 * A seal on the config of an image: its last line, a comment, holds a sum over all that stands
 * before it. It tells the text that kdump-mkinitrd wrote, and parsed, from any other. Against
 * damage and hand-made files, not against malice.
 */
#ifndef LIB_SEAL_H
#define LIB_SEAL_H

#include <stdbool.h>
#include <stddef.h>

#define SEAL_BYTES 40

/* The line that seals this text, newline included. */
void seal_line(const char *text, size_t len, char ret[SEAL_BYTES]);

/* Does text end with its seal, made by this very version of the programs? */
bool seal_holds(const char *text, size_t len);

#endif
