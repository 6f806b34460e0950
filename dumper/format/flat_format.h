/* SPDX-License-Identifier: MIT */
/*
 * The flattened format (makedumpfile -F): a header of 4096 bytes, then records of big-endian
 * offset and length and the bytes to be placed there; -1, -1 ends it.
 */
#ifndef DUMPER_FORMAT_FLAT_FORMAT_H
#define DUMPER_FORMAT_FLAT_FORMAT_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "lib/bytes.h"

#define FLAT_HEADER    4096u
#define FLAT_SIGNATURE 16u /* "makedumpfile" and zeros; then type and version, both 1 */
#define FLAT_RECORD    16u /* a record's offset and length */

/* head: the first FLAT_SIGNATURE + 16 bytes. */
static inline bool flat_header_ok(const uint8_t *head)
{
	return !memcmp(head, "makedumpfile\0\0\0", FLAT_SIGNATURE) &&
	       get_be64(head + FLAT_SIGNATURE) == 1 && get_be64(head + FLAT_SIGNATURE + 8) == 1;
}

#endif
