/* SPDX-License-Identifier: MIT */
#include "lib/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <string.h>

#include "lib/cleanup.h"
#include "tests/unit/test.h"

enum { LOAD = 1, STATUS = 2 };

struct values {
	const char *file, *level;
	bool list, json;
};

#define AT(m) .member = offsetof(struct values, m)

static const struct option_row rows[] = {
	{ "file", 'f', OPTION_TEXT, .commands = LOAD, AT(file), .arg = "FILE", .help = "a file" },
	{ "level", .kind = OPTION_TEXT, .commands = LOAD | STATUS, AT(level), .arg = "N",
	  .help = "a level" },
	{ "list", 'l', OPTION_FLAG, .commands = LOAD, AT(list), .help = "a list" },
	{ "json", .kind = OPTION_FLAG, .commands = STATUS, AT(json), .help = "JSON" },
	{ "help", 'h', OPTION_HELP, .commands = LOAD | STATUS, .help = "this" },
	{ "version", 'V', OPTION_VERSION, .commands = LOAD, .help = "the version" },
	{ .name = NULL },
};

static struct values got;
static int n_words;

/* line is a command line without the program's name. */
static int parse(unsigned command, const char *line)
{
	static char text[200], program[] = "test";
	static char *words[20];

	snprintf(text, sizeof(text), "%s", line);
	words[0] = program;
	n_words = 1;
	for (char *word = strtok(text, " "); word; word = strtok(NULL, " "))
		words[n_words++] = word;
	words[n_words] = NULL;
	got = (struct values){ .list = false };
	opterr = 0;
	return options_parse(rows, command, n_words, words, &got);
}

TEST(values_go_where_the_row_says)
{
	CHECK_EQ(parse(0, "-f a --level 3 -l"), OPTIONS_DONE);
	CHECK_STR(got.file, "a");
	CHECK_STR(got.level, "3");
	CHECK(got.list && !got.json);
	CHECK_EQ(optind, n_words);
	CHECK_EQ(parse(0, "-lfb --level=4"), OPTIONS_DONE);
	CHECK_STR(got.file, "b");
	CHECK_STR(got.level, "4");
	CHECK(got.list);
	CHECK_EQ(parse(0, "--json"), OPTIONS_DONE);
	CHECK(got.json && !got.list && !got.file);
}

TEST(words_that_are_no_options_are_left)
{
	CHECK_EQ(parse(0, "a -l"), OPTIONS_DONE);
	CHECK(got.list);
	CHECK_EQ(optind, n_words - 1);
	CHECK_EQ(parse(0, "-- -l"), OPTIONS_DONE);
	CHECK(!got.list);
	CHECK_EQ(optind, n_words - 1);
	CHECK_EQ(parse(0, ""), OPTIONS_DONE);
	CHECK_EQ(optind, n_words);
}

TEST(help_and_version_come_first)
{
	CHECK_EQ(parse(0, "-l --help --nonsense"), OPTIONS_HELP);
	CHECK_EQ(parse(0, "-V --help"), OPTIONS_VERSION);
	CHECK_EQ(parse(0, "--nonsense --help"), -EINVAL);
}

TEST(what_no_row_has_is_refused)
{
	CHECK_EQ(parse(0, "--nonsense"), -EINVAL);
	CHECK_EQ(parse(0, "-x"), -EINVAL);
	CHECK_EQ(parse(0, "-f"), -EINVAL);
	CHECK_EQ(parse(0, "--level"), -EINVAL);
	CHECK_EQ(parse(0, "--list=yes"), -EINVAL);
}

TEST(commands_have_rows_of_their_own)
{
	CHECK_EQ(parse(LOAD, "-f a --level 1"), OPTIONS_DONE);
	CHECK_EQ(parse(STATUS, "--json --level 1"), OPTIONS_DONE);
	CHECK(got.json);
	CHECK_EQ(parse(LOAD, "--json"), -EINVAL);
	CHECK_EQ(parse(STATUS, "-f a"), -EINVAL);
	CHECK_EQ(parse(STATUS, "--list"), -EINVAL);
	CHECK_EQ(parse(STATUS, "-V"), -EINVAL);
	CHECK_EQ(parse(STATUS, "-h"), OPTIONS_HELP);
}

static void check_print(unsigned command, const char *lines)
{
	_free_ char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	options_print(to, rows, command);
	fclose(to);
	CHECK_STR(text, lines);
}

TEST(help_has_a_line_for_each_row)
{
	check_print(STATUS, "  --level N                a level\n"
			    "  --json                   JSON\n"
			    "  -h, --help               this\n");
	check_print(LOAD, "  -f, --file FILE          a file\n"
			  "  --level N                a level\n"
			  "  -l, --list               a list\n"
			  "  -h, --help               this\n"
			  "  -V, --version            the version\n");
}

TEST(help_is_broken_at_blanks)
{
	static const char sixty[] = "0123456789 0123456789 0123456789 0123456789 0123456789 01234";
	_free_ char *text = NULL;
	char words[200];
	size_t len;
	FILE *to = open_memstream(&text, &len);

	snprintf(words, sizeof(words), "%s 67890123456789 end", sixty);
	options_print_text(to, 0, 27, words);
	options_print_text(to, 27, 27, "at the column");
	options_print_text(to, 26, 27, "before it");
	fclose(to);
	CHECK_STR(text, "                           "
			"0123456789 0123456789 0123456789 0123456789 0123456789 01234\n"
			"                           67890123456789 end\n"
			"\n                           at the column\n"
			" before it\n");
}
