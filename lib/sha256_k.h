/* SPDX-License-Identifier: MIT */
#ifndef LIB_SHA256_K_H
#define LIB_SHA256_K_H

#include <stdint.h>

/* The constants of SHA-256's rounds (FIPS 180-4, 4.2.2). */
extern const uint32_t sha256_k[64];

#endif
