/* SPDX-License-Identifier: MIT */
#include "lib/block/mounts.h"

#include <errno.h>

#include "lib/cleanup.h"
#include "tests/unit/fake/tree.h"
#include "tests/unit/test.h"

static const char table[] =
	"22 28 0:20 / /proc rw - proc proc rw\n"
	"28 1 254:1 / / rw,relatime shared:1 - ext4 /dev/root rw,errors=remount-ro\n"
	"30 28 254:1 /srv/crash /var/crash rw - ext4 /dev/root rw\n"
	"31 28 0:40 /@data/in /data rw - btrfs /dev/vdb "
	"rw,space_cache=v2,subvolid=256,subvol=/@data\n"
	"32 31 0:40 / /data/all rw master:3 - btrfs /dev/vdb rw,subvolid=5,subvol=/\n"
	"33 28 0:41 / /with\\040blank rw - virtiofs my\\134tag rw\n"
	"34 28 0:42 / /over rw - tmpfs tmpfs rw\n"
	"35 28 254:3 / /over rw - xfs /dev/vdc rw\n"
	"broken\n"
	"36 28 0:43 / /cut rw - \n";

static struct mounted m;
static char rest[PATH_MAX];

static void check(const struct tree *t, const char *folder, const char *type, const char *where)
{
	CHECK_EQ(mounts_of_folder(t->root, folder, &m, rest), 0);
	CHECK_STR(m.type, type);
	CHECK_STR(rest, where);
}

TEST(where_a_folder_lies)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	tree_text(&t, "/proc/self/mountinfo", table);
	tree_dir(&t, "/data/all");
	tree_link(&t, "/link", tree_path(&t, "/data/all"));
	check(&t, "/", "ext4", "/");
	CHECK_EQ(m.dev_major, 254);
	CHECK_EQ(m.dev_minor, 1);
	check(&t, "/var/lib/crash", "ext4", "/var/lib/crash");
	/* a bind mount */
	check(&t, "/var/crash/x", "ext4", "/srv/crash/x");
	check(&t, "/var/crashed", "ext4", "/var/crashed");
	/* a folder of a subvolume */
	check(&t, "/data/new/x", "btrfs", "/in/new/x");
	CHECK_STR(m.subvol, "/@data");
	CHECK_STR(m.source, "/dev/vdb");
	check(&t, "/link/x", "btrfs", "/x");
	CHECK_STR(m.subvol, "/");
	check(&t, "/with blank", "virtiofs", "/");
	CHECK_STR(m.source, "my\\tag");
	/* the later mount covers the earlier one */
	check(&t, "/over/x", "xfs", "/x");
	CHECK_STR(m.subvol, "");
}

TEST(nothing_is_mounted)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	bool same;

	CHECK_EQ(mounts_of_folder(t.root, "/x", &m, rest), -ENOENT);
	tree_text(&t, "/proc/self/mountinfo", "");
	CHECK_EQ(mounts_of_folder(t.root, "/x", &m, rest), -ENOENT);
	CHECK_EQ(mounts_of_device(t.root, "/dev/vdb", "/x", &m, &same), -ENOENT);
}

TEST(of_this_machine_a_folder_that_is_not_there_yet)
{
	/* its root is "": what is missing then lies in a folder whose own path ends in a slash */
	CHECK_EQ(mounts_of_folder("", "/not-there-yet", &m, rest), 0);
	CHECK_STR(m.point, "/");
	CHECK(!strstr(rest, "//"));
	CHECK_EQ(mounts_of_folder("/", "/not-there-yet/at/all", &m, rest), 0);
	CHECK(!strstr(rest, "//"));
}

TEST(how_a_device_is_mounted)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	bool same;

	tree_text(&t, "/proc/self/mountinfo", table);
	CHECK_EQ(mounts_of_device(t.root, "/dev/vdb", "/crash", &m, &same), 0);
	CHECK_STR(m.subvol, "/@data");
	CHECK(!same);
	/* the one that shows the folder */
	tree_dir(&t, "/data/all/crash");
	CHECK_EQ(mounts_of_device(t.root, "/dev/vdb", "/crash", &m, &same), 0);
	CHECK_STR(m.subvol, "/");
	CHECK_EQ(mounts_of_device(t.root, "/dev/vdc", "/crash", &m, &same), 0);
	CHECK(same);
	CHECK_EQ(mounts_of_device(t.root, "/dev/vdd", "/crash", &m, &same), -ENOENT);
}
