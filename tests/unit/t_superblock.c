/* SPDX-License-Identifier: MIT */
#include "lib/superblock.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/io.h"
#include "tests/unit/test.h"

#define IMAGE_BYTES (128 << 10)

static const uint8_t uuid[16] = {0x0f, 0x7d, 0x2d, 0x5e, 0x3c, 0x51, 0x4c, 0x16,
				 0x8d, 0x2c, 0x8f, 0x4a, 0x6d, 0x1a, 0x9c, 0x11};
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
	struct superblock sb = {0};

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

/* 512-byte sectors, 4 per cluster, 1 reserved, 2 copies, media f8 */
static void put_fat(int fd, uint16_t length16)
{
	uint8_t b[512] = {0xeb, 0x3c, 0x90, 'm',  'k', 'f', 's', '.', 'f',
			  'a',	't',  0x00, 0x02, 4,   1,   0,	 2};

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
	uint8_t mbr[512] = {0xeb, 0x63, 0x90};

	CHECK_EQ(superblock_read(fd, &sb), -ENOENT);
	CHECK_EQ(superblock_read(empty, &sb), -ENOENT);
	CHECK_EQ(superblock_read(small, &sb), -ENOENT);
	mbr[510] = 0x55;
	mbr[511] = 0xaa;
	put(fd, 0, mbr, sizeof(mbr));
	CHECK_EQ(superblock_read(fd, &sb), -ENOENT);
	CHECK_EQ(superblock_read(-1, &sb), -EBADF);
}
