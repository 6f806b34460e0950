/* SPDX-License-Identifier: MIT */
/*
 * Sealing a file to public keys, in the format age-encryption.org/v1 (C2SP age.md) with recipients
 * of the kind X25519: who has the other half of one of the keys opens it with `age -d`. Pure
 * functions over the TLS library's primitives; sink_age.h makes files of them.
 *
 *	header		text: for each recipient a share and the wrapped file key, then a MAC
 *	nonce		16 bytes
 *	chunks		of 64 KiB, each with a tag of 16 bytes; the last one may be shorter, and is
 *			marked as the last, so that a cut is noticed
 */
#ifndef SEAL_AGE_H
#define SEAL_AGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/keys/age_key.h"

#define AGE_CHUNK_BYTES (64u << 10)
#define AGE_TAG_BYTES	16u
#define AGE_FILE_KEY	16
#define AGE_NONCE	16
/* Two lines of each recipient, the first and the last line, the nonce. */
#define AGE_HEADER_BYTES (AGE_KEYS_MAX * 100 + 96)

/* What is drawn anew for each file, and forgotten after it. */
struct age_secrets {
	uint8_t file_key[AGE_FILE_KEY];
	uint8_t nonce[AGE_NONCE];
	uint8_t ephemeral[AGE_KEYS_MAX][AGE_KEY_BYTES]; /* one for each recipient */
};

/* From the kernel, which may have to wait until it has gathered some. 0 or -errno. */
int age_draw(struct age_secrets *ret, unsigned n_keys);

/*
 * Header and nonce, for n_keys recipients, at least one. 0 with *ret_len; -EINVAL: no recipients,
 * too many, or a key of small order; -EIO: the library failed.
 */
int age_header(const uint8_t (*keys)[AGE_KEY_BYTES], unsigned n_keys, const struct age_secrets *s,
	       uint8_t buf[AGE_HEADER_BYTES], size_t *ret_len);

/* The state of the chunks. */
struct age_stream {
	uint8_t key[32];
	uint64_t chunk; /* number of the next one */
};

/* 0 or -EIO. */
int age_stream_begin(struct age_stream *s, const struct age_secrets *from);

/*
 * len bytes, AGE_CHUNK_BYTES unless it is the last chunk, which is empty in an empty file alone.
 * out gets len + AGE_TAG_BYTES; it may be the same memory. 0 or -EIO.
 */
int age_seal_chunk(struct age_stream *s, const uint8_t *in, size_t len, bool last, uint8_t *out);

/*
 * A short text, sealed and as ASCII: "-----BEGIN AGE ENCRYPTED FILE-----…", lines of 64 letters. 0,
 * -ENOSPC: size is too small; else as above.
 */
#define AGE_ARMOR_BYTES(len) (((AGE_HEADER_BYTES + (len) + AGE_TAG_BYTES) / 48 + 1) * 65 + 80)
int age_armor(const uint8_t (*keys)[AGE_KEY_BYTES], unsigned n_keys, const struct age_secrets *s,
	      const char *text, char *buf, size_t size);

#endif
