/* SPDX-License-Identifier: MIT */
/*
 * The framing. X25519 (RFC 7748), HKDF-SHA-256 (RFC 5869), HMAC and ChaCha20-Poly1305 (RFC 8439)
 * are mbedtls'.
 */
#include "seal/age.h"

#include <errno.h>
#include <mbedtls/chachapoly.h>
#include <mbedtls/ecp.h>
#include <mbedtls/hkdf.h>
#include <mbedtls/md.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "lib/cleanup.h"
#include "lib/keys/base64.h"

#define WRAPPED (AGE_FILE_KEY + AGE_TAG_BYTES)

static int draw_bytes(void *ctx, unsigned char *buf, size_t len)
{
	(void)ctx;
	while (len) {
		ssize_t n = getrandom(buf, len, 0);

		if (n < 0 && errno != EINTR)
			return -errno;
		buf += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
	return 0;
}

int age_draw(struct age_secrets *ret, unsigned n_keys)
{
	int r = draw_bytes(NULL, ret->file_key, sizeof(ret->file_key));

	r = r ? r : draw_bytes(NULL, ret->nonce, sizeof(ret->nonce));
	return r ? r : draw_bytes(NULL, ret->ephemeral[0], n_keys * sizeof(ret->ephemeral[0]));
}

/* ---------------------------------------------------------------- X25519 */

/* What a multiplication works with. */
struct curve {
	mbedtls_ecp_group group;
	mbedtls_ecp_point point, product;
	mbedtls_mpi scalar;
};

static void curve_open(struct curve *c)
{
	mbedtls_ecp_group_init(&c->group);
	mbedtls_ecp_point_init(&c->point);
	mbedtls_ecp_point_init(&c->product);
	mbedtls_mpi_init(&c->scalar);
}

static void curve_close(struct curve *c)
{
	mbedtls_ecp_group_free(&c->group);
	mbedtls_ecp_point_free(&c->point);
	mbedtls_ecp_point_free(&c->product);
	mbedtls_mpi_free(&c->scalar);
}

/* As RFC 7748 5 has it: bits of the scalar that are always so. */
static void clamp(const uint8_t secret[AGE_KEY_BYTES], uint8_t ret[AGE_KEY_BYTES])
{
	memcpy(ret, secret, AGE_KEY_BYTES);
	ret[0] &= 0xf8;
	ret[31] = (ret[31] & 0x7f) | 0x40;
}

/* secret times point; the library refuses points of small order. */
static int multiply(const uint8_t secret[AGE_KEY_BYTES], const uint8_t point[AGE_KEY_BYTES],
		    uint8_t ret[AGE_KEY_BYTES])
{
	_cleanup_(curve_close) struct curve c;
	uint8_t scalar[AGE_KEY_BYTES];
	size_t len;
	int r;

	curve_open(&c);
	clamp(secret, scalar);
	r = mbedtls_ecp_group_load(&c.group, MBEDTLS_ECP_DP_CURVE25519);
	r = r ? r : mbedtls_mpi_read_binary_le(&c.scalar, scalar, sizeof(scalar));
	r = r ? r : mbedtls_ecp_point_read_binary(&c.group, &c.point, point, AGE_KEY_BYTES);
	explicit_bzero(scalar, sizeof(scalar));
	if (r)
		return -EIO;
	if (mbedtls_ecp_check_pubkey(&c.group, &c.point))
		return -EINVAL;
	r = mbedtls_ecp_mul(&c.group, &c.product, &c.scalar, &c.point, draw_bytes, NULL);
	r = r ? r
	      : mbedtls_ecp_point_write_binary(&c.group, &c.product, MBEDTLS_ECP_PF_UNCOMPRESSED,
					       &len, ret, AGE_KEY_BYTES);
	return r || len != AGE_KEY_BYTES ? -EIO : 0;
}

/* ---------------------------------------------------------------- keys from keys */

static int derive(const uint8_t *from, size_t from_len, const uint8_t *salt, size_t salt_len,
		  const char *label, uint8_t ret[32])
{
	const mbedtls_md_info_t *sha256 = mbedtls_md_info_from_type(MBEDTLS_MD_SHA256);

	return mbedtls_hkdf(sha256, salt, salt_len, from, from_len, (const uint8_t *)label,
			    strlen(label), ret, 32)
		       ? -EIO
		       : 0;
}

static int seal_box(const uint8_t key[32], const uint8_t nonce[12], const uint8_t *in, size_t len,
		    uint8_t *out)
{
	mbedtls_chachapoly_context aead;
	int r;

	mbedtls_chachapoly_init(&aead);
	r = mbedtls_chachapoly_setkey(&aead, key);
	r = r ? r
	      : mbedtls_chachapoly_encrypt_and_tag(&aead, len, nonce, NULL, 0, in, out, out + len);
	mbedtls_chachapoly_free(&aead);
	return r ? -EIO : 0;
}

/* The file key, for one recipient. share: what the recipient needs to find the same wrapping key. */
static int wrap(const uint8_t key[AGE_KEY_BYTES], const uint8_t ephemeral[AGE_KEY_BYTES],
		const uint8_t file_key[AGE_FILE_KEY], uint8_t share[AGE_KEY_BYTES],
		uint8_t wrapped[WRAPPED])
{
	static const uint8_t base[AGE_KEY_BYTES] = { 9 }, no_nonce[12];
	uint8_t secret[AGE_KEY_BYTES], salt[2 * AGE_KEY_BYTES], wrapping[32];
	int r = multiply(ephemeral, base, share);

	r = r ? r : multiply(ephemeral, key, secret);
	if (r)
		return r;
	memcpy(mempcpy(salt, share, AGE_KEY_BYTES), key, AGE_KEY_BYTES);
	r = derive(secret, sizeof(secret), salt, sizeof(salt), AGE_MAGIC "/X25519", wrapping);
	r = r ? r : seal_box(wrapping, no_nonce, file_key, AGE_FILE_KEY, wrapped);
	explicit_bzero(secret, sizeof(secret));
	explicit_bzero(wrapping, sizeof(wrapping));
	return r;
}

/* ---------------------------------------------------------------- the header */

static int put_recipient(const uint8_t key[AGE_KEY_BYTES], const uint8_t ephemeral[AGE_KEY_BYTES],
			 const uint8_t file_key[AGE_FILE_KEY], char **to)
{
	uint8_t share[AGE_KEY_BYTES], wrapped[WRAPPED];
	int r = wrap(key, ephemeral, file_key, share, wrapped);

	if (r)
		return r;
	*to = stpcpy(*to, "-> X25519 ");
	*to += base64_encode(share, sizeof(share), false, *to);
	*to = stpcpy(*to, "\n");
	*to += base64_encode(wrapped, sizeof(wrapped), false, *to);
	*to = stpcpy(*to, "\n");
	return 0;
}

/* Over the header up to here. */
static int put_mac(const uint8_t file_key[AGE_FILE_KEY], const uint8_t *header, char **to)
{
	const mbedtls_md_info_t *sha256 = mbedtls_md_info_from_type(MBEDTLS_MD_SHA256);
	uint8_t key[32], mac[32];
	int r = derive(file_key, AGE_FILE_KEY, NULL, 0, "header", key);

	*to = stpcpy(*to, "---");
	if (!r && mbedtls_md_hmac(sha256, key, sizeof(key), header,
				  (size_t)((uint8_t *)*to - header), mac))
		r = -EIO;
	explicit_bzero(key, sizeof(key));
	if (r)
		return r;
	*to = stpcpy(*to, " ");
	*to += base64_encode(mac, sizeof(mac), false, *to);
	*to = stpcpy(*to, "\n");
	return 0;
}

int age_header(const uint8_t (*keys)[AGE_KEY_BYTES], unsigned n_keys, const struct age_secrets *s,
	       uint8_t buf[AGE_HEADER_BYTES], size_t *ret_len)
{
	char *to = stpcpy((char *)buf, AGE_MAGIC "\n");
	int r = n_keys && n_keys <= AGE_KEYS_MAX ? 0 : -EINVAL;

	for (unsigned i = 0; i < n_keys && !r; i++)
		r = put_recipient(keys[i], s->ephemeral[i], s->file_key, &to);
	r = r ? r : put_mac(s->file_key, buf, &to);
	if (r)
		return r;
	to = mempcpy(to, s->nonce, sizeof(s->nonce));
	*ret_len = (size_t)((uint8_t *)to - buf);
	return 0;
}

/* ---------------------------------------------------------------- the chunks */

int age_stream_begin(struct age_stream *s, const struct age_secrets *from)
{
	s->chunk = 0;
	return derive(from->file_key, sizeof(from->file_key), from->nonce, sizeof(from->nonce),
		      "payload", s->key);
}

int age_seal_chunk(struct age_stream *s, const uint8_t *in, size_t len, bool last, uint8_t *out)
{
	/* a counter of 11 bytes, high ones first, and the mark of the last one */
	uint8_t nonce[12] = { [11] = last };
	uint64_t n = s->chunk++;

	for (int i = 10; n; i--, n >>= 8)
		nonce[i] = (uint8_t)n;
	return seal_box(s->key, nonce, in, len, out);
}

/* ---------------------------------------------------------------- as text */

static int put_armor(const uint8_t *from, size_t len, char *buf, size_t size)
{
	static const char head[] = "-----BEGIN AGE ENCRYPTED FILE-----\n",
			  tail[] = "-----END AGE ENCRYPTED FILE-----\n";
	char *to = buf;

	if (sizeof(head) + sizeof(tail) + (len / 48 + 1) * 65 > size)
		return -ENOSPC;
	to = stpcpy(to, head);
	while (len) {
		size_t n = len < 48 ? len : 48;

		to += base64_encode(from, n, true, to);
		to = stpcpy(to, "\n");
		from += n;
		len -= n;
	}
	stpcpy(to, tail);
	return 0;
}

int age_armor(const uint8_t (*keys)[AGE_KEY_BYTES], unsigned n_keys, const struct age_secrets *s,
	      const char *text, char *buf, size_t size)
{
	size_t len = strlen(text), head;
	_free_ uint8_t *sealed = malloc(AGE_HEADER_BYTES + len + AGE_TAG_BYTES);
	struct age_stream stream;
	int r;

	if (!sealed)
		return -ENOMEM;
	if (len > AGE_CHUNK_BYTES)
		return -ENOSPC;
	r = age_header(keys, n_keys, s, sealed, &head);
	r = r ? r : age_stream_begin(&stream, s);
	r = r ? r : age_seal_chunk(&stream, (const uint8_t *)text, len, true, sealed + head);
	explicit_bzero(&stream, sizeof(stream));
	return r ? r : put_armor(sealed, head + len + AGE_TAG_BYTES, buf, size);
}
