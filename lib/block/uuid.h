/* SPDX-License-Identifier: MIT */
#ifndef LIB_BLOCK_UUID_H
#define LIB_BLOCK_UUID_H

#include <stdint.h>

enum { UUID_BYTES = 16, UUID_TEXT = 37 /* with the NUL */ };

/* The 16 bytes of uuid in lower case with dashes, into to, of UUID_TEXT bytes. */
void uuid_print(char *to, const uint8_t *uuid);

#endif
