/* SPDX-License-Identifier: MIT */
/*
 * Names that on-disk formats keep as UTF-16.
 */
#ifndef LIB_BLOCK_UTF16_H
#define LIB_BLOCK_UTF16_H

#include <stddef.h>
#include <stdint.h>

/*
 * n little-endian units at from, up to a NUL, as UTF-8 of at most size - 1 bytes and a NUL. What
 * is no valid character or a control character becomes '?'. Cut between characters.
 */
void utf16_to_utf8(const uint8_t *from, size_t n, char *ret, size_t size);

#endif
