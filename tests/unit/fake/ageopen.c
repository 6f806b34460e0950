/* SPDX-License-Identifier: MIT */
#include "tests/unit/fake/ageopen.h"

#include <mbedtls/chachapoly.h>
#include <mbedtls/ecp.h>
#include <mbedtls/hkdf.h>
#include <mbedtls/md.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "lib/keys/base64.h"

static const char letters[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

void ageopen_identity(const char *text, uint8_t ret[32])
{
	unsigned bits = 0, have = 0, n = 0;

	text = strchr(text, '1') + 1;
	for (; n < 32; text++) {
		bits = (bits << 5 | (unsigned)(strchr(letters, *text | 0x20) - letters)) & 0xfff;
		/* digits have that bit, too */
		if (have + 5 >= 8)
			ret[n++] = (uint8_t)(bits >> (have + 5 - 8));
		have = (have + 5) % 8;
	}
}

static int draw(void *ctx, unsigned char *buf, size_t len)
{
	(void)ctx;
	return getrandom(buf, len, 0) == (ssize_t)len ? 0 : -1;
}

static bool multiply(const uint8_t secret[32], const uint8_t point[32], uint8_t ret[32])
{
	mbedtls_ecp_group g;
	mbedtls_ecp_point p, q;
	mbedtls_mpi d;
	uint8_t scalar[32];
	size_t len;
	int r;

	mbedtls_ecp_group_init(&g);
	mbedtls_ecp_point_init(&p);
	mbedtls_ecp_point_init(&q);
	mbedtls_mpi_init(&d);
	memcpy(scalar, secret, 32);
	scalar[0] &= 0xf8;
	scalar[31] = (scalar[31] & 0x7f) | 0x40;
	r = mbedtls_ecp_group_load(&g, MBEDTLS_ECP_DP_CURVE25519);
	r = r ? r : mbedtls_mpi_read_binary_le(&d, scalar, 32);
	r = r ? r : mbedtls_ecp_point_read_binary(&g, &p, point, 32);
	r = r ? r : mbedtls_ecp_mul(&g, &q, &d, &p, draw, NULL);
	r = r ? r : mbedtls_ecp_point_write_binary(&g, &q, 0, &len, ret, 32);
	mbedtls_ecp_group_free(&g);
	mbedtls_ecp_point_free(&p);
	mbedtls_ecp_point_free(&q);
	mbedtls_mpi_free(&d);
	return !r;
}

static uint32_t add_letter(uint32_t sum, unsigned v)
{
	static const uint32_t g[] = { 0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3 };
	uint32_t top = sum >> 25;

	sum = (sum & 0x1ffffff) << 5 ^ v;
	for (int i = 0; i < 5; i++)
		sum ^= top >> i & 1 ? g[i] : 0;
	return sum;
}

void ageopen_text(const uint8_t key[32], char text[63])
{
	static const uint8_t prefix[] = { 3, 3, 3, 0, 1, 7, 5 };
	uint32_t sum = 1;
	unsigned n = 4;

	memcpy(text, "age1", 4);
	for (size_t i = 0; i < sizeof(prefix); i++)
		sum = add_letter(sum, prefix[i]);
	for (unsigned at = 0; at < 260; at += 5) {
		unsigned two = (unsigned)key[at / 8] << 8 | (at / 8 < 31 ? key[at / 8 + 1] : 0);
		unsigned v = two >> (11 - at % 8) & 31;

		sum = add_letter(sum, v);
		text[n++] = letters[v];
	}
	for (int i = 0; i < 6; i++)
		sum = add_letter(sum, 0);
	sum ^= 1;
	for (int i = 5; i >= 0; i--)
		text[n++] = letters[sum >> 5 * i & 31];
	text[n] = '\0';
}

void ageopen_public(const uint8_t secret[32], uint8_t ret[32], char text[63])
{
	static const uint8_t base[32] = { 9 };

	multiply(secret, base, ret);
	ageopen_text(ret, text);
}

static void derive(const uint8_t *from, size_t n, const uint8_t *salt, size_t salt_len,
		   const char *label, uint8_t ret[32])
{
	mbedtls_hkdf(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), salt, salt_len, from, n,
		     (const uint8_t *)label, strlen(label), ret, 32);
}

