/* SPDX-License-Identifier: MIT */
#include "lib/conf/stackline.h"

#include <errno.h>

#include "lib/cleanup.h"
#include "tests/unit/test.h"

TEST(dm_lines)
{
	char text[] = "vg0-dump 2048 1000 linear {UUID=x} 384";
	struct stackline_dm dm;

	CHECK_EQ(stackline_dm(text, &dm), 0);
	CHECK_STR(dm.name, "vg0-dump");
	CHECK_STR(dm.type, "linear");
	CHECK_STR(dm.params, "{UUID=x} 384");
	CHECK_EQ(dm.start, 2048);
	CHECK_EQ(dm.len, 1000);
}

TEST(dm_lines_that_are_wrong)
{
	static const char *const lines[] = {
		"",
		"x",
		"x 0",
		"x 0 8",
		"x 0 0 linear {a} 0",
		"x -1 8 linear {a} 0",
		"x 0 8k linear {a} 0",
		"a/b 0 8 linear {a} 0",
		".. 0 8 linear {a} 0",
		"x 18446744073709551615 8 linear {a} 0",
		"x 99999999999999999999 8 linear {a} 0",
		"x 36028797018963960 100 linear {a} 0",
		"{x} 0 8 linear {a} 0",
	};

	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		_free_ char *text = strdup(lines[i]);
		struct stackline_dm dm;

		CHECK_EQ(stackline_dm(text, &dm), -EINVAL);
	}
}

#define UUID "0f7d2d5e-3c51-4c16-8d2c-8f4a6d1a9c11"

TEST(md_lines)
{
	char text[] = "md127 1.2 " UUID " 18 1";
	struct stackline_md md;

	CHECK_EQ(stackline_md(text, &md), 0);
	CHECK_STR(md.name, "md127");
	CHECK_STR(md.uuid, UUID);
	CHECK_EQ(md.major, 1);
	CHECK_EQ(md.minor, 2);
	CHECK_EQ(md.events, 18);
	CHECK_EQ(md.need, 1);
}

TEST(md_lines_that_are_wrong)
{
	static const char *const lines[] = {
		"",
		"md0",
		"md0 1.2 " UUID " 18",
		"md0 1.3 " UUID " 18 1",
		"md0 1.2 " UUID " 18 0",
		"md0 1.2 " UUID " 18 1 x",
		"md 1.2 " UUID " 18 1",
		"md0p1 1.2 " UUID " 18 1",
		"md/0 1.2 " UUID " 18 1",
		"md0 1.2 x 18 1",
		"md0 1.2 " UUID " x 1",
		"md1234567890 1.2 " UUID " 18 1",
	};

	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		_free_ char *text = strdup(lines[i]);
		struct stackline_md md;

		CHECK_EQ(stackline_md(text, &md), -EINVAL);
	}
}

static void pieces(const char *text, const char *expect)
{
	_free_ char *copy = strdup(text);
	char *rest = copy, seen[200] = "";
	const char *before, *inside;
	int r;

	while ((r = stackline_next(&rest, &before, &inside)) > 0) {
		strcat(strcat(seen, before), "<");
		strcat(strcat(seen, inside ? inside : ""), ">");
	}
	CHECK_STR(r ? "wrong" : seen, expect);
}

TEST(braces)
{
	pieces("", "");
	pieces("1 2", "1 2<>");
	pieces("2 128 {a} 0 {b} 0", "2 128 <a> 0 <b> 0<>");
	pieces("{a}", "<a>");
	pieces("{a}{b}", "<a><b>");
	pieces("{", "wrong");
	pieces("}", "wrong");
	pieces("{}", "wrong");
	pieces("{a{b}}", "wrong");
	pieces("a} {b}", "wrong");
}

static void maker(const char *where, const char *kind, const char *expect)
{
	char name[STACKLINE_NAME_BYTES] = "";
	const char *k = stackline_maker(where, name);

	CHECK_STR(k ? k : "", kind);
	CHECK_STR(k ? name : "", expect);
}

TEST(makers)
{
	char long_name[300] = "/dev/mapper/";

	maker("/dev/mapper/vg-dump", "dm", "vg-dump");
	maker("dm:vg-dump", "dm", "vg-dump");
	maker("/dev/md127", "md", "md127");
	maker("/dev/md127p12", "md", "md127");
	maker("/dev/md127p", "", "");
	maker("/dev/md", "", "");
	maker("/dev/md/0", "", "");
	maker("/dev/mdx", "", "");
	maker("/dev/mapper/", "", "");
	maker("/dev/mapper/..", "", "");
	maker("/dev/vda", "", "");
	maker("UUID=x", "", "");
	memset(long_name + 12, 'x', 200);
	maker(long_name, "", "");
	memcpy(long_name, "/dev/md1", 8);
	memset(long_name + 8, '1', 200);
	maker(long_name, "", "");
}
