/* SPDX-License-Identifier: MIT */
/*
 * Values by their paths, and texts that are no JSON: each prefix of one, and single faults.
 */
#include "lib/dumps/json_read.h"

#include <errno.h>

#include "lib/cleanup.h"
#include "lib/json.h"
#include "tests/unit/test.h"

static const char text[] =
	"{\"a\": \"x\", \"b\" : { \"c\" : [ 1 , {\"d\":\"y\"}, [] ], \"n\": null },"
	"\"big\":18446744073709551615, \"more\":18446744073709551616,"
	"\"neg\":-1, \"half\":1.5, \"exp\":1e3, \"yes\":true, \"no\":false,"
	"\"s\": \"q\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e4\\u20ac\\ud83d\\ude00z\","
	"\"a\": \"second\", \"empty\": \"\", \"\": 7}";

static int string_at(const char *path, char *ret, size_t size)
{
	return json_read_string(text, sizeof(text) - 1, path, ret, size);
}

static int uint_at(const char *path, uint64_t *ret)
{
	return json_read_uint(text, sizeof(text) - 1, path, ret);
}

TEST(strings)
{
	char s[64];

	CHECK_EQ(json_read_check(text, sizeof(text) - 1), 0);
	CHECK_EQ(string_at("a", s, sizeof(s)), 0);
	CHECK_STR(s, "x");
	CHECK_EQ(string_at("b.c[1].d", s, sizeof(s)), 0);
	CHECK_STR(s, "y");
	CHECK_EQ(string_at("s", s, sizeof(s)), 0);
	CHECK_STR(s, "q\"\\/\b\f\n\r\tä€😀z");
	CHECK_EQ(string_at("empty", s, sizeof(s)), 0);
	CHECK_STR(s, "");
	CHECK_EQ(string_at("b.n", s, sizeof(s)), -ENOENT);
	CHECK_EQ(string_at("b.x", s, sizeof(s)), -ENOENT);
	CHECK_EQ(string_at("a.b", s, sizeof(s)), -ENOENT);
	CHECK_EQ(string_at("b.c[3]", s, sizeof(s)), -ENOENT);
	CHECK_EQ(string_at("b.c[2][0]", s, sizeof(s)), -ENOENT);
	CHECK_EQ(string_at("b.c[0]", s, sizeof(s)), -EINVAL);
	CHECK_EQ(string_at("yes", s, sizeof(s)), -EINVAL);
}

/* Cut between characters, at every size. */
TEST(strings_that_do_not_fit)
{
	static const char whole[] = "q\"\\/\b\f\n\r\tä€😀z";

	for (size_t size = 1; size <= sizeof(whole); size++) {
		_free_ char *s = malloc(size);

		CHECK_EQ(string_at("s", s, size), 0);
		CHECK(strlen(s) < size && !memcmp(s, whole, strlen(s)));
		CHECK(((unsigned char)whole[strlen(s)] & 0xc0) != 0x80);
	}
}

TEST(numbers)
{
	uint64_t n = 0;

	CHECK_EQ(uint_at("b.c[0]", &n), 0);
	CHECK_EQ(n, 1);
	CHECK_EQ(uint_at("big", &n), 0);
	CHECK_EQ(n, UINT64_MAX);
	CHECK_EQ(uint_at("more", &n), -ERANGE);
	CHECK_EQ(uint_at("neg", &n), -EINVAL);
	CHECK_EQ(uint_at("half", &n), -EINVAL);
	CHECK_EQ(uint_at("exp", &n), -EINVAL);
	CHECK_EQ(uint_at("a", &n), -EINVAL);
	CHECK_EQ(uint_at("none", &n), -ENOENT);
	CHECK_EQ(json_read_uint("7", 1, "", &n), 0);
	CHECK_EQ(n, 7);
}

TEST(what_is_no_json)
{
	static const char *const bad[] = {
		"",
		" ",
		"{",
		"}",
		"[1,]",
		"{\"a\"}",
		"{\"a\":}",
		"{a:1}",
		"01",
		"1.",
		"1e",
		"-",
		"+1",
		"nul",
		"tru",
		"\"\\x\"",
		"\"\\u12\"",
		"\"\\ud800\"",
		"\"\\udc00\"",
		"1 2",
		"\"a\nb\"",
		"[1 2]",
		"{\"a\":1 \"b\":2}",
		"\"\\ud800\\u0041\"",
		"\"\\u00g0\"",
	};
	char deep[200];

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		/* a copy that ends where the text does */
		_free_ char *copy = malloc(strlen(bad[i]) + 1);

		memcpy(copy, bad[i], strlen(bad[i]) + 1);
		copy = realloc(copy, strlen(bad[i]) ? strlen(bad[i]) : 1);
		CHECK_EQ(json_read_check(copy, strlen(bad[i])), -EBADMSG);
	}
	for (size_t n = 1; n < sizeof(text) - 1; n++) {
		_free_ char *copy = malloc(n);

		memcpy(copy, text, n);
		CHECK_EQ(json_read_check(copy, n), -EBADMSG);
	}
	memset(deep, '[', 100);
	memset(deep + 100, ']', 100);
	CHECK_EQ(json_read_check(deep, 200), -EBADMSG);
	CHECK_EQ(json_read_check(deep + 100 - JSON_READ_DEPTH + 1, 2 * JSON_READ_DEPTH - 2), 0);
}

/* What the writer writes, the reader reads. */
TEST(what_was_written)
{
	char buf[512], s[64];
	struct json j;
	uint64_t n = 0;

	json_init(&j, buf, sizeof(buf));
	json_object(&j, NULL);
	json_string(&j, "name", "a \"b\" \\ \n\t\x01\x7f ä");
	json_array(&j, "list");
	json_uint(&j, NULL, 5);
	json_uint(&j, NULL, 6);
	json_end_array(&j);
	json_end_object(&j);
	CHECK_EQ(json_finish(&j), 0);
	CHECK_EQ(json_read_check(buf, strlen(buf)), 0);
	CHECK_EQ(json_read_string(buf, strlen(buf), "name", s, sizeof(s)), 0);
	CHECK_STR(s, "a \"b\" \\ \n\t\x01\x7f ä");
	CHECK_EQ(json_read_uint(buf, strlen(buf), "list[1]", &n), 0);
	CHECK_EQ(n, 6);
}
