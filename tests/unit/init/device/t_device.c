/* SPDX-License-Identifier: MIT */
/*
 * A root folder with /sys/class/block and /dev, in which the devices are image files that
 * mkfs.ext4 and mkfs.xfs made.
 */
#include "init/device/device_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "init/system/child.h"
#include "lib/clock.h"
#include "tests/unit/test.h"

#define UUID_EXT4 "11111111-2222-3333-4444-555555555555"
#define UUID_XFS  "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"

static char root[40];

static int shell(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static int shell(const char *fmt, ...)
{
	char cmd[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(cmd, sizeof(cmd), fmt, ap);
	va_end(ap);
	return system(cmd);
}

/* A block device as sysfs shows it, its node being a sparse file of `megabytes`. */
static void add_device(const char *sysname, const char *node, unsigned megabytes)
{
	CHECK(!shell("mkdir -p %s/sys/class/block/'%s' $(dirname %s/dev/%s)", root, sysname, root,
		     node));
	CHECK(!shell("echo %u > %s/sys/class/block/'%s'/size", megabytes * 2048, root, sysname));
	CHECK(!shell("truncate -s %uM %s/dev/%s", megabytes, root, node));
}

static void begin(void)
{
	strcpy(root, "/tmp/t_device.XXXXXX");
	CHECK(mkdtemp(root));
	CHECK(!shell("mkdir -p %s/sys/class/block %s/dev", root, root));
}

static void end(void)
{
	CHECK(!shell("rm -rf %s", root));
}

static void make_ext4(const char *node)
{
	CHECK(!shell("mkfs.ext4 -q -F -U " UUID_EXT4 " -L dumps %s/dev/%s", root, node));
}

TEST(by_uuid_label_and_name)
{
	struct device_seen seen;
	struct device d;

	begin();
	add_device("vda", "vda", 4);
	add_device("vdb1", "vdb1", 4);
	make_ext4("vdb1");
	CHECK_EQ(device_find(root, "UUID=" UUID_EXT4, &d, NULL), 0);
	CHECK_STR(d.node, "/dev/vdb1");
	CHECK_STR(d.sb.type, "ext4");
	CHECK_EQ(device_find(root, "LABEL=dumps", &d, &seen), 0);
	CHECK_STR(d.node, "/dev/vdb1");
	CHECK_EQ(device_find(root, "/dev/vdb1", &d, &seen), 0);
	CHECK_STR(d.sb.uuid, UUID_EXT4);
	CHECK_EQ(device_find(root, "/dev/vda", &d, &seen), 0);
	CHECK(!d.sb.type);
	end();
}

TEST(xfs_and_upper_case)
{
	struct device d;

	begin();
	add_device("sda", "sda", 301);
	CHECK(!shell("mkfs.xfs -q -f -m uuid=" UUID_XFS " -L xd %s/dev/sda >/dev/null 2>&1 ||"
		     "mkfs.xfs -q -f -m crc=1,uuid=" UUID_XFS " -L xd %s/dev/sda",
		     root, root));
	CHECK_EQ(device_find(root, "UUID=AAAAAAAA-BBBB-CCCC-DDDD-EEEEEEEEEEEE", &d, NULL), 0);
	CHECK_STR(d.sb.type, "xfs");
	CHECK_EQ(device_find(root, "LABEL=XD", &d, NULL), -ENODEV);
	end();
}

TEST(names_with_a_slash)
{
	struct device d;

	begin();
	add_device("cciss!c0d0", "cciss/c0d0", 4);
	make_ext4("cciss/c0d0");
	CHECK_EQ(device_find(root, "LABEL=dumps", &d, NULL), 0);
	CHECK_STR(d.node, "/dev/cciss/c0d0");
	end();
}

TEST(empty_and_slow_devices_are_passed_over)
{
	struct device_seen seen;
	struct device d;

	begin();
	add_device("fd0", "fd0", 4);
	make_ext4("fd0");
	add_device("loop7", "loop7", 0);
	CHECK_EQ(device_find(root, "LABEL=dumps", &d, &seen), -ENODEV);
	CHECK_STR(seen.list, "");
	/* but the user's word counts */
	CHECK_EQ(device_find(root, "/dev/fd0", &d, &seen), 0);
	end();
}

TEST(what_was_seen_is_told)
{
	struct device_seen seen;
	struct device d;

	begin();
	add_device("vda", "vda", 4);
	CHECK_EQ(device_find(root, "UUID=" UUID_XFS, &d, &seen), -ENODEV);
	CHECK_STR(seen.list, "vda");
	make_ext4("vda");
	CHECK_EQ(device_find(root, "/dev/vdz", &d, &seen), -ENODEV);
	CHECK_STR(seen.list, "vda (ext4)");
	end();
}

TEST(many_devices_do_not_overflow_what_was_seen)
{
	struct device_seen seen;
	struct device d;

	begin();
	for (int i = 0; i < 40; i++) {
		char name[16];

		snprintf(name, sizeof(name), "disk%02d", i);
		add_device(name, name, 1);
	}
	CHECK_EQ(device_find(root, "LABEL=x", &d, &seen), -ENODEV);
	CHECK_EQ(strlen(seen.list), sizeof(seen.list) - 1);
	end();
}

TEST(one_name_on_several_devices)
{
	struct device a, b, c;

	begin();
	add_device("sda", "sda", 4);
	add_device("sdb", "sdb", 4);
	add_device("sdc", "sdc", 4);
	make_ext4("sda");
	make_ext4("sdc");
	CHECK_EQ(device_find(root, "UUID=" UUID_EXT4, &a, NULL), 0);
	CHECK_EQ(device_next(root, "UUID=" UUID_EXT4, 0, &b), 0);
	CHECK_STR(a.node, b.node);
	CHECK_EQ(device_next(root, "UUID=" UUID_EXT4, 1, &c), 0);
	CHECK(strcmp(c.node, b.node));
	CHECK_EQ(device_next(root, "UUID=" UUID_EXT4, 2, &c), -ENODEV);
	/* a node is one device */
	CHECK_EQ(device_next(root, "/dev/sda", 1, &c), -ENODEV);
	end();
}

TEST(by_partition_and_disk)
{
	struct device d;

	begin();
	add_device("sda", "sda", 4);
	add_device("sda1", "sda1", 4);
	CHECK(!shell("echo 1 > %s/sys/class/block/sda1/partition", root));
	CHECK(!shell("printf 'PARTN=1\nPARTNAME=my dumps\nPARTUUID=" UUID_XFS
		     "\n' > %s/sys/class/block/sda1/uevent",
		     root));
	CHECK(!shell("mkdir %s/sys/class/block/sda/device; echo naa.5000c500a1b2c3d4 > "
		     "%s/sys/class/block/sda/device/wwid",
		     root, root));
	CHECK_EQ(device_find(root, "PARTLABEL=my dumps", &d, NULL), 0);
	CHECK_STR(d.node, "/dev/sda1");
	CHECK(!d.sb.type);
	CHECK_EQ(device_find(root, "PARTUUID=AAAAAAAA-bbbb-cccc-dddd-eeeeeeeeeeee", &d, NULL), 0);
	CHECK_STR(d.node, "/dev/sda1");
	CHECK_EQ(device_find(root, "DISK=naa.5000c500a1b2c3d4", &d, NULL), 0);
	CHECK_STR(d.node, "/dev/sda");
	CHECK_EQ(device_find(root, "PARTLABEL=dumps", &d, NULL), -ENODEV);
	CHECK_EQ(device_find(root, "DISK=", &d, NULL), -ENODEV);
	end();
}

/* A superblock is not asked for there, which takes flash long, but its name is. */
TEST(flash_by_its_name)
{
	struct device_seen seen;
	struct device d;

	begin();
	add_device("mtdblock0", "mtdblock0", 4);
	add_device("mtdblock1", "mtdblock1", 4);
	make_ext4("mtdblock0");
	CHECK(!shell("mkdir %s/sys/class/block/mtdblock0/device "
		     "%s/sys/class/block/mtdblock1/device",
		     root, root));
	CHECK(!shell("echo u-boot > %s/sys/class/block/mtdblock0/device/name", root));
	CHECK(!shell("echo crash dumps > %s/sys/class/block/mtdblock1/device/name", root));
	CHECK_EQ(device_find(root, "MTD=crash_dumps", &d, &seen), 0);
	CHECK_STR(d.node, "/dev/mtdblock1");
	CHECK(!d.sb.type);
	CHECK_EQ(device_find(root, "MTD=dumps", &d, &seen), -ENODEV);
	CHECK(strstr(seen.list, "mtdblock0") && strstr(seen.list, "mtdblock1"));
	CHECK_EQ(device_find(root, "LABEL=dumps", &d, &seen), -ENODEV);
	CHECK_STR(seen.list, "");
	end();
}

/* The search goes on behind a device that gives errors; here one without a node. */
TEST(a_device_that_cannot_be_read)
{
	struct device d;

	begin();
	add_device("sda", "sda", 4);
	add_device("sdb", "sdb", 4);
	CHECK(!shell("rm %s/dev/sda; mkdir %s/dev/sda", root, root));
	make_ext4("sdb");
	CHECK_EQ(device_find(root, "LABEL=dumps", &d, NULL), 0);
	CHECK_STR(d.node, "/dev/sdb");
	end();
}

/* State of the process: in a child of its own. */
static void look_past_a_disk_that_hangs(void)
{
	struct device first, d;

	begin();
	add_device("sda", "sda", 4);
	add_device("sdb", "sdb", 4);
	make_ext4("sda");
	make_ext4("sdb");
	/* a partition as in sysfs: a link into its disk's folder */
	CHECK(!shell("mkdir -p %s/sys/block; mv %s/sys/class/block/sd? %s/sys/block/;"
		     "ln -s ../../block/sda ../../block/sdb %s/sys/class/block/",
		     root, root, root, root));
	CHECK_EQ(device_find(root, "UUID=" UUID_EXT4, &first, NULL), 0);
	CHECK(!shell(
		"d=%s; n=%s; mkdir $d/sys/block/$n/${n}1; echo 1 > $d/sys/block/$n/${n}1/partition;"
		"ln -s ../../block/$n/${n}1 $d/sys/class/block/; cp $d/sys/block/$n/size"
		" $d/sys/block/$n/${n}1/; cp $d/dev/$n $d/dev/${n}1",
		root, first.node + 5));
	/* the partition's hanging is its disk's */
	CHECK_EQ(device_set_aside(root, !strcmp(first.node, "/dev/sda") ? "sda1" : "sdb1"), true);
	CHECK_EQ(device_set_aside(root, first.node + 5), false);
	CHECK_EQ(device_find(root, "UUID=" UUID_EXT4, &d, NULL), 0);
	CHECK(strcmp(d.node, first.node));
	CHECK_EQ(device_next(root, "UUID=" UUID_EXT4, 1, &d), -ENODEV);
	/* the only one that fits: it may be slow only */
	CHECK(!shell("rm %s%s; truncate -s 4M %s%s", root, d.node, root, d.node));
	CHECK_EQ(device_find(root, "UUID=" UUID_EXT4, &d, NULL), 0);
	CHECK(!strncmp(d.node, first.node, strlen(first.node)));
	end();
}

TEST(a_disk_that_hangs_is_looked_at_last)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		look_past_a_disk_that_hangs();
		fflush(stdout);
		_exit(test_failures != 0);
	}
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK_EQ(status, 0);
}

