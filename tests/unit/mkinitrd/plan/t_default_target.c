/* SPDX-License-Identifier: MIT */
#include "mkinitrd/plan/default_target.h"

#include <errno.h>

#include "lib/cleanup.h"
#include "tests/unit/fake/tree.h"
#include "tests/unit/test.h"

static struct default_target home;
static struct conf conf;
static struct fault f;

static int run(const struct tree *t, const char *mounts, const char *path)
{
	struct machine m = { .root = t->root };

	tree_text(t, "/proc/self/mountinfo", mounts);
	conf_init(&conf);
	conf.path = path;
	f.text[0] = '\0';
	return default_target_add(&m, &conf, &home, &f);
}

TEST(the_file_system_of_the_path)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	tree_link(&t, "/sys/dev/block/254:1", "../../devices/x/block/vda/vda1");
	CHECK_EQ(run(&t, "1 1 254:1 / / rw - ext4 /dev/root rw\n", "/var/crash"), 0);
	CHECK_EQ(conf.n_targets, 1);
	CHECK_EQ(conf.targets[0].kind, CONF_TARGET_FS);
	CHECK_STR(conf.targets[0].where, "/dev/vda1");
	CHECK_STR(conf.targets[0].type, "auto");
	CHECK(!conf.targets[0].subvol);
	CHECK_STR(conf.path, "/var/crash");

	CHECK_EQ(run(&t,
		     "1 1 0:5 / / rw - btrfs /dev/vdb rw,subvol=/@\n"
		     "2 1 0:6 /@var/x /var rw - btrfs /dev/vdb rw,subvol=/@var\n",
		     "/var/crash"),
		 0);
	CHECK_STR(conf.targets[0].where, "/dev/vdb");
	CHECK_STR(conf.targets[0].subvol, "/@var");
	CHECK_STR(conf.path, "/x/crash");

	CHECK_EQ(run(&t, "1 1 0:5 / / rw - 9p rootshare rw\n", "/var/crash"), 0);
	CHECK_EQ(conf.targets[0].kind, CONF_TARGET_SHARE);
	CHECK_STR(conf.targets[0].type, "9p");
	CHECK_STR(conf.targets[0].where, "rootshare");

	CHECK_EQ(run(&t, "1 1 0:15 / / rw - ubifs ubi0:rootfs rw\n", "/var/crash"), 0);
	CHECK_EQ(conf.targets[0].kind, CONF_TARGET_UBI);
	CHECK_STR(conf.targets[0].type, "ubifs");
	CHECK_STR(conf.targets[0].where, "ubi0:rootfs");

	CHECK_EQ(run(&t,
		     "1 1 0:5 / / rw - ext4 /dev/vda rw\n"
		     "2 1 0:6 / /var rw - nfs4 srv:/exports/var rw,vers=4.2\n",
		     "/var/crash"),
		 0);
	CHECK_EQ(conf.targets[0].kind, CONF_TARGET_NFS);
	CHECK_STR(conf.targets[0].type, "nfs");
	CHECK_STR(conf.targets[0].where, "srv:/exports/var");
}

TEST(what_cannot_take_a_dump)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	CHECK_EQ(run(&t, "1 1 0:5 / / rw - tmpfs none rw\n", "/var/crash"), -EOPNOTSUPP);
	CHECK(strstr(f.text, "/ is tmpfs, memory, which is lost"));
	CHECK_EQ(run(&t, "1 1 0:5 / / rw - overlay overlay rw,upperdir=/u\n", "/x"), -EOPNOTSUPP);
	CHECK(strstr(f.text, "/ is overlay, layers of other folders"));
	CHECK_EQ(run(&t, "1 1 0:5 / / rw - cifs //srv/root rw\n", "/x"), -EOPNOTSUPP);
	CHECK(strstr(f.text, "/ is cifs, not supported: use https"));
	CHECK_EQ(run(&t, "1 1 0:5 / / rw - zfs rpool/ROOT rw\n", "/x"), -EOPNOTSUPP);
	CHECK(strstr(f.text, "/ is zfs, not supported"));
	/* its source begins with /dev, may be several devices, and must not be looked at as one */
	CHECK_EQ(run(&t, "1 1 0:5 / / rw - bcachefs /dev/vda1:/dev/vdb rw\n", "/x"), -EOPNOTSUPP);
	CHECK(strstr(f.text, "/ is bcachefs, not supported: give dumps a file system"));
	CHECK_EQ(run(&t, "1 1 0:5 / / rw - fuse.sshfs u@h:/x rw\n", "/x"), -EOPNOTSUPP);
	CHECK(strstr(f.text, "/ is fuse.sshfs on u@h:/x, which cannot take a dump"));
	CHECK_EQ(run(&t, "1 1 0:5 / / rw - btrfs /dev/vdb rw,subvol=/a\\040b\n", "/x"), -EINVAL);
	CHECK(strstr(f.text, "a blank"));
	CHECK_EQ(run(&t, "", "/x"), -ENOENT);
}

