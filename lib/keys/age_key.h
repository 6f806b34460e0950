/* SPDX-License-Identifier: MIT */
/*
 * Recipients of sealed files: public keys of age (age-encryption.org/v1), as age-keygen prints
 * them.
 */
#ifndef LIB_KEYS_AGE_KEY_H
#define LIB_KEYS_AGE_KEY_H

#include <stdint.h>

#define AGE_MAGIC     "age-encryption.org/v1" /* the first line of a sealed file */
#define AGE_SUFFIX    ".age"		      /* of its name */
#define AGE_KEY_BYTES 32		      /* of a point of Curve25519 */
#define AGE_KEY_TEXT  62		      /* "age1…", without NUL */
#define AGE_KEYS_MAX  32		      /* of one file */
#define AGE_SECRET    "AGE-SECRET-KEY-"	      /* what the other half of a key begins with */

/*
 * "age1…" → the 32 bytes of an X25519 public key: Bech32 (BIP 173) with the prefix "age". NULL, or
 * what is wrong, as the end of a sentence that names the key. A point to which nobody can have the
 * secret (of small order, RFC 7748 6.1) is wrong, too.
 */
const char *age_key_parse(const char *text, uint8_t ret[AGE_KEY_BYTES]);

#endif
