/* SPDX-License-Identifier: MIT */
#include "lib/sha256.h"

#include "lib/sha256_cpu.h"
#include "lib/sha256_private.h"
#include "tests/unit/test.h"

static char hex[SHA256_TEXT];

static const char *of(const void *buf, size_t len, size_t piece)
{
	struct sha256 s;

	sha256_init(&s);
	for (size_t at = 0; at < len; at += piece)
		sha256_add(&s, (const char *)buf + at, len - at < piece ? len - at : piece);
	sha256_text(&s, hex);
	return hex;
}

/* the examples of FIPS 180-4 */
TEST(known_digests)
{
	static char million[1000000];

	CHECK_STR(of("", 0, 1), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	CHECK_STR(of("abc", 3, 3),
		  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	CHECK_STR(of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56, 56),
		  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
	memset(million, 'a', sizeof(million));
	CHECK_STR(of(million, sizeof(million), 4096),
		  "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(pieces_of_any_length_give_the_same)
{
	static char buf[1000];
	char whole[SHA256_TEXT];

	for (size_t i = 0; i < sizeof(buf); i++)
		buf[i] = (char)(i * 7);
	for (size_t len = 50; len < 200; len++) {
		strcpy(whole, of(buf, len, len));
		for (size_t piece = 1; piece < 70; piece += 3)
			CHECK_STR(of(buf, len, piece), whole);
	}
}

TEST(the_instructions_and_the_portable_code_agree)
{
	static uint8_t buf[64 * 64];
	uint32_t a[8], b[8];

	if (!sha256_cpu_usable())
		return;
	for (size_t i = 0; i < sizeof(buf); i++)
		buf[i] = (uint8_t)(i * 2654435761u >> 11);
	for (size_t n = 0; n <= 64; n++) {
		for (unsigned i = 0; i < 8; i++)
			a[i] = b[i] = (uint32_t)n * 40503u + i * 2654435761u;
		sha256_blocks(a, buf, n);
		sha256_cpu_blocks(b, buf, n);
		CHECK(!memcmp(a, b, sizeof(a)));
	}
}
