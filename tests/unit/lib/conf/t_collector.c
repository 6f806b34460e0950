/* SPDX-License-Identifier: MIT */
#include "lib/conf/collector.h"

#include <errno.h>

#include "lib/cleanup.h"
#include "lib/conf/words.h"
#include "tests/unit/test.h"

static struct collector got;
static struct collector_error error;
static char line[512], *words[64];

/* A command line, cut at its blanks. */
static int command(const char *text)
{
	char *rest = line, *word;
	unsigned n = 0;

	snprintf(line, sizeof(line), "%s", text);
	while ((word = words_next(&rest)))
		words[n++] = word;
	error.text[0] = '\0';
	collector_init(&got);
	return collector_parse(words, n, &got, &error);
}

/* What stands behind `core_collector makedumpfile`. */
static int conf(const char *text)
{
	snprintf(line, sizeof(line), "%s", text);
	error.text[0] = '\0';
	collector_init(&got);
	return collector_parse_line(line, &got, &error);
}

static void refused(int r, const char *text, const char *says)
{
	if (r == -EINVAL && strstr(error.text, says))
		return;
	printf("%s: %d, \"%s\" instead of \"%s\"\n", text, r, error.text, says);
	test_failures++;
}

static void bad(const char *text, const char *says)
{
	refused(command(text), text, says);
}

static void bad_conf(const char *text, const char *says)
{
	refused(conf(text), text, says);
}

TEST(lines_of_kdump_utils_work_unchanged)
{
	CHECK_EQ(conf("-l --message-level 7 -d 31"), 0);
	CHECK_EQ(got.codec, DUMP_LZO);
	CHECK_EQ(got.levels[0], 31);
	CHECK_EQ(got.n_notes, 1);
	CHECK_EQ(conf("-c -d 31,17"), 0);
	CHECK_EQ(got.n_notes, 0);
	CHECK_EQ(got.codec, DUMP_ZLIB);
	CHECK_EQ(got.n_levels, 2);
	CHECK_EQ(got.levels[1], 17);
	CHECK_EQ(conf("-F -l -d 31"), 0);
	CHECK(got.flattened);
	CHECK_EQ(conf("--num-threads 4 -z -d 31"), 0);
	CHECK_EQ(got.threads, 4);
	CHECK_EQ(got.codec, DUMP_ZSTD);
	CHECK_EQ(conf("-E -d 31"), 0);
	CHECK_EQ(got.format, DUMP_ELF);
	CHECK_EQ(conf("-ld31"), 0);
	CHECK_EQ(got.levels[0], 31);
	CHECK_EQ(conf("-F -c --num-threads=4 -d1"), 0);
	CHECK_EQ(conf("-p -d 31 --message-level=1"), 0);
	CHECK_EQ(got.codec, DUMP_ZSTD);
	CHECK_EQ(got.n_notes, 1);
	CHECK_EQ(conf(""), 0);
	CHECK_EQ(got.levels[0], 0);
	CHECK_EQ(got.codec, DUMP_STORED);
}

TEST(lines_of_our_own)
{
	CHECK_EQ(conf("-d 31 --format elf.zst --zstd-level 2 --exclude struct-pages"), 0);
	CHECK_EQ(got.format, DUMP_ELF_ZST);
	CHECK_EQ(got.zstd_level, 2);
	CHECK(got.exclude_struct_pages);
	CHECK_EQ(conf("--zstd-level -3 -z -L 2g -e --threads 0"), 0);
	CHECK_EQ(got.zstd_level, -3);
	CHECK_EQ(got.limit, 2ll << 30);
	CHECK(got.exclude_struct_pages);
	CHECK_EQ(conf("--zstd-level auto --format kdump-classic"), 0);
	CHECK_EQ(got.format, DUMP_KDUMP_CLASSIC);
}