static bool open_box(const uint8_t key[32], const uint8_t nonce[12], const uint8_t *in, size_t len,
		     uint8_t *out)
{
	mbedtls_chachapoly_context c;
	int r;

	if (len < 16)
		return false;
	mbedtls_chachapoly_init(&c);
	mbedtls_chachapoly_setkey(&c, key);
	r = mbedtls_chachapoly_auth_decrypt(&c, len - 16, nonce, NULL, 0, in + len - 16, in, out);
	mbedtls_chachapoly_free(&c);
	return !r;
}

/* The line at *at, without its end. False: there is none. */
static bool next_line(const uint8_t **at, const uint8_t *end, const char **line, size_t *len)
{
	const uint8_t *newline = memchr(*at, '\n', (size_t)(end - *at));

	if (!newline)
		return false;
	*line = (const char *)*at;
	*len = (size_t)(newline - *at);
	*at = newline + 1;
	return true;
}

/* Without '=': age takes none. */
static bool decode(const char *s, size_t len, uint8_t *to, size_t want)
{
	return !memchr(s, '=', len) && base64_decode(s, len, to, want) == (long)want;
}

static bool try_recipient(const char *share_text, size_t share_len, const char *body,
			  size_t body_len, const uint8_t secret[32], uint8_t file_key[16])
{
	static const uint8_t base[32] = { 9 }, zero[32], no_nonce[12];
	uint8_t salt[64], shared[32], key[32], wrapped[32];

	if (!decode(share_text, share_len, salt, 32) || !decode(body, body_len, wrapped, 32) ||
	    !multiply(secret, salt, shared) || !memcmp(shared, zero, 32) ||
	    !multiply(secret, base, salt + 32))
		return false;
	derive(shared, 32, salt, 64, "age-encryption.org/v1/X25519", key);
	return open_box(key, no_nonce, wrapped, 32, file_key);
}

/* Where the payload begins; NULL. */
static const uint8_t *open_header(const uint8_t *file, const uint8_t *end, const uint8_t secret[32],
				  uint8_t file_key[16])
{
	static const char kind[] = "-> X25519 ";
	const uint8_t *at = file, *line_at;
	uint8_t key[32], mac[32], said[32];
	const char *line, *body;
	size_t len, body_len;
	bool found = false;

	if (!next_line(&at, end, &line, &len) || len != 21 ||
	    memcmp(line, "age-encryption.org/v1", 21))
		return NULL;
	for (;;) {
		line_at = at;
		if (!next_line(&at, end, &line, &len))
			return NULL;
		if (len < 10 || memcmp(line, kind, 10))
			break;
		if (!next_line(&at, end, &body, &body_len))
			return NULL;
		found |= try_recipient(line + 10, len - 10, body, body_len, secret, file_key);
	}
	if (!found || len < 4 || memcmp(line, "--- ", 4) || !decode(line + 4, len - 4, said, 32))
		return NULL;
	derive(file_key, 16, NULL, 0, "header", key);
	mbedtls_md_hmac(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), key, 32, file,
			(size_t)(line_at + 3 - file), mac);
	return memcmp(mac, said, 32) ? NULL : at;
}

static uint8_t *open_chunks(const uint8_t *at, const uint8_t *end, const uint8_t file_key[16],
			    size_t *ret_len)
{
	uint8_t *out, key[32], nonce[12] = { 0 };
	size_t n = 0;

	if (end - at < 16)
		return NULL;
	derive(file_key, 16, at, 16, "payload", key);
	at += 16;
	out = malloc((size_t)(end - at) + 1);
	for (;;) {
		size_t len = (size_t)(end - at) < 65552 ? (size_t)(end - at) : 65552;

		nonce[11] = at + len == end;
		/* only an empty file has an empty chunk */
		if (!open_box(key, nonce, at, len, out + n) || (len == 16 && n)) {
			free(out);
			return NULL;
		}
		n += len - 16;
		at += len;
		if (at == end)
			break;
		for (int i = 10; !++nonce[i]; i--)
			;
	}
	*ret_len = n;
	return out;
}

uint8_t *ageopen(const uint8_t *file, size_t len, const uint8_t secret[32], size_t *ret_len,
		 uint8_t *ret_file_key)
{
	uint8_t file_key[16];
	const uint8_t *payload = open_header(file, file + len, secret, file_key);

	if (payload && ret_file_key)
		memcpy(ret_file_key, file_key, 16);
	return payload ? open_chunks(payload, file + len, file_key, ret_len) : NULL;
}
