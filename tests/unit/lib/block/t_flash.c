/* SPDX-License-Identifier: MIT */
#include "lib/block/flash.h"

#include <errno.h>
#include <sys/mman.h>

#include "lib/cleanup.h"
#include "lib/io.h"
#include "tests/unit/fake/tree.h"
#include "tests/unit/test.h"

/* Two chips, each with UBI, as a board has them. */
static void put_all(const struct tree *t)
{
	tree_text(t, "/sys/class/mtd/mtd0/name", "u-boot\n");
	tree_text(t, "/sys/class/mtd/mtd0ro/name", "u-boot\n");
	tree_text(t, "/sys/class/mtd/mtd10/name", "NAND 0\n");
	tree_text(t, "/sys/class/mtd/mtd2/name", "data\n");
	tree_text(t, "/sys/class/ubi/version", "1\n");
	tree_text(t, "/sys/class/ubi/ubi0/mtd_num", "10\n");
	tree_text(t, "/sys/class/ubi/ubi0_0/name", "rootfs\n");
	tree_text(t, "/sys/class/ubi/ubi1/mtd_num", "2\n");
	tree_text(t, "/sys/class/ubi/ubi1_0/name", "dumps\n");
	tree_text(t, "/sys/class/ubi/ubi1_4/name", "other dumps\n");
}

TEST(partitions)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	char seen[40], little[8];

	CHECK_EQ(flash_find(t.root, "data", seen, sizeof(seen)), -ENODEV);
	CHECK_STR(seen, "");
	put_all(&t);
	CHECK_EQ(flash_find(t.root, "data", seen, sizeof(seen)), 2);
	CHECK_EQ(flash_find(t.root, "NAND_0", NULL, 0), 10);
	CHECK_EQ(flash_find(t.root, "dat", seen, sizeof(seen)), -ENODEV);
	CHECK(strstr(seen, "u-boot") && strstr(seen, "NAND 0") && strstr(seen, "data"));
	CHECK_EQ(flash_find(t.root, "", little, sizeof(little)), -ENODEV);
	CHECK_EQ(strlen(little), sizeof(little) - 1);
}

TEST(volumes)
{
	static const struct {
		const char *where;
		unsigned device, id, mtd;
	} good[] = {
		{ "ubi0:rootfs", 0, 0, 10 },
		{ "ubi:rootfs", 0, 0, 10 },
		{ "ubi1_4", 1, 4, 2 },
		{ "/dev/ubi1_0", 1, 0, 2 },
		{ "MTD=data:dumps", 1, 0, 2 },
		{ "MTD=data:other_dumps", 1, 4, 2 },
		{ "MTD=NAND_0:rootfs", 0, 0, 10 },
	};
	_cleanup_(tree_remove) struct tree t = tree_make();
	struct ubi_volume v;
	char seen[40];

	CHECK_EQ(ubi_find(t.root, "ubi0:rootfs", &v, seen, sizeof(seen)), -ENODEV);
	put_all(&t);
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		CHECK_EQ(ubi_find(t.root, good[i].where, &v, NULL, 0), 0);
		CHECK_EQ(v.device, good[i].device);
		CHECK_EQ(v.id, good[i].id);
		CHECK_EQ(v.mtd, good[i].mtd);
	}
	CHECK_STR(v.name, "rootfs");
	CHECK_EQ(ubi_find(t.root, "ubi1:rootfs", &v, seen, sizeof(seen)), -ENOENT);
	CHECK(strstr(seen, "dumps") && strstr(seen, "other dumps") && !strstr(seen, "rootfs"));
	CHECK_EQ(ubi_find(t.root, "ubi0_4", &v, seen, sizeof(seen)), -ENOENT);
	CHECK_EQ(ubi_find(t.root, "ubi2_0", &v, seen, sizeof(seen)), -ENODEV);
	CHECK_EQ(ubi_find(t.root, "MTD=u-boot:dumps", &v, seen, sizeof(seen)), -ENODEV);
	CHECK_EQ(ubi_find(t.root, "MTD=none:dumps", &v, seen, sizeof(seen)), -ENODEV);
	CHECK_EQ(ubi_find(t.root, "/dev/vda", &v, seen, sizeof(seen)), -EINVAL);
}

