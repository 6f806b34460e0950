/* SPDX-License-Identifier: MIT */
/*
 * What kdump-mkinitrd says of a raw target's device.
 */
#include "mkinitrd/plan/rawdisk.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "lib/block/raw.h"
#include "lib/cleanup.h"
#include "lib/io.h"
#include "lib/log.h"
#include "tests/unit/fake/tree.h"
#include "tests/unit/test.h"

static struct fault fault;

/* A disk of this size with a mark in it. */
static int check(const struct conf_target *t, uint64_t size, const char *mark, uint64_t off)
{
	_cleanup_(tree_remove) struct tree tree = tree_make();
	struct machine m = { .root = tree.root };
	_close_ int fd = -1;

	tree_text(&tree, "/dev/cciss/c0d0", "");
	CHECK_EQ(truncate(tree_path(&tree, "/dev/cciss/c0d0"), (off_t)size), 0);
	fd = open(tree_path(&tree, "/dev/cciss/c0d0"), O_RDWR | O_CLOEXEC);
	CHECK_EQ(io_pwrite(fd, mark, strlen(mark), off), 0);
	fault = (struct fault){ 0 };
	return rawdisk_check(&m, t, "cciss!c0d0", &fault);
}

TEST(empty_and_full_devices)
{
	struct conf_target t = { .kind = CONF_TARGET_RAW, .where = "/dev/cciss/c0d0", .line = 3 };

	CHECK_EQ(check(&t, 64u << 20, "", 0), 0);
	CHECK_EQ(check(&t, 64u << 20, "XFSB", 0), -EEXIST);
	CHECK_EQ(fault.line, 3);
	CHECK(strstr(fault.text, "/dev/cciss/c0d0 holds XFS") && strstr(fault.text, "overwrite"));
	CHECK_EQ(check(&t, 1u << 20, "", 0), -ENOSPC);
	CHECK(strstr(fault.text, "1024 KiB"));
	t.overwrite = true;
	CHECK_EQ(check(&t, 64u << 20, "XFSB", 0), 0);
	CHECK_EQ(check(&t, 1u << 20, "XFSB", 0), -ENOSPC);
}

/* Nothing is on it, so it is taken, and the label is told of. */
TEST(an_empty_partition_that_is_called_LVM)
{
	static const uint8_t lvm[16] = { 0x79, 0xd3, 0xd6, 0xe6, 0x07, 0xf5, 0xc2, 0x44,
					 0xa2, 0x3c, 0x23, 0x8f, 0x2a, 0x3d, 0xf9, 0x28 };
	_cleanup_(tree_remove) struct tree tree = tree_make();
	struct conf_target t = { .where = "/dev/vda1", .line = 4 };
	struct machine m = { .root = tree.root };
	uint8_t disk[4096] = { 0 };
	char said[500] = "";
	FILE *log = tmpfile();

	memcpy(disk + 512, "EFI PART", 8);
	disk[512 + 24] = 1;
	disk[512 + 72] = 2;
	disk[512 + 80] = 128;
	disk[512 + 84] = 128;
	memcpy(disk + 1024, lvm, 16);
	tree_bytes(&tree, "/dev/vda", disk, sizeof(disk));
	tree_text(&tree, "/sys/devices/x/block/vda/vda1/partition", "1\n");
	tree_link(&tree, "/sys/class/block/vda1", "../../devices/x/block/vda/vda1");
	tree_text(&tree, "/dev/vda1", "");
	CHECK_EQ(truncate(tree_path(&tree, "/dev/vda1"), 64 << 20), 0);
	log_add(fileno(log), LOG_PLAIN);
	CHECK_EQ(rawdisk_check(&m, &t, "vda1", &fault), 0);
	log_remove(fileno(log));
	CHECK(pread(fileno(log), said, sizeof(said) - 1, 0) > 0);
	CHECK(strstr(said, "line 4: /dev/vda1 is empty, but its partition type says LVM"));
	fclose(log);
}

TEST(no_such_device)
{
	struct conf_target t = { .where = "/dev/vdx", .line = 1 };
	struct machine m = { .root = "/nonexistent" };

	CHECK_EQ(rawdisk_check(&m, &t, "vdx", &fault), -ENOENT);
	CHECK(strstr(fault.text, "/dev/vdx"));
}

/* Refused at the crash unless it is recovered before; no reason not to arm. */
TEST(a_dump_of_ours_is_a_warning)
{
	_cleanup_(tree_remove) struct tree tree = tree_make();
	struct conf_target t = { .where = "/dev/vdb", .line = 1 };
	struct machine m = { .root = tree.root };
	struct raw_trailer trailer;
	_close_ int fd = -1;

	log_init("t", LOG_ERR);
	tree_text(&tree, "/dev/vdb", "");
	fd = open(tree_path(&tree, "/dev/vdb"), O_RDWR | O_CLOEXEC);
	CHECK_EQ(ftruncate(fd, 64 << 20), 0);
	CHECK_EQ(raw_layout(64 << 20, &trailer), 0);
	strcpy(trailer.folder, "a-b-c");
	trailer.file[RAW_VMCORE].bytes = 5;
	CHECK_EQ(raw_write(fd, &trailer), 0);
	CHECK_EQ(io_pwrite(fd, "KDUMP   ", 8, 0), 0);
	CHECK_EQ(rawdisk_check(&m, &t, "vdb", &fault), 0);
}
