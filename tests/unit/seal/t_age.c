/* SPDX-License-Identifier: MIT */
/*
 * Published files of age's test suite (C2SP/CCTV), made again byte by byte from the randomness that
 * the suite draws: ChaCha20 under a key of its own.
 */
#include "seal/age.h"

#include <errno.h>
#include <fcntl.h>
#include <mbedtls/chacha20.h>
#include <zlib.h>

#include "lib/cleanup.h"
#include "lib/io.h"
#include "lib/sha256.h"
#include "seal/sink_age.h"
#include "tests/unit/fake/ageopen.h"
#include "tests/unit/fake/memsink.h"
#include "tests/unit/test.h"

/* A vector: what its head says, and the file below it. */
struct vector {
	char payload[65];
	uint8_t secret[32];
	uint8_t *file;
	size_t len;
};

static void unpack(struct vector *v, const char *packed, size_t n)
{
	z_stream z = { .next_in = (Bytef *)packed, .avail_in = (uInt)n };

	inflateInit(&z);
	v->file = malloc(20 << 20);
	z.next_out = v->file;
	z.avail_out = 20 << 20;
	CHECK_EQ(inflate(&z, Z_FINISH), Z_STREAM_END);
	v->len = z.total_out;
	inflateEnd(&z);
}

static void load(const char *name, struct vector *v)
{
	char path[128], *text, *body, *line;
	size_t len;

	snprintf(path, sizeof(path), "tests/data/age/%s", name);
	CHECK_EQ(io_load_file(AT_FDCWD, path, 1 << 20, &text, &len), 0);
	body = strstr(text, "\n\n") + 2;
	body[-1] = '\0';
	CHECK(!strncmp(text, "expect: success\n", 16));
	line = strstr(text, "payload: ");
	memcpy(v->payload, line + 9, 64);
	v->payload[64] = '\0';
	ageopen_identity(strstr(text, "identity: ") + 10, v->secret);
	len -= (size_t)(body - text);
	if (strstr(text, "compressed: zlib")) {
		unpack(v, body, len);
	} else {
		v->file = malloc(len);
		memcpy(v->file, body, len);
		v->len = len;
	}
	free(text);
}

/* What the suite's generator drew at `at`. */
static void draw(uint8_t *to, size_t at, size_t n)
{
	static const uint8_t nonce[12], zeros[256];
	uint8_t out[256];

	mbedtls_chacha20_crypt((const uint8_t *)"TEST RANDOMNESS TEST RANDOMNESS!", nonce, 0,
			       sizeof(zeros), zeros, out);
	memcpy(to, out + at, n);
}

static void check_payload(const struct vector *v, const uint8_t *plain, size_t n)
{
	char digest[SHA256_TEXT];
	struct sha256 sum;

	sha256_init(&sum);
	sha256_add(&sum, plain, n);
	sha256_text(&sum, digest);
	CHECK_STR(digest, v->payload);
}

/* strangers: recipients before ours, to a key that was drawn as well. */
static void check_vector(const char *name, unsigned strangers)
{
	struct age_secrets s = { .file_key = { 0 } };
	uint8_t keys[2][AGE_KEY_BYTES], *plain, file_key[16];
	struct sink_age *sink = malloc(sizeof(*sink));
	struct vector v;
	struct memsink m;
	char text[63];
	size_t n;

	load(name, &v);
	plain = ageopen(v.file, v.len, v.secret, &n, file_key);
	CHECK(plain);
	check_payload(&v, plain, n);
	memcpy(s.file_key, file_key, 16);
	if (strangers) {
		uint8_t other[32];

		draw(other, 0, 32);
		ageopen_public(other, keys[0], text);
	}
	ageopen_public(v.secret, keys[strangers], text);
	for (unsigned i = 0; i <= strangers; i++)
		draw(s.ephemeral[i], strangers * 32 + i * 32, 32);
	draw(s.nonce, strangers * 32 + (strangers + 1) * 32, 16);
	memsink_open(&m, false);
	CHECK_EQ(sink_age_open_with(sink, &m.base, keys, strangers + 1, &s), 0);
	for (size_t at = 0, piece = 1; at < n; at += piece, piece = piece * 3 + 1) {
		piece = piece > n - at ? n - at : piece;
		CHECK_EQ(sink_put(&sink->base, at, plain + at, piece), 0);
	}
	CHECK_EQ(sink_commit(&sink->base), 0);
	CHECK_EQ(m.len, v.len);
	CHECK(m.len == v.len && !memcmp(m.buf, v.file, v.len));
	if (m.len != v.len || memcmp(m.buf, v.file, v.len))
		printf("%s: another file\n", name);
	memsink_close(&m);
	free(plain);
	free(v.file);
	free(sink);
}

TEST(a_file_of_one_recipient)
{
	check_vector("x25519", 0);
}

TEST(a_file_of_two_recipients)
{
	check_vector("x25519_multiple_recipients", 1);
}

TEST(an_empty_file_has_one_empty_chunk)
{
	check_vector("stream_empty_payload", 0);
}

TEST(the_last_chunk_may_be_full)
{
	check_vector("stream_last_chunk_full", 0);
	check_vector("stream_last_chunk_full_second", 0);
}

TEST(chunks_are_counted)
{
	check_vector("stream_two_chunks", 0);
	check_vector("stream_three_chunks", 0);
}

TEST(the_counter_has_more_than_one_byte)
{
	check_vector("stream_257_chunks", 0);
}

/* ---------------------------------------------------------------- what is refused */

TEST(a_header_needs_good_keys)
{
	static uint8_t keys[AGE_KEYS_MAX + 1][AGE_KEY_BYTES], buf[AGE_HEADER_BYTES];
	static struct age_secrets s;
	uint8_t secret[32] = { 1 };
	char text[63];
	size_t n;

	CHECK_EQ(age_draw(&s, AGE_KEYS_MAX), 0);
	CHECK_EQ(age_header(keys, 0, &s, buf, &n), -EINVAL);
	/* zeros are of small order */
	CHECK_EQ(age_header(keys, 1, &s, buf, &n), -EINVAL);
	for (unsigned i = 0; i <= AGE_KEYS_MAX; i++)
		ageopen_public(secret, keys[i], text);
	CHECK_EQ(age_header(keys, AGE_KEYS_MAX + 1, &s, buf, &n), -EINVAL);
	CHECK_EQ(age_header(keys, AGE_KEYS_MAX, &s, buf, &n), 0);
	CHECK(n <= sizeof(buf) && n > AGE_KEYS_MAX * 98);
}

TEST(secrets_are_drawn_anew)
{
	static struct age_secrets a, b;

	CHECK_EQ(age_draw(&a, 2), 0);
	CHECK_EQ(age_draw(&b, 2), 0);
	CHECK(memcmp(a.file_key, b.file_key, sizeof(a.file_key)));
	CHECK(memcmp(a.nonce, b.nonce, sizeof(a.nonce)));
	CHECK(memcmp(a.ephemeral[0], b.ephemeral[0], 32));
	CHECK(memcmp(a.ephemeral[1], a.ephemeral[0], 32));
}
