/* SPDX-License-Identifier: MIT */
#include "lib/block/blockname.h"

#include "lib/bytes.h"
#include "lib/cleanup.h"
#include "tests/unit/fake/tree.h"
#include "tests/unit/test.h"

#define DISK "/sys/devices/x/block/vda"

TEST(node)
{
	char node[32];

	CHECK(blockname_node("cciss!c0d0!p1", node, sizeof(node)));
	CHECK_STR(node, "/dev/cciss/c0d0/p1");
	CHECK(!blockname_node("a-name-that-does-not-fit-in-there", node, sizeof(node)));
}

/* An old kernel tells a partition's name only; the UUID is in the table. */
TEST(partition)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	uint8_t disk[4096] = { 0 };
	struct blockname n;

	memcpy(disk + 512, "EFI PART", 8);
	disk[512 + 24] = 1;
	disk[512 + 72] = 2;
	disk[512 + 80] = 4;
	disk[512 + 84] = 128;
	disk[1024] = 1;
	disk[1024 + 16] = 7;
	disk[1024 + 56] = 'd';
	tree_bytes(&t, "/dev/vda", disk, sizeof(disk));
	tree_text(&t, DISK "/vda1/partition", "1\n");
	tree_text(&t, DISK "/vda1/uevent", "DEVNAME=vda1\nPARTN=1\n");
	tree_link(&t, "/sys/class/block/vda1", "../../devices/x/block/vda/vda1");
	blockname_read(t.root, "vda1", &n);
	CHECK_STR(n.partuuid, "00000007-0000-0000-0000-000000000000");
	CHECK_STR(n.partlabel, "d");
	CHECK_STR(n.disk, "");
	tree_text(&t, DISK "/vda1/uevent", "PARTN=1\nPARTNAME=dumps\nPARTUUID=1234-5\nX=");
	blockname_read(t.root, "vda1", &n);
	CHECK_STR(n.partuuid, "1234-5");
	CHECK_STR(n.partlabel, "dumps");
	/* nothing there is no error */
	blockname_read(t.root, "vdz", &n);
	CHECK_STR(n.partuuid, "");
	CHECK_STR(n.disk, "");
}

TEST(disk)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	struct blockname n;

	tree_text(&t, "/sys/class/block/vda/serial", "dumps-1");
	tree_text(&t, "/sys/class/block/sda/device/wwid",
		  "t10.ATA     QEMU HARDDISK        QM00003 \n");
	tree_text(&t, "/sys/class/block/mmcblk0/device/cid", "aa585151454d55210\n");
	blockname_read(t.root, "vda", &n);
	CHECK_STR(n.disk, "dumps-1");
	blockname_read(t.root, "sda", &n);
	CHECK_STR(n.disk, "t10.ATA_QEMU_HARDDISK_QM00003");
	blockname_read(t.root, "mmcblk0", &n);
	CHECK_STR(n.disk, "aa585151454d55210");
}

TEST(flash)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	struct blockname n;

	tree_text(&t, "/sys/class/block/mtdblock3/device/name", "crash dumps\n");
	tree_text(&t, "/sys/class/block/vdc/device/name", "crash dumps\n");
	blockname_read(t.root, "mtdblock3", &n);
	CHECK_STR(n.mtd, "crash_dumps");
	CHECK(blockname_fits("MTD=crash_dumps", NULL, &n) && blockname_wanted("MTD=a"));
	CHECK(!blockname_fits("MTD=crash", NULL, &n) && !blockname_fits("MTD=", NULL, &n));
	blockname_read(t.root, "vdc", &n);
	CHECK_STR(n.mtd, "");
	CHECK(!blockname_fits("MTD=//", NULL, &n));
}

/* What /proc/mtd says, as the word that a config line takes, and as the running system reads it. */
TEST(flash_by_any_name)
{
	static const char *const names[][2] = {
		{ "u-boot,env", "u-boot,env" },
		{ "kernel/b (rw)", "kernel/b_(rw)" },
		{ "crash  dumps", "crash__dumps" },
		{ "@crash", "@crash" },
		{ "0:ART+1", "0:ART+1" },
		{ "dumps ", "dumps" },
		{ " dumps", "_dumps" },
		{ "_dumps_", "_dumps_" },
	};
	_cleanup_(tree_remove) struct tree t = tree_make();

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct blockname n;
		char where[64];

		tree_text(&t, "/sys/class/block/mtdblock3/device/name", names[i][0]);
		blockname_read(t.root, "mtdblock3", &n);
		snprintf(where, sizeof(where), "MTD=%s", names[i][1]);
		CHECK(blockname_fits(where, NULL, &n));
		CHECK(blockname_is_flash(names[i][0], names[i][1]));
	}
	CHECK(!blockname_is_flash("crash", "crash2") && !blockname_is_flash("@", "@"));
}

TEST(fits)
{
	struct superblock sb = { .type = "vfat", .uuid = "1234-ABCD", .label = "d" }, none = { 0 };
	struct blockname n = { .partuuid = "ab-01", .partlabel = "p", .disk = "s" },
			 no_name = { 0 };

	CHECK(blockname_fits("UUID=1234-abcd", &sb, NULL));
	CHECK(blockname_fits("LABEL=d", &sb, &n));
	CHECK(!blockname_fits("LABEL=D", &sb, &n));
	CHECK(blockname_fits("PARTUUID=AB-01", NULL, &n));
	CHECK(blockname_fits("PARTLABEL=p", &none, &n));
	CHECK(blockname_fits("DISK=s", &none, &n));
	CHECK(!blockname_fits("UUID=", &none, &no_name));
	CHECK(!blockname_fits("LABEL=", &sb, &no_name));
	CHECK(!blockname_fits("PARTUUID=", &none, &no_name));
	CHECK(!blockname_fits("DISK=", &none, &no_name));
	CHECK(!blockname_fits("/dev/vda", &sb, &n));
	CHECK(blockname_wanted("PARTUUID=x") && blockname_wanted("DISK=x"));
	CHECK(!blockname_wanted("UUID=x") && !blockname_wanted("/dev/x"));
}
