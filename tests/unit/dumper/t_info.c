/* SPDX-License-Identifier: MIT */
/*
 * What --info, --json and --dump-dmesg --json print.
 */
#include "dumper/info.h"

#include <errno.h>

#include "tests/unit/fake/fakelog.h"
#include "tests/unit/test.h"

struct out {
	struct fake f;
	struct fakelog l;
	struct crash c;
	FILE *file;
	char *text;
	size_t len;
};

static void out_open(struct out *o, const char *drop)
{
	fake_open(&o->f, &(struct fake_desc){ .kernel = FAKE_6_12 });
	fake_kernel_pages(&o->f, 0, 2048);
	fake_free(o->f.kernel, fake_struct(&o->f, 1024), 8);
	fakelog_open(&o->l, &o->f, 5, 12);
	fakelog_add(&o->l, "first \"line\"", 12);
	fakelog_add(&o->l, "Kernel panic - not syncing: test", 32);
	if (drop)
		fake_info_drop(&o->f, drop);
	fake_finish(&o->f);
	CHECK_EQ(crash_open(o->f.path, &o->c), 0);
	o->text = NULL;
	o->file = open_memstream(&o->text, &o->len);
}

static void out_close(struct out *o)
{
	fclose(o->file);
	free(o->text);
	crash_close(&o->c);
	fake_close(&o->f);
}

static void has(struct out *o, const char *part)
{
	fflush(o->file);
	if (strstr(o->text, part))
		return;
	printf("\"%s\" is not in:\n%s\n", part, o->text);
	test_failures++;
}

TEST(as_text)
{
	struct out o;

	out_open(&o, NULL);
	info_print(o.file, &o.c, 0);
	has(&o, "release        " FAKE_RELEASE "\n");
	has(&o, "panic          Kernel panic - not syncing: test\n");
	has(&o, "crash time     2026-11-23T");
	has(&o, "cpus           2\n");
	has(&o, "ram            8 MiB\n");
	has(&o, "free                    256 pages         1 MiB\n");
	CHECK(!strstr(o.text, "missing"));
	out_close(&o);
}

TEST(as_json)
{
	struct out o;

	out_open(&o, NULL);
	info_print(o.file, &o.c, 1);
	has(&o, "\"panic\": \"Kernel panic - not syncing: test\"");
	has(&o, "\"ram_bytes\": 8388608");
	has(&o, "\"free\": 256");
	has(&o, "\"kernel\": 1792");
	has(&o, "\"missing\": null");
	out_close(&o);
}

TEST(what_is_missing_is_said)
{
	struct out o;

	out_open(&o, "SIZE(page)");
	info_print(o.file, &o.c, 1);
	has(&o, "\"pages\": null");
	has(&o, "\"missing\": \"SIZE(page)");
	out_close(&o);
	out_open(&o, "CRASHTIME");
	info_print(o.file, &o.c, 1);
	has(&o, "\"crash_time\": null");
	out_close(&o);
}

TEST(log_as_json)
{
	struct out o;

	out_open(&o, NULL);
	CHECK_EQ(info_print_dmesg(o.file, &o.c, 0), 0);
	has(&o,
	    "{\n  \"lines\": [\n    \"[    0.000000] first \\\"line\\\"\",\n"
	    "    \"[    0.000001] Kernel panic - not syncing: test\"\n  ],\n  \"records\": 2\n}\n");
	out_close(&o);
	out_open(&o, "SYMBOL(prb)");
	CHECK_EQ(info_print_dmesg(o.file, &o.c, 0), -ENODATA);
	out_close(&o);
}

/* A path of the longest kind, each byte of which becomes an escape, still gives whole JSON. */
TEST(long_path_of_a_dump)
{
	struct dump_stats s = { .pages_ram = 7 };
	static char path[4096];
	struct out o;
	size_t depth = 0;

	memset(path, 1, sizeof(path) - 1);
	out_open(&o, NULL);
	info_print_dump(o.file, path, &s);
	has(&o, "\"ram\": 7");
	has(&o, "\"peak_rss_bytes\": 0\n}\n");
	for (const char *p = o.text; *p; p++)
		depth += (*p == '{') - (size_t)(*p == '}');
	CHECK_EQ(depth, 0);
	out_close(&o);
}
