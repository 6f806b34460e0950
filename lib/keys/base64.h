/* SPDX-License-Identifier: MIT */
/*
 * Base64 (RFC 4648 4), in one piece.
 */
#ifndef LIB_KEYS_BASE64_H
#define LIB_KEYS_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Letters of len bytes, at most, with the NUL. */
#define BASE64_BYTES(len) (((len) + 2) / 3 * 4 + 1)

/* Writes the letters and a NUL, with '=' up to a multiple of four if pad. Returns how many. */
size_t base64_encode(const uint8_t *from, size_t len, bool pad, char *to);

/*
 * Reads letters up to len, without blanks among them; '=' may be missing. Bits that no byte needs
 * must be zero. The number of bytes, at most size, or -EBADMSG.
 */
long base64_decode(const char *from, size_t len, uint8_t *to, size_t size);

#endif
