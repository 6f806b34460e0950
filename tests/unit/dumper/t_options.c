/* SPDX-License-Identifier: MIT */
#include "dumper/options.h"

#include "tests/unit/test.h"

TEST(everything_is_handed_on)
{
	struct dump_options opt;
	struct collector c;
	const char *note = "";

	collector_init(&c);
	c.levels[0] = 17;
	c.codec = DUMP_ZLIB;
	c.zstd_level = -3;
	c.exclude_struct_pages = true;
	c.threads = 3;
	c.format = DUMP_KDUMP_CLASSIC;
	options_from(&c, &opt, &note);
	CHECK(!note);
	CHECK_EQ(opt.level, 17);
	CHECK_EQ(opt.codec, DUMP_ZLIB);
	CHECK_EQ(opt.codec_level, 0);
	CHECK(opt.exclude_struct_pages);
	CHECK_EQ(opt.threads, 3);
	CHECK_EQ(opt.format, DUMP_KDUMP_CLASSIC);
	CHECK(!opt.whole && !opt.split && !opt.incomplete);
}

TEST(codecs)
{
	struct dump_options opt;
	struct collector c;
	const char *note;

	collector_init(&c);
	options_from(&c, &opt, &note);
	CHECK_EQ(opt.codec, DUMP_STORED);
	c.format = DUMP_ELF_ZST;
	options_from(&c, &opt, &note);
	CHECK_EQ(opt.codec, DUMP_ZSTD);
	CHECK_EQ(opt.format, DUMP_ELF_ZST);
	CHECK_EQ(opt.codec_level, 0);
	c.zstd_level = 2;
	options_from(&c, &opt, &note);
	CHECK_EQ(opt.codec_level, 2);
	/* with or without lzo in this build: never silently something else */
	c.format = DUMP_KDUMP;
	c.codec = DUMP_LZO;
	options_from(&c, &opt, &note);
	CHECK(note ? opt.codec == DUMP_ZSTD : opt.codec == DUMP_LZO);
}
