/* SPDX-License-Identifier: MIT */
/*
 * How errors and notes of a file are shown.
 */
#include <errno.h>

#include "lib/cleanup.h"
#include "lib/conf/conf.h"
#include "tests/unit/fake/confparse.h"
#include "tests/unit/test.h"

/* What a terminal would take for a command is not shown; letters are. */
TEST(shown_text)
{
	parse("b\xc3\xbc\t\x9b\x31m \xe2\x82\xac \xc2\x9b \xff\xe2\x82\n");
	CHECK_STR(error.said, "b\xc3\xbc ?1m \xe2\x82\xac ?? ???");
	parse("x "
	      "0123456789012345678901234567890123456789012345678901234567890123456789012345\xc3\xbc"
	      "\n");
	CHECK_EQ(strlen(error.said), 78);
	parse("x "
	      "01234567890123456789012345678901234567890123456789012345678901234567890123456\xc3"
	      "\xbc\n");
	CHECK_EQ(strlen(error.said), 79);
}

/* What is said about a line repeats its words, and they are as clean as the line that is shown. */
TEST(reasons_have_no_bytes_for_a_terminal)
{
	check_refused("ext4 \x9b\x33\x31m\n", 1, "'?31m' is no device");
	check_refused("watchdog \xc2\x9bm\n", 1, "watchdog '??m' is unknown");
	check_refused("ext4 b\xc3\xbc\n", 1,
		      "'b\xc3\xbc' is no device; write /dev/NAME, UUID=\xe2\x80\xa6");
}

/* Whatever else is wrong with a URL. */
TEST(no_password_is_shown)
{
	static const char *const lines[] = {
		"https https://u:sec@ret@h/x\n",
		"https http://u:sec@ret@h/x\n",
		"https u:secret@h/x\n",
		"https\thttp://u:sec@ret@h/x\n",
		"https ftp://u:secret@h/x more\n",
		"https "
		"https://u:secret-that-is-longer-than-a-line-in-a-log-may-become-of-eighty-letters-"
		"and-then-some@h/x\n",
	};

	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		char said[CONF_SAY_BYTES];

		CHECK_EQ(parse(lines[i]), -EINVAL);
		conf_say(&found.at[0], said);
		CHECK(!strstr(said, "sec") && !strstr(said, "ret@"));
		CHECK(strchr(said, '*'));
	}
	parse("https https://h/x\nminix me@h:/x\n");
	CHECK_STR(error.said, "minix me@h:/x");
}

TEST(more_errors_than_are_kept)
{
	char s[4096] = "";

	for (int i = 0; i < 60; i++)
		strcat(s, "x y\n");
	CHECK_EQ(parse(s), -EINVAL);
	CHECK_EQ(found.n, CONF_MAX_FINDINGS);
	CHECK_EQ(found.n_errors, 60);
}
