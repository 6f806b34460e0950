/* SPDX-License-Identifier: MIT */
#include "lib/block/superblock.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/block/md_super.h"
#include "lib/cleanup.h"
#include "lib/io.h"
#include "tests/unit/test.h"

#define IMAGE_BYTES (128 << 10)

static const uint8_t uuid[16] = { 0x0f, 0x7d, 0x2d, 0x5e, 0x3c, 0x51, 0x4c, 0x16,
				  0x8d, 0x2c, 0x8f, 0x4a, 0x6d, 0x1a, 0x9c, 0x11 };
#define UUID_TEXT "0f7d2d5e-3c51-4c16-8d2c-8f4a6d1a9c11"

static int image(off_t size)
{
	int fd = memfd_create("image", MFD_CLOEXEC);

	return ftruncate(fd, size) ? -1 : fd;
}

static void put(int fd, uint64_t off, const void *p, size_t len)
{
	CHECK_EQ(io_pwrite(fd, p, len, off), 0);
}

static void check(int fd, const char *type, const char *id, const char *label)
{
	struct superblock sb = { 0 };

	CHECK_EQ(superblock_read(fd, &sb), 0);
	CHECK_STR(sb.type ? sb.type : "", type);
	CHECK_STR(sb.uuid, id);
	CHECK_STR(sb.label, label);
}

TEST(ext4)
{
	_close_ int fd = image(IMAGE_BYTES);
	struct superblock sb;

	put(fd, 1024 + 0x38, "\x53\xef", 2);
	put(fd, 1024 + 0x68, uuid, 16);
	put(fd, 1024 + 0x78, "sixteen letters.", 16);
	put(fd, 1024 + 0x88, "not the label", 13);
	check(fd, "ext4", UUID_TEXT, "sixteen letters.");
	/* a device that holds only a journal */
	put(fd, 1024 + 0x60, "\x08\0\0\0", 4);
	CHECK_EQ(superblock_read(fd, &sb), -ENOENT);
}

TEST(xfs)
{
	_close_ int fd = image(IMAGE_BYTES);

	put(fd, 0, "XFSB", 4);
	put(fd, 32, uuid, 16);
	put(fd, 108, "dumps", 5);
	check(fd, "xfs", UUID_TEXT, "dumps");
}

TEST(btrfs)
{
	_close_ int fd = image(IMAGE_BYTES);

	put(fd, 65536 + 0x20, uuid, 16);
	put(fd, 65536 + 0x40, "_BHRfS_M", 8);
	put(fd, 65536 + 0x12b, "a longer label", 14);
	check(fd, "btrfs", UUID_TEXT, "a longer label");
}

TEST(f2fs)
{
	_close_ int fd = image(IMAGE_BYTES);
	uint8_t letters[512];

	put(fd, 1024, "\x10\x20\xf5\xf2", 4);
	put(fd, 1024 + 108, uuid, 16);
	put(fd, 1024 + 124, "d\0\xfc\0m\0p\0\0\0x", 11);
	check(fd, "f2fs", UUID_TEXT, "d\xc3\xbcmp");
	/* the longest that the format allows is cut between characters */
	memset(letters, 0x30, sizeof(letters));
	put(fd, 1024 + 124, letters, sizeof(letters));
	{
		struct superblock sb;

		CHECK_EQ(superblock_read(fd, &sb), 0);
		CHECK_EQ(strlen(sb.label), 255);
	}
}

/* 512-byte sectors, 4 per cluster, 1 reserved, 2 copies, media f8 */
static void put_fat(int fd, uint16_t length16)
{
	uint8_t b[512] = { 0xeb, 0x3c, 0x90, 'm',  'k', 'f', 's', '.', 'f',
			   'a',	 't',  0x00, 0x02, 4,	1,   0,	  2 };

	b[21] = 0xf8;
	memcpy(b + 22, &length16, 2);
	b[510] = 0x55;
	b[511] = 0xaa;
	put(fd, 0, b, sizeof(b));
}

TEST(vfat)
{
	_close_ int fd = image(IMAGE_BYTES);

	put_fat(fd, 0);
	check(fd, "vfat", "", "");
	put(fd, 66,
	    "\x29\xcd\xab\x34\x12"
	    "EFI SYSTEM ",
	    16);
	check(fd, "vfat", "1234-ABCD", "EFI SYSTEM");
	put(fd, 71, "NO NAME    ", 11);
	check(fd, "vfat", "1234-ABCD", "");
	put_fat(fd, 40);
	put(fd, 38,
	    "\x29\x01\x00\x00\xf0"
	    "OLD        ",
	    16);
	check(fd, "vfat", "F000-0001", "OLD");
	/* what mkfs.ext4 leaves of an older vfat */
	put(fd, 1024 + 0x38, "\x53\xef", 2);
	check(fd, "ext4", "00000000-0000-0000-0000-000000000000", "");
}

TEST(none_of_the_table)
{
	_close_ int fd = image(IMAGE_BYTES), empty = image(0), small = image(700);
	struct superblock sb;
	uint8_t mbr[512] = { 0xeb, 0x63, 0x90 };

	CHECK_EQ(superblock_read(fd, &sb), -ENOENT);
	CHECK_EQ(superblock_read(empty, &sb), -ENOENT);
	CHECK_EQ(superblock_read(small, &sb), -ENOENT);
	mbr[510] = 0x55;
	mbr[511] = 0xaa;
	put(fd, 0, mbr, sizeof(mbr));
	CHECK_EQ(superblock_read(fd, &sb), -ENOENT);
	CHECK_EQ(superblock_read(-1, &sb), -EBADF);
}

