/* SPDX-License-Identifier: MIT */
#include "init/system/modparams.h"

#include "tests/unit/test.h"

static const struct conf_options options[] = {
	{ .module = "loop", .params = "max_loop=1 hw_queue_depth=4" },
	{ .module = "nvme-core", .params = "multipath=N" },
	{ .module = "loop", .params = "max_part=3" },
};

static void check(const char *cmdline, const char *file, const char *expected)
{
	const struct modparams p = { .options = options, .n_options = 3, .cmdline = cmdline };
	char got[64];

	modparams_of(&p, file, got, sizeof(got));
	CHECK_STR(got, expected);
}

TEST(lines_of_the_config)
{
	check(NULL, "/lib/modules/loop.ko", "max_loop=1 hw_queue_depth=4 max_part=3");
	check(NULL, "/lib/modules/nvme_core.ko", "multipath=N");
	check(NULL, "nvme-core.ko", "multipath=N");
	check(NULL, "/lib/modules/nvme.ko", "");
	check("", "loo.ko", "");
}

TEST(words_of_the_command_line)
{
	const char *line = "quiet nvme.a=1 nvme_core.io_timeout=60 root=nvme.b=2 nvme.c\n";

	check(line, "nvme.ko", "a=1 c");
	check(line, "nvme-core.ko", "multipath=N io_timeout=60");
	check(line, "root.ko", "");
	check("x.a=\"1 y.b=2\" y.c=3", "y.ko", "c=3");
	check("x.a=\"1 y.b=2\" y.c=3", "x.ko", "a=\"1 y.b=2\"");
	check("y. y .y y=1", "y.ko", "");
}

TEST(what_has_no_room_is_left_out)
{
	check("loop.a=123456789012345678901234567890 loop.b=1", "loop.ko",
	      "max_loop=1 hw_queue_depth=4 max_part=3 b=1");
}