TEST(no_sysfs_is_an_error_and_empty_names_fit_nothing)
{
	struct device d;

	begin();
	add_device("vda", "vda", 4);
	CHECK(!shell("mkfs.ext4 -q -F %s/dev/vda", root));
	CHECK_EQ(device_find(root, "LABEL=", &d, NULL), -ENODEV);
	CHECK_EQ(device_find(root, "UUID=", &d, NULL), -ENODEV);
	CHECK_EQ(device_find(root, "PARTLABEL=x", &d, NULL), -ENODEV);
	CHECK(!shell("rm -rf %s/sys", root));
	CHECK_EQ(device_find(root, "LABEL=x", &d, NULL), -ENOENT);
	end();
}

TEST(wait_ends_in_time)
{
	uint64_t start = clock_boot_ms(), took;
	struct device_seen seen;
	struct device d;

	begin();
	CHECK_EQ(device_wait(root, "LABEL=dumps", 1, &d, &seen), -ETIMEDOUT);
	took = clock_boot_ms() - start;
	CHECK(took >= 1000 && took < 3000);
	end();
}

TEST(wait_sees_what_comes_later)
{
	uint64_t start;
	struct device_seen seen;
	struct device d;
	pid_t pid;

	begin();
	add_device("vda", "vda", 4);
	make_ext4("vda");
	CHECK(!shell("mv %s/dev/vda %s/vda.away", root, root));
	start = clock_boot_ms();
	pid = fork();
	if (!pid)
		_exit(shell("sleep 0.3; mv %s/vda.away %s/dev/vda", root, root) != 0);
	CHECK_EQ(device_wait(root, "/dev/vda", 10, &d, &seen), 0);
	CHECK_STR(d.node, "/dev/vda");
	CHECK(clock_boot_ms() - start < 5000);
	waitpid(pid, NULL, 0);
	end();
}
