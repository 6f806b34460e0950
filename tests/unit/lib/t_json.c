/* SPDX-License-Identifier: MIT */
/*
 * The JSON writer: layout, escapes, and a buffer that is too small at every length.
 */
#include "lib/json.h"

#include <errno.h>

#include "tests/unit/test.h"

static int sample(struct json *j, char *buf, size_t size)
{
	json_init(j, buf, size);
	json_object(j, NULL);
	json_string(j, "name", "a \"b\" \\ \n\t\x01\x7f");
	json_string(j, "none", NULL);
	json_array(j, "list");
	json_uint(j, NULL, UINT64_MAX);
	json_object(j, NULL);
	json_end_object(j);
	json_end_array(j);
	json_array(j, "empty");
	json_end_array(j);
	json_bool(j, "yes", true);
	json_bool(j, "no", false);
	json_seconds(j, "time", 61005);
	json_object(j, "deep");
	json_string(j, "k", "");
	json_end_object(j);
	json_end_object(j);
	return json_finish(j);
}

static const char want[] = "{\n"
			   "  \"name\": \"a \\\"b\\\" \\\\ \\u000a\\u0009\\u0001\\u007f\",\n"
			   "  \"none\": null,\n"
			   "  \"list\": [\n"
			   "    18446744073709551615,\n"
			   "    {}\n"
			   "  ],\n"
			   "  \"empty\": [],\n"
			   "  \"yes\": true,\n"
			   "  \"no\": false,\n"
			   "  \"time\": 61.005,\n"
			   "  \"deep\": {\n"
			   "    \"k\": \"\"\n"
			   "  }\n"
			   "}\n";

TEST(layout_and_escapes)
{
	char buf[1024];
	struct json j;

	CHECK_EQ(sample(&j, buf, sizeof(buf)), 0);
	CHECK_STR(buf, want);
}

TEST(every_size_of_the_buffer)
{
	for (size_t size = 1; size <= sizeof(want) + 2; size++) {
		char *buf = malloc(size);
		struct json j;
		int r = sample(&j, buf, size);

		CHECK_EQ(r, size < sizeof(want) ? -ENOSPC : 0);
		CHECK(memchr(buf, '\0', size) != NULL);
		CHECK(r || !strcmp(buf, want));
		free(buf);
	}
}

static const char *string(const char *value)
{
	static char buf[256];
	struct json j;

	json_init(&j, buf, sizeof(buf));
	json_string(&j, NULL, value);
	CHECK_EQ(json_finish(&j), 0);
	return buf;
}

#define BAD "\xef\xbf\xbd"

TEST(utf8)
{
	CHECK_STR(string("\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"),
		  "\"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\"\n");
	CHECK_STR(string("\xff"), "\"" BAD "\"\n");
	CHECK_STR(string("\x80z"), "\"" BAD "z\"\n");
	CHECK_STR(string("\xc3"), "\"" BAD "\"\n");
	CHECK_STR(string("\xe2\x82"), "\"" BAD BAD "\"\n");
	CHECK_STR(string("\xc0\xaf"), "\"" BAD BAD "\"\n"); /* overlong */
	CHECK_STR(string("\xe0\x80\x80"), "\"" BAD BAD BAD "\"\n");
	CHECK_STR(string("\xed\xa0\x80"), "\"" BAD BAD BAD "\"\n");	    /* a surrogate */
	CHECK_STR(string("\xf4\x90\x80\x80"), "\"" BAD BAD BAD BAD "\"\n"); /* beyond U+10FFFF */
	CHECK_STR(string("\xf5\x80\x80\x80"), "\"" BAD BAD BAD BAD "\"\n");
}
