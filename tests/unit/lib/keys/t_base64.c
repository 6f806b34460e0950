/* SPDX-License-Identifier: MIT */
#include "lib/keys/base64.h"

#include <errno.h>

#include "lib/cleanup.h"
#include "tests/unit/test.h"

/* RFC 4648 10 */
static const char *const vectors[][2] = {
	{ "", "" },
	{ "f", "Zg==" },
	{ "fo", "Zm8=" },
	{ "foo", "Zm9v" },
	{ "foob", "Zm9vYg==" },
	{ "fooba", "Zm9vYmE=" },
	{ "foobar", "Zm9vYmFy" },
};

TEST(vectors_of_the_rfc)
{
	for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
		const char *plain = vectors[i][0], *text = vectors[i][1];
		size_t len = strlen(plain), bare = strcspn(text, "=");
		uint8_t bytes[8] = { 0 };
		char buf[16];

		CHECK_EQ(base64_encode((const uint8_t *)plain, len, true, buf), strlen(text));
		CHECK_STR(buf, text);
		CHECK_EQ(base64_encode((const uint8_t *)plain, len, false, buf), bare);
		CHECK(!strncmp(buf, text, bare) && !buf[bare]);
		CHECK_EQ(base64_decode(text, strlen(text), bytes, sizeof(bytes)), len);
		CHECK(!memcmp(bytes, plain, len));
		CHECK_EQ(base64_decode(text, bare, bytes, sizeof(bytes)), len);
	}
}

TEST(all_bytes_there_and_back)
{
	uint8_t bytes[256], back[256];
	char text[BASE64_BYTES(256)];

	for (int i = 0; i < 256; i++)
		bytes[i] = (uint8_t)i;
	for (size_t len = 0; len <= sizeof(bytes); len++) {
		size_t n = base64_encode(bytes, len, len & 1, text);

		CHECK_EQ(strlen(text), n);
		CHECK_EQ(base64_decode(text, n, back, len), len);
		CHECK(!memcmp(bytes, back, len));
	}
}

TEST(what_is_no_base64)
{
	uint8_t b[8];

	CHECK_EQ(base64_decode("Zg= =", 5, b, 8), -EBADMSG);
	CHECK_EQ(base64_decode("Z", 1, b, 8), -EBADMSG);
	CHECK_EQ(base64_decode("Zm9v\0", 5, b, 8), -EBADMSG);
	CHECK_EQ(base64_decode("Zm 9", 4, b, 8), -EBADMSG);
	CHECK_EQ(base64_decode("Zg===", 5, b, 8), -EBADMSG);
	/* bits that belong to no byte */
	CHECK_EQ(base64_decode("Zh", 2, b, 8), -EBADMSG);
	CHECK_EQ(base64_decode("Zm9=", 4, b, 8), -EBADMSG);
	/* more than there is room for */
	CHECK_EQ(base64_decode("Zm9v", 4, b, 2), -EBADMSG);
}
