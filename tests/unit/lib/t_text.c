/* SPDX-License-Identifier: MIT */
#include "lib/text.h"

#include "tests/unit/test.h"

static const char *printable(const char *text)
{
	static char buf[64];

	snprintf(buf, sizeof(buf), "%s", text);
	text_make_printable(buf);
	return buf;
}

TEST(what_a_terminal_may_have)
{
	CHECK_STR(printable(""), "");
	CHECK_STR(printable("6.12.9-amd64 ~"), "6.12.9-amd64 ~");
	CHECK_STR(printable("gr\xc3\xb6\xc3\x9f"
			    "e \xe2\x82\xac \xf0\x9f\x98\x80"),
		  "gr\xc3\xb6\xc3\x9f"
		  "e \xe2\x82\xac \xf0\x9f\x98\x80");
	CHECK_STR(printable("\xc2\xa0"), "\xc2\xa0");
}

TEST(control_characters)
{
	CHECK_STR(printable("a\tb\nc\x1b[2J\x7f"), "a?b?c?[2J?");
	/* CSI as one character, and as a byte */
	CHECK_STR(printable("\xc2\x9b"
			    "2J"),
		  "??2J");
	CHECK_STR(printable("\x9b"
			    "2J"),
		  "?2J");
}

TEST(no_utf8)
{
	CHECK_STR(printable("a\xff"
			    "b"),
		  "a?b");
	CHECK_STR(printable("\xc3"), "?");
	CHECK_STR(printable("\xe2\x82"), "??");
	CHECK_STR(printable("\xf0\x9f\x98"
			    "a"),
		  "???a");
	CHECK_STR(printable("\xc0\xaf\xed\xa0\x80"), "?????");
}

TEST(length)
{
	CHECK_EQ(text_utf8_len(""), 1);
	CHECK_EQ(text_utf8_len("a"), 1);
	CHECK_EQ(text_utf8_len("\xc3\xb6"), 2);
	CHECK_EQ(text_utf8_len("\xef\xbf\xbd"), 3);
	CHECK_EQ(text_utf8_len("\xf4\x8f\xbf\xbf"), 4);
	CHECK_EQ(text_utf8_len("\xf4\x90\x80\x80"), 0);
	CHECK_EQ(text_utf8_len("\x80"), 0);
}
