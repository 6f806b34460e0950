/* SPDX-License-Identifier: MIT */
/*
 * Known values, and two parts that hash as one.
 */
#include "lib/hash.h"

#include "tests/unit/test.h"

static uint8_t bytes[5000];

TEST(known_values)
{
	CHECK(hash_bytes(NULL, 0) == 0x2d06800538d394c2);
	CHECK(hash_bytes("abc", 3) == 0x78af5f94892f3950);
	memset(bytes, 0, sizeof(bytes));
	CHECK(hash_bytes(bytes, 4096) == hash_two(bytes, 4096, NULL, 0));
	CHECK(hash_bytes(bytes, 4096) != hash_bytes(bytes, 4095));
}

TEST(two_parts_are_one)
{
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 31 + i / 256);
	for (size_t n = 0; n < sizeof(bytes); n += n < 600 ? 7 : 501) {
		uint64_t whole = hash_bytes(bytes, n);

		for (size_t at = 0; at <= n; at += at < 20 ? 1 : 37)
			CHECK(hash_two(bytes, at, bytes + at, n - at) == whole);
	}
}

/* Any alignment. */
TEST(unaligned)
{
	for (size_t i = 0; i < 9; i++) {
		memset(bytes, 0, sizeof(bytes));
		memset(bytes + i, 0x5a, 4096);
		CHECK(hash_bytes(bytes + i, 4096) == hash_two(bytes + i, 1, bytes + i + 1, 4095));
	}
}

TEST(pieces_are_one)
{
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 31 + i / 256);
	for (size_t piece = 1; piece < sizeof(bytes); piece += piece * 2) {
		struct hash h;

		hash_start(&h);
		for (size_t at = 0; at < sizeof(bytes); at += piece)
			hash_add(&h, bytes + at,
				 sizeof(bytes) - at < piece ? sizeof(bytes) - at : piece);
		CHECK(hash_value(&h) == hash_bytes(bytes, sizeof(bytes)));
	}
}
