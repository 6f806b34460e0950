/* SPDX-License-Identifier: MIT */
/*
 * Reports of dumps in a folder: whole, of another version, damaged, and things that are none.
 */
#include "lib/dumps/dump_report.h"

#include <errno.h>
#include <fcntl.h>

#include "lib/cleanup.h"
#include "tests/unit/fake/tree.h"
#include "tests/unit/test.h"

#define NAME "web1-20261123T142005Z-0a1b2c3d"

static const char whole[] =
	"{\"format\": 3, \"state\": \"fallback\", \"host\": \"web1\", \"panic\": "
	"\"Oops:\\n\\u001b[1m 2\","
	"\"kernel\": {\"release\": \"6.12.1\"}, \"targets\": [{\"why\": \"disk full\"}],"
	"\"vmcore\": {\"file\": \"vmcore\", \"level\": 31, \"bytes_written\": 4096},"
	"\"capture\": {\"crashkernel_bytes\": 268435456, \"ram_bytes\": 268000000,"
	"\"least_available_bytes\": 150000000}}";

static int report_of(const struct tree *t, const char *text, struct dump_report *ret)
{
	_close_ int dir = open(t->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	tree_text(t, "/" NAME "/kdump.json", text);
	return dump_report_read(dir, NAME, ret);
}

TEST(a_report)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	struct dump_report r;

	CHECK_EQ(report_of(&t, whole, &r), 0);
	CHECK(r.read);
	CHECK_STR(r.state, "fallback");
	CHECK_STR(r.host, "web1");
	CHECK_STR(r.release, "6.12.1");
	/* nothing that a terminal obeys */
	CHECK_STR(r.panic, "Oops:??[1m 2");
	CHECK_STR(r.why, "disk full");
	CHECK_STR(r.file, "vmcore");
	CHECK_EQ(r.level, 31);
	CHECK_EQ(r.vmcore_bytes, 4096);
	CHECK_EQ(r.crashkernel_bytes, 256 << 20);
	CHECK_EQ(r.least_available_bytes, 150000000);
	CHECK_EQ(r.time_s, 1795443605);
}

TEST(little_or_nothing_is_told)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	struct dump_report r;

	CHECK_EQ(report_of(&t, "{\"state\": \"nothing\", \"vmcore\": null, \"panic\": 7}", &r), 0);
	CHECK_STR(r.state, "nothing");
	CHECK_STR(r.panic, "");
	CHECK_EQ(r.ram_bytes, 0);
	CHECK_EQ(report_of(&t, "{}", &r), -EBADMSG);
	CHECK(!r.read);
	CHECK_STR(r.name, NAME);
	CHECK_EQ(report_of(&t, "", &r), -EBADMSG);
	for (size_t n = 1; n < sizeof(whole) - 1; n++) {
		char cut[sizeof(whole)];

		snprintf(cut, sizeof(cut), "%.*s", (int)n, whole);
		CHECK_EQ(report_of(&t, cut, &r), -EBADMSG);
	}
}

TEST(what_is_no_report)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	_close_ int dir = open(t.root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dump_report r;

	CHECK_EQ(dump_report_read(dir, NAME, &r), -ENOENT);
	tree_dir(&t, "/" NAME);
	CHECK_EQ(dump_report_read(dir, NAME, &r), -ENOENT);
	CHECK_EQ(mkfifo(tree_path(&t, "/" NAME "/kdump.json"), 0600), 0);
	CHECK_EQ(dump_report_read(dir, NAME, &r), -EBADMSG);
	CHECK_EQ(unlink(tree_path(&t, "/" NAME "/kdump.json")), 0);
	tree_text(&t, "/secret", whole);
	tree_link(&t, "/" NAME "/kdump.json", "../secret");
	CHECK_EQ(dump_report_read(dir, NAME, &r), -ELOOP);
}

TEST(newest_first)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	_close_ int dir = open(t.root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dump_report list[2];

	CHECK_EQ(dump_list(dir, NULL, list, 2), 0);
	tree_dir(&t, "/a-20261123T142005Z-00000001");
	tree_dir(&t, "/b-20261123T142006Z-00000002");
	tree_dir(&t, "/c-20251123T142005Z-00000003");
	tree_dir(&t, "/lost+found");
	tree_text(&t, "/d-20271123T142005Z-00000004", "a file");
	tree_link(&t, "/e-20271123T142005Z-00000005", "a-20261123T142005Z-00000001");
	CHECK_EQ(dump_list(dir, NULL, list, 2), 3);
	CHECK_STR(list[0].name, "b-20261123T142006Z-00000002");
	CHECK_STR(list[1].name, "a-20261123T142005Z-00000001");
	CHECK_EQ(dump_list(-1, NULL, list, 2), -EBADF);
	/* of one host, whose name begins as another's */
	tree_dir(&t, "/a-b-20261223T142005Z-00000006");
	CHECK_EQ(dump_list(dir, "a", list, 2), 1);
	CHECK_STR(list[0].name, "a-20261123T142005Z-00000001");
	CHECK_EQ(dump_list(dir, "", list, 2), 4);
}