TEST(conf_refuses_by_name)
{
	bad_conf("--split", "option --split is not supported in kdump.conf");
	bad_conf("--dump-dmesg", "option --dump-dmesg is not");
	bad_conf("-ldR31", "-d needs a dump level");
	bad_conf("-lR", "option -R is not supported in kdump.conf");
	bad_conf("--num-thread=2", "option --num-thread is unknown");
	bad_conf("-d 32", "from 0 to 31, not '32'");
	bad_conf("-d 31,", "from 0 to 31, not ''");
	bad_conf("-d 1,2,3,4,5,6,7,8,9", "8 levels at most");
	bad_conf("-d", "-d needs a value: N");
	bad_conf("--message-level", "needs a value");
	bad_conf("--message-level x", "--message-level needs a number from 0 to 31");
	bad_conf("--num-threads 9999", "--num-threads needs a number from 0 to 4096");
	bad_conf("-b x", "-b needs a number");
	bad_conf("-d 31 /proc/vmcore", "'/proc/vmcore' is no option");
	bad_conf("-", "is no option");
	bad_conf("--exclude zram", "--exclude knows struct-pages, not 'zram'");
	bad_conf("--exclude struct-pages,", "not ''");
	bad_conf("--format vmdk", "not 'vmdk'");
	bad_conf("-F=1", "option -= is unknown");
	bad_conf("--json=1", "--json takes no value");
	bad_conf("-L", "-L needs a value");
	bad_conf("-L 0", "-L needs a size");
	bad_conf("-L 1x", "-L needs a size");
	bad_conf("-L 99999999999T", "-L needs a size");
	bad_conf("-L 5P", "-L needs a size");
	bad_conf("-L 5GB", "-L needs a size");
	bad_conf("--zstd-level 0", "--zstd-level is auto or");
	bad_conf("--zstd-level 4", "--zstd-level is auto or");
}

TEST(classes_of_earlier_versions_are_refused_by_name)
{
	bad_conf("-d 31 --exclude zsmalloc",
		 "--exclude zsmalloc is gone, only struct-pages is left");
	bad_conf("--exclude struct-pages,user-tables", "--exclude user-tables is gone");
	bad("--exclude=pcp-free,struct-pages a b", "--exclude pcp-free is gone");
}

/* A value with a blank, as a shell hands it over. */
TEST(a_blank_is_no_unit)
{
	static const char *const sizes[] = { "5 ", "5 G", " 5", "+5", "" };

	for (unsigned i = 0; i < ARRAY_LEN(sizes); i++) {
		char option[] = "-L", value[8], *argv[] = { option, value };

		snprintf(value, sizeof(value), "%s", sizes[i]);
		collector_init(&got);
		refused(collector_parse(argv, 2, &got, &error), sizes[i], "-L needs a size");
	}
}

TEST(too_many_words)
{
	char text[400] = "";

	for (int i = 0; i < 65; i++)
		strcat(text, "-F ");
	bad_conf(text, "more than 64 words");
}

TEST(what_does_not_go_together)
{
	bad_conf("-E -z", "pages of an ELF file cannot be compressed; remove -z");
	bad_conf("-l --format elf", "remove -l");
	bad_conf("--format elf.zst -c", "elf.zst is zstd; remove -c");
	bad_conf("--format elf.zst -F", "stream already");
	bad_conf("-l -z", "-l and -z exclude each other");
	bad("--split -E a b c", "--split makes kdump files only");
	bad("--split a b", "too few names; write kdump-dumper SRC DST DST...");
	bad("--dry-run --dump-dmesg a", "--dry-run and --dump-dmesg exclude");
	bad("--dump-dmesg --info a", "--dump-dmesg and --info exclude each other");
	bad("--split --info a", "--split and --info exclude each other");
	bad("--json --dump-dmesg a b", "remove b");
	bad("--json -F a", "standard output exclude each other");
	bad("--json --format elf.zst a -", "standard output exclude each other");
	CHECK_EQ(conf("-E"), 0);
	CHECK_EQ(conf("-z --format elf.zst"), 0);
	CHECK_EQ(conf("-z -z"), 0);
}

TEST(names_of_a_command)
{
	CHECK_EQ(command("-z -d 31 /proc/vmcore out"), 0);
	CHECK_EQ(got.n_operands, 2);
	CHECK_STR(got.operands[0], "/proc/vmcore");
	CHECK_STR(got.operands[1], "out");
	CHECK_EQ(command("a b -f -- "), 0);
	CHECK(got.force);
	CHECK_EQ(command("-f -- -a -b"), 0);
	CHECK_STR(got.operands[1], "-b");
	CHECK_EQ(command("-F a"), 0);
	CHECK_EQ(command("--format elf.zst a -"), 0);
	CHECK_STR(got.operands[1], "-");
	CHECK_EQ(command("--dry-run a"), 0);
	CHECK_EQ(command("--split a b c d"), 0);
	CHECK_EQ(got.n_operands, 4);
	CHECK_EQ(command("--verify a b c"), 0);
	bad("", "too few names; write kdump-dumper SRC DST");
	bad("a", "too few names");
	bad("--json", "too few names");
	bad("--json --convert", "too few names");
	bad("a b c", "'c' is one name too many");
	bad("-R", "too few names; write kdump-dumper -R DST");
	bad("--info a b", "'b' is one name too many");
}