/* What the kernel lists first is chance: none of two is the one that was meant. */
TEST(two_of_a_name)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	struct ubi_volume v;

	put_all(&t);
	tree_text(&t, "/sys/class/mtd/mtd11/name", "NAND_0\n");
	CHECK_EQ(flash_find(t.root, "NAND_0", NULL, 0), -ENOTUNIQ);
	CHECK_EQ(flash_find(t.root, "data", NULL, 0), 2);
	CHECK_EQ(ubi_find(t.root, "MTD=NAND_0:rootfs", &v, NULL, 0), -ENOTUNIQ);
	CHECK_EQ(ubi_find(t.root, "ubi0:rootfs", &v, NULL, 0), 0);
	tree_text(&t, "/sys/class/ubi/ubi1_5/name", "other.dumps\n");
	tree_text(&t, "/sys/class/ubi/ubi1_6/name", "other  dumps\n");
	CHECK_EQ(ubi_find(t.root, "MTD=data:other_dumps", &v, NULL, 0), -ENOTUNIQ);
	CHECK_EQ(ubi_find(t.root, "MTD=data:other.dumps", &v, NULL, 0), 0);
	CHECK_EQ(v.id, 5);
	CHECK_EQ(ubi_find(t.root, "ubi1_4", &v, NULL, 0), 0);
}

/* UBI takes 127 characters, and the last one tells these two apart. */
TEST(long_names)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	char name[UBI_VOLUME_BYTES] = "", where[200];
	struct ubi_volume v;

	put_all(&t);
	memset(name, 'n', sizeof(name) - 1);
	tree_text(&t, "/sys/class/ubi/ubi1_7/name", name);
	name[sizeof(name) - 2] = 'm';
	tree_text(&t, "/sys/class/ubi/ubi1_8/name", name);
	snprintf(where, sizeof(where), "MTD=data:%s", name);
	CHECK_EQ(ubi_find(t.root, where, &v, NULL, 0), 0);
	CHECK_EQ(v.id, 8);
	CHECK_STR(v.name, name);
	where[strlen(where) - 1] = 'k';
	CHECK_EQ(ubi_find(t.root, where, &v, NULL, 0), -ENOENT);
	tree_text(&t, "/sys/class/mtd/mtd12/name",
		  "a partition whose name is longer than what the other names are, by one\n");
	tree_text(&t, "/sys/class/mtd/mtd13/name",
		  "a partition whose name is longer than what the other names are, by two\n");
	CHECK_EQ(flash_find(t.root,
			    "a_partition_whose_name_is_longer_than_what_the_other_names_are_by_six",
			    NULL, 0),
		 -ENODEV);
	CHECK_EQ(flash_find(t.root,
			    "a_partition_whose_name_is_longer_than_what_the_other_names_are_by_two",
			    NULL, 0),
		 13);
}

TEST(mounts)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	static struct mounted m = { .type = "ubifs" };
	struct ubi_volume v;

	put_all(&t);
	CHECK_EQ(ubi_find(t.root, "MTD=data:dumps", &v, NULL, 0), 0);
	strcpy(m.source, "ubi1:dumps");
	CHECK(ubi_is_mount(t.root, &m, &v));
	strcpy(m.source, "/dev/ubi1_0");
	CHECK(ubi_is_mount(t.root, &m, &v));
	strcpy(m.source, "ubi1_4");
	CHECK(!ubi_is_mount(t.root, &m, &v));
	strcpy(m.source, "/dev/ubiblock1_0");
	CHECK(!ubi_is_mount(t.root, &m, &v));
	strcpy(m.source, "ubi1_0");
	strcpy(m.type, "squashfs");
	CHECK(!ubi_is_mount(t.root, &m, &v));
}

/* Flash in which the first block is erased. */
static int flash(unsigned vid_head, const char *magic, uint64_t at)
{
	int fd = memfd_create("flash", MFD_CLOEXEC);
	unsigned char head[64] = { 0 };

	memcpy(head, magic, 4);
	head[18] = (unsigned char)(vid_head >> 8);
	head[19] = (unsigned char)vid_head;
	head[16] = (unsigned char)(vid_head >> 24);
	if (fd < 0 || ftruncate(fd, 1 << 20) < 0 || io_pwrite(fd, head, sizeof(head), at))
		abort();
	return fd;
}

TEST(the_second_header)
{
	static const struct {
		unsigned vid_head, block;
		const char *magic;
		uint64_t at;
		int found;
	} cases[] = {
		{ 64, 131072, "UBI#", 0, 64 },
		{ 2048, 131072, "UBI#", 131072, 2048 },
		{ 512, 16384, "UBI#", 5 * 16384, 512 },
		{ 512, 16384, "UBI#", 5 * 16384 + 64, -EMEDIUMTYPE },
		{ 64, 131072, "UBI!", 0, -EMEDIUMTYPE },
		{ 16384, 16384, "UBI#", 0, -EMEDIUMTYPE },
		{ 0xff000800, 131072, "UBI#", 0, -EMEDIUMTYPE },
		{ 64, 0, "UBI#", 0, -EMEDIUMTYPE },
		{ 64, 4u << 20, "UBI#", 131072, -EMEDIUMTYPE },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_close_ int fd = flash(cases[i].vid_head, cases[i].magic, cases[i].at);

		CHECK_EQ(ubi_vid_head(fd, cases[i].block), cases[i].found);
	}
}