/* systemd's automount lies below what is mounted on it. */
TEST(automounts)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	CHECK_EQ(run(&t,
		     "1 1 254:1 / / rw - ext4 /dev/vda1 rw\n"
		     "2 1 0:30 / /var/crash rw - autofs systemd-1 rw,fd=58\n"
		     "3 2 254:2 / /var/crash rw - xfs /dev/vda2 rw\n",
		     "/var/crash"),
		 0);
	CHECK_STR(conf.targets[0].where, "/dev/vda2");
	CHECK_EQ(run(&t,
		     "1 1 254:1 / / rw - ext4 /dev/vda1 rw\n"
		     "2 1 0:30 / /var/crash rw - autofs systemd-1 rw,fd=58\n",
		     "/var/crash/x"),
		 -EOPNOTSUPP);
	CHECK(strstr(f.text,
		     "/var/crash is autofs, an automount point that nothing is mounted on now"));
}

/* ostree: / is a folder of the file system, /var another */
TEST(bind_mounts)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	CHECK_EQ(run(&t,
		     "1 1 254:1 /ostree/deploy/os/deploy/a.0 / rw - xfs /dev/vda1 rw\n"
		     "2 1 254:1 / /sysroot rw - xfs /dev/vda1 rw\n"
		     "3 1 254:1 /ostree/deploy/os/var /var rw - xfs /dev/vda1 rw\n",
		     "/var/crash"),
		 0);
	CHECK_STR(conf.targets[0].where, "/dev/vda1");
	CHECK_STR(conf.path, "/ostree/deploy/os/var/crash");
	CHECK_EQ(run(&t,
		     "1 1 0:5 / / rw - overlay composefs rw\n"
		     "3 1 254:1 /ostree/deploy/os/var /var rw - xfs /dev/vda1 rw\n",
		     "/var/crash"),
		 0);
	CHECK_STR(conf.path, "/ostree/deploy/os/var/crash");
}

TEST(the_root_file_system_comes_last)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	struct machine m = { .root = t.root };

	tree_text(&t, "/proc/self/mountinfo",
		  "1 1 0:5 / / rw - btrfs /dev/vda2 rw,subvol=/@\n2 1 0:6 / /d rw - xfs /dev/vdb "
		  "rw\n");
	conf_init(&conf);
	conf.failure_action = CONF_DUMP_TO_ROOTFS;
	conf.targets[0] = (struct conf_target){ .type = "xfs", .where = "/dev/vdb", .line = 3 };
	conf.n_targets = 1;
	CHECK_EQ(default_target_add(&m, &conf, &home, &f), 0);
	CHECK_EQ(conf.n_targets, 2);
	CHECK_STR(conf.targets[1].where, "/dev/vda2");
	CHECK_STR(conf.targets[1].subvol, "/@");
	CHECK_STR(conf.path, "/var/crash");
	conf.n_targets = CONF_MAX_TARGETS;
	CHECK_EQ(default_target_add(&m, &conf, &home, &f), -E2BIG);
}

TEST(subvolume_of_a_named_device)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	struct machine m = { .root = t.root };
	struct conf_target target = { .where = "LABEL=x", .line = 2 };
	char subvol[PATH_MAX];

	tree_text(&t, "/proc/self/mountinfo", "1 1 0:5 / / rw - btrfs /dev/vda2 rw,subvol=/@\n");
	CHECK_EQ(default_target_subvol(&m, &target, "vda2", "/crash", subvol, &f), 0);
	CHECK_STR(subvol, "/@");
	tree_text(&t, "/sys/class/block/dm-0/dm/name", "vg-data\n");
	tree_text(&t, "/proc/self/mountinfo",
		  "1 1 0:5 / / rw - btrfs /dev/mapper/vg-data rw,subvol=/d\n");
	CHECK_EQ(default_target_subvol(&m, &target, "dm-0", "/crash", subvol, &f), 0);
	CHECK_STR(subvol, "/d");
	CHECK_EQ(default_target_subvol(&m, &target, "vda3", "/crash", subvol, &f), 0);
	CHECK_STR(subvol, "");
	tree_text(&t, "/proc/self/mountinfo", "1 1 0:5 / / rw - btrfs /dev/vda2 rw,subvol=/a,b\n");
	CHECK_EQ(default_target_subvol(&m, &target, "vda2", "/crash", subvol, &f), -EINVAL);
	CHECK_EQ(f.line, 2);
}
