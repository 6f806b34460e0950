/* SPDX-License-Identifier: MIT */
#include "init/capture/retention_private.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "tests/unit/fake/tree.h"
#include "tests/unit/test.h"

#define NOW "web1-20261123T142005Z-0a1b2c3d"

static struct tree tree;
static struct retention r;
static char data[8192];

/* n months old */
static const char *name_of(const char *host, unsigned month)
{
	static char name[80];

	snprintf(name, sizeof(name), "%s-2026%02u01T000000Z-00000000", host, month);
	return name;
}

static void put(const char *folder, const char *file)
{
	char path[200];

	snprintf(path, sizeof(path), "/%s/%s", folder, file);
	tree_bytes(&tree, path, data, sizeof(data));
}

static void complete(const char *folder)
{
	put(folder, "dmesg.txt");
	put(folder, "vmcore");
	put(folder, "kdump.json");
	put(folder, "kdump.log");
}

static int is_there(const char *folder)
{
	char path[100];

	snprintf(path, sizeof(path), "/%s", folder);
	return !access(tree_path(&tree, path), F_OK);
}

static void look(bool own_host)
{
	int dir = open(tree.root, O_RDONLY | O_DIRECTORY);

	CHECK_EQ(retention_look(&r, dir, NOW, own_host, 60), 0);
}

static void begin(void)
{
	tree = tree_make();
}

static void end(void)
{
	close(r.dir);
	tree_remove(&tree);
}

TEST(list_is_by_age_and_knows_what_is_complete)
{
	begin();
	complete(name_of("web1", 3));
	complete(name_of("web1", 1));
	put(name_of("web1", 2), "vmcore.partial");
	put(name_of("web1", 2), "kdump.json");
	complete(NOW);
	put("lost+found", "vmcore");
	put("2026-01-01", "vmcore");
	look(false);
	CHECK_EQ(r.n, 3);
	CHECK_STR(r.dumps[0].name, name_of("web1", 1));
	CHECK(r.dumps[0].complete && !r.dumps[1].complete && r.dumps[2].complete);
	CHECK(r.dumps[0].bytes >= 4 * sizeof(data));
	CHECK_EQ(retention_spare(&r), r.dumps[0].bytes + r.dumps[1].bytes);
	end();
}

TEST(oldest_goes_first_and_the_newest_complete_never)
{
	struct retention_gone gone = { 0 };

	begin();
	complete(name_of("web1", 1));
	complete(name_of("web1", 2));
	put(name_of("web1", 3), "dmesg.txt");
	look(false);
	CHECK_EQ(retention_remove_oldest(&r, &gone), 0);
	CHECK(!is_there(name_of("web1", 1)));
	CHECK_EQ(retention_remove_oldest(&r, &gone), 0);
	CHECK(!is_there(name_of("web1", 3)));
	CHECK_EQ(retention_remove_oldest(&r, &gone), -ENOENT);
	CHECK(is_there(name_of("web1", 2)));
	CHECK_EQ(gone.dumps, 2);
	CHECK(gone.bytes >= 5 * sizeof(data));
	end();
}

TEST(keep_counts_the_new_one)
{
	const struct conf_keep keep = { .dumps = 3 };
	struct retention_gone gone = { 0 };

	begin();
	for (unsigned m = 1; m <= 5; m++)
		complete(name_of("web1", m));
	for (unsigned m = 6; m <= 9; m++)
		put(name_of("web1", m), "dmesg.txt");
	complete(NOW);
	look(false);
	retention_apply(&r, &keep, 100, &gone);
	CHECK_EQ(gone.dumps, 4);
	CHECK(!is_there(name_of("web1", 3)) && is_there(name_of("web1", 4)));
	CHECK(!is_there(name_of("web1", 6)) && is_there(name_of("web1", 7)));
	CHECK(is_there(NOW));
	end();
}

TEST(keep_bytes)
{
	struct conf_keep keep = { .bytes = 1 };
	struct retention_gone gone = { 0 };

	begin();
	for (unsigned m = 1; m <= 3; m++)
		complete(name_of("web1", m));
	look(false);
	keep.bytes = 2 * r.dumps[0].bytes + 100;
	retention_apply(&r, &keep, 100, &gone);
	CHECK_EQ(gone.dumps, 1);
	CHECK(!is_there(name_of("web1", 1)) && is_there(name_of("web1", 2)));
	end();
}

TEST(what_is_not_ours_stays)
{
	struct retention_gone gone = { 0 };

	begin();
	complete(name_of("a", 1));
	put(name_of("a", 1), "my-notes.txt");
	complete(name_of("b", 2));
	tree_dir(&tree, "/b-20260201T000000Z-00000000/vmcore.d");
	complete(name_of("c", 3));
	tree_link(&tree, "/c-20260301T000000Z-00000000/vmcore.link", "/etc/passwd");
	tree_link(&tree, "/d-20260401T000000Z-00000000", name_of("a", 1));
	tree_text(&tree, "/e-20260501T000000Z-00000000", "a file");
	complete(name_of("f", 6));
	look(false);
	CHECK_EQ(retention_remove_oldest(&r, &gone), -ENOENT);
	CHECK_EQ(gone.dumps, 0);
	CHECK_EQ(retention_spare(&r), 0);
	end();
}

TEST(a_shared_target_has_dumps_of_others)
{
	begin();
	complete(name_of("web2", 1));
	complete(name_of("web1", 2));
	complete(name_of("web1-b", 3));
	look(true);
	CHECK_EQ(r.n, 1);
	CHECK_STR(r.dumps[0].name, name_of("web1", 2));
	end();
}

TEST(crashes_around_this_one)
{
	begin();
	complete("web1-20261123T135005Z-00000000");
	put("web1-20261123T142000Z-00000000", "dmesg.txt");
	put("web1-20261123T145000Z-00000000", "dmesg.txt");
	complete("web1-20261123T131000Z-00000000");
	complete("web2-20261123T142000Z-00000000");
	look(false);
	CHECK_EQ(r.recent, 3);
	end();
}

TEST(more_than_the_list_holds)
{
	begin();
	for (unsigned i = 0; i < RETENTION_MAX + 20; i++) {
		char name[80];

		snprintf(name, sizeof(name), "w-2026%02u%02uT%02u0000Z-00000000", i / 600 + 1,
			 i / 24 % 25 + 1, i % 24);
		put(name, "dmesg.txt");
	}
	look(false);
	CHECK_EQ(r.n, RETENTION_MAX);
	CHECK(r.dumps[0].time_s < r.dumps[RETENTION_MAX - 1].time_s);
	end();
}