TEST(modes)
{
	CHECK_EQ(command("--dump-dmesg --partial-dmesg a b"), 0);
	CHECK_EQ(got.mode, COLLECTOR_DMESG);
	CHECK(got.partial);
	CHECK_EQ(command("--partial-dmesg a"), 0);
	CHECK_EQ(got.mode, COLLECTOR_DMESG);
	CHECK_EQ(command("-R a"), 0);
	CHECK_EQ(got.mode, COLLECTOR_UNFLATTEN);
	CHECK_EQ(command("--mem-usage /proc/kcore -f"), 0);
	CHECK_EQ(got.mode, COLLECTOR_MEM_USAGE);
	CHECK_EQ(command("--reassemble a b c"), 0);
	CHECK_EQ(got.mode, COLLECTOR_REASSEMBLE);
	CHECK_EQ(command("--dump-dmesg -h"), 0);
	CHECK_EQ(got.mode, COLLECTOR_HELP);
	CHECK_EQ(command("-v --info"), 0);
	CHECK_EQ(got.mode, COLLECTOR_VERSION);
}

TEST(messages)
{
	CHECK_EQ(command("--message-level 16 a b"), 0);
	CHECK_EQ(got.messages, COLLECTOR_REPORT);
	CHECK_EQ(command("-D --show-stats a b"), 0);
	CHECK_EQ(got.messages, 31);
	CHECK_EQ(command("--show_stats a b"), 0);
	CHECK_EQ(got.messages, 23);
	bad("--message-level 32 a b", "from 0 to 31");
}

/* Those without need here do nothing; those that would be missed are refused with the reason. */
TEST(the_rest_of_makedumpfile)
{
	CHECK_EQ(command("-b 8 --cyclic-buffer 1024 --non-cyclic --non-mmap --work-dir /tmp "
			 "--check-params a b"),
		 0);
	CHECK(got.check_only);
	CHECK_EQ(command("--split --splitblock-size 1024 a b c"), 0);
	CHECK_EQ(command("-x vmlinux -i info a b"), 0);
	CHECK_EQ(got.n_notes, 2);
	for (size_t i = 0; i < collector_n_options; i++) {
		const struct collector_option *o = &collector_options[i];
		char label[COLLECTOR_LABEL], text[64];

		if (o->group != COLLECTOR_G_REFUSED)
			continue;
		collector_label(o, label);
		snprintf(text, sizeof(text), "%s value a b", label);
		bad(text, o->text);
		bad_conf(text, o->text);
	}
}

TEST(every_option_has_its_words)
{
	for (size_t i = 0; i < collector_n_options; i++) {
		const struct collector_option *o = &collector_options[i];

		CHECK(o->letter || o->name);
		CHECK(o->text || o->group == COLLECTOR_G_MODE);
		CHECK(!o->name || strlen(o->name) + 3 <= COLLECTOR_LABEL);
		for (size_t k = 0; k < i; k++) {
			const struct collector_option *p = &collector_options[k];

			CHECK(!o->letter || o->letter != p->letter);
			CHECK(!o->name || !p->name || strcmp(o->name, p->name));
		}
	}
}

TEST(printed_and_read_again)
{
	static const char *const lines[] = {
		"-d 31 -z",
		"-d 0",
		"-d 17,31 -c --threads 3 -L 123456",
		"-d 31 --exclude struct-pages -l",
		"-d 31 -z --zstd-level -5 --format kdump-classic -F",
		"-d 31 --format elf -F",
		"-d 1 --format elf.zst",
		"-d 31,31,31,31,31,31,31,31 --exclude struct-pages -z --zstd-level -5 --format "
		"kdump-classic -F --threads 4096 "
		"-L 18446744073709551615",
	};
	char text[COLLECTOR_LINE];

	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		CHECK_EQ(conf(lines[i]), 0);
		CHECK_EQ(collector_print(&got, text, sizeof(text)), 0);
		CHECK_STR(text, lines[i]);
	}
	CHECK_EQ(collector_print(&got, text, 20), -ENOSPC);
	CHECK_EQ(conf("-p -b 3 -x a --message-level 1"), 0);
	CHECK_EQ(collector_print(&got, text, sizeof(text)), 0);
	CHECK_STR(text, "-d 0 -z");
}