static void put_le(int fd, uint64_t off, uint64_t v, size_t len)
{
	put(fd, off, &v, len);
}

TEST(lvm_member)
{
	static const char id[] = "abcdefGHIJklmnOPQRstuvWXYZ012345";
	_close_ int fd = image(IMAGE_BYTES);
	struct superblock sb;

	put(fd, 512, "LABELONE", 8);
	put_le(fd, 512 + 8, 1, 8);
	put_le(fd, 512 + 20, 32, 4);
	put(fd, 512 + 24, "LVM2 001", 8);
	put(fd, 512 + 32, id, 32);
	check(fd, "LVM2_member", "abcdef-GHIJ-klmn-OPQR-stuv-WXYZ-012345", "");
	CHECK(!superblock_read(fd, &sb) && sb.component);
	/* a header that would lie outside the sector; a label copied from elsewhere */
	put_le(fd, 512 + 20, 490, 4);
	CHECK_EQ(superblock_read(fd, &sb), -ENOENT);
	put_le(fd, 512 + 20, 32, 4);
	put_le(fd, 512 + 8, 3, 8);
	CHECK_EQ(superblock_read(fd, &sb), -ENOENT);
	/* no letters: the device is known, but has no name */
	put_le(fd, 512 + 8, 1, 8);
	put(fd, 512 + 40, " #\"", 3);
	check(fd, "LVM2_member", "", "");
}

TEST(luks)
{
	_close_ int fd = image(IMAGE_BYTES);
	struct superblock sb;

	put(fd, 0, "LUKS\xba\xbe\0\2", 8);
	put(fd, 24, "vault", 5);
	put(fd, 168, UUID_TEXT, 36);
	check(fd, "crypto_LUKS", UUID_TEXT, "vault");
	CHECK(!superblock_read(fd, &sb) && sb.component);
	put(fd, 7, "\1", 1);
	check(fd, "crypto_LUKS", UUID_TEXT, "");
	put(fd, 7, "\3", 1);
	CHECK_EQ(superblock_read(fd, &sb), -ENOENT);
}

/* The second of two disks of a 1.x array. */
static void put_md(int fd, uint64_t at)
{
	put_le(fd, at, 0xa92b4efc, 4);
	put_le(fd, at + 4, 1, 4);
	put(fd, at + 16, uuid, 16);
	put(fd, at + 32, "host:dumps", 10);
	put_le(fd, at + 92, 2, 4);
	put_le(fd, at + 144, at / 512, 8);
	put_le(fd, at + 160, 1, 4);
	put_le(fd, at + 200, 77, 8);
	put_le(fd, at + 220, 2, 4);
	put_le(fd, at + 256, 0, 2);
	put_le(fd, at + 258, 1, 2);
}

TEST(raid_member)
{
	static const uint64_t places[] = { 0, 4096, IMAGE_BYTES * 2 - 8192 };
	static const unsigned minors[] = { 1, 2, 0 };

	for (int i = 0; i < 3; i++) {
		_close_ int fd = image(IMAGE_BYTES * 2);
		struct superblock sb;
		struct md_super md;

		put_md(fd, places[i]);
		check(fd, "linux_raid_member", UUID_TEXT, "host:dumps");
		CHECK(!superblock_read(fd, &sb) && sb.component);
		CHECK_EQ(md_super_read(fd, &md), 0);
		CHECK_EQ(md.major, 1);
		CHECK_EQ(md.minor, minors[i]);
		CHECK_EQ(md.disks, 2);
		CHECK_EQ(md.events, 77);
		CHECK(md.active);
		put_le(fd, places[i] + 258, 0xffff, 2);
		CHECK(!md_super_read(fd, &md) && !md.active);
		/* more roles than the block holds; another's place */
		put_le(fd, places[i] + 220, 385, 4);
		CHECK_EQ(superblock_read(fd, &sb), -ENOENT);
		put_le(fd, places[i] + 220, 2, 4);
		put_le(fd, places[i] + 144, 2048, 8);
		CHECK_EQ(superblock_read(fd, &sb), -ENOENT);
	}
}

TEST(half_of_a_mirror_is_no_file_system)
{
	_close_ int fd = image(IMAGE_BYTES * 2);

	put(fd, 1024 + 0x38, "\x53\xef", 2);
	put(fd, 1024 + 0x68, uuid, 16);
	check(fd, "ext4", UUID_TEXT, "");
	put_md(fd, IMAGE_BYTES * 2 - 8192);
	check(fd, "linux_raid_member", UUID_TEXT, "host:dumps");
}

TEST(old_raid_member)
{
	const uint64_t at = IMAGE_BYTES * 2 - 65536;
	_close_ int fd = image(IMAGE_BYTES * 2 + 4096);
	struct md_super md;

	put_le(fd, at, 0xa92b4efc, 4);
	put_le(fd, at + 8, 90, 4);
	put(fd, at + 20, uuid, 4);
	put(fd, at + 52, uuid + 4, 12);
	put_le(fd, at + 40, 3, 4);
	put_le(fd, at + 156, 5, 8);
	put_le(fd, at + 4 * 996, 6, 4);
	check(fd, "linux_raid_member", UUID_TEXT, "");
	CHECK_EQ(md_super_read(fd, &md), 0);
	CHECK_EQ(md.minor, 90);
	CHECK_EQ(md.disks, 3);
	CHECK_EQ(md.events, 5);
	CHECK(md.active);
}
