/* SPDX-License-Identifier: MIT */
/*
 * What a raw target must not overwrite is found wherever its mark stands.
 */
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/block/signature.h"
#include "lib/cleanup.h"
#include "lib/io.h"
#include "tests/unit/test.h"

#define SIZE (8u << 20)

static int image(uint64_t size)
{
	int fd = memfd_create("image", MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, (off_t)size) < 0)
		abort();
	return fd;
}

static const char *found(uint64_t size, const char *mark, size_t len, uint64_t off)
{
	_close_ int fd = image(size);
	const char *what = "";

	CHECK_EQ(io_pwrite(fd, mark, len, off), 0);
	CHECK_EQ(signature_find(fd, &what), 0);
	return what ? what : "nothing";
}

TEST(empty_devices_hold_nothing)
{
	static const uint64_t sizes[] = { 0, 1, 511, 512, 4096, 65535, 65536, SIZE + 77 };

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
		CHECK_STR(found(sizes[i], "", 0, 0), "nothing");
}

TEST(marks_from_the_start)
{
	CHECK_STR(found(SIZE, "LUKS\xba\xbe", 6, 0), "a LUKS volume");
	CHECK_STR(found(SIZE, "LABELONE", 8, 512), "an LVM physical volume");
	CHECK_STR(found(SIZE, "EFI PART", 8, 512), "a GPT partition table");
	CHECK_STR(found(SIZE, "\x53\xef", 2, 1080), "ext2, ext3 or ext4");
	CHECK_STR(found(SIZE, "_BHRfS_M", 8, 65600), "btrfs");
	CHECK_STR(found(SIZE, "\x55\xaa", 2, 510), "a partition table or FAT");
	CHECK_STR(found(SIZE, "UBI#\1", 5, 0), "UBI");
	CHECK_STR(found(SIZE, "\x31\x18\x10\x06", 4, 0), "UBIFS");
	CHECK_STR(found(SIZE, "\x85\x19\x03\x20", 4, 0), "JFFS2");
	CHECK_STR(found(SIZE, "KDUMP   ", 8, 0), "a dump");
	CHECK_STR(found(SIZE, "SWAPSPACE2", 10, 4086), "swap space");
	CHECK_STR(found(SIZE, "\xfc\x4e\x2b\xa9", 4, 4096), "a RAID member (MD)");
}

/* The device's size need not be a multiple of anything. */
TEST(marks_from_the_end)
{
	CHECK_STR(found(SIZE + 512, "EFI PART", 8, SIZE), "a GPT partition table");
	CHECK_STR(found(SIZE + 700, "\xfc\x4e\x2b\xa9", 4, SIZE - 8192), "a RAID member (MD)");
	CHECK_STR(found(SIZE + 4096, "\xfc\x4e\x2b\xa9", 4, SIZE - 65536), "a RAID member (MD)");
}

TEST(a_mark_cut_off_is_none)
{
	CHECK_STR(found(512 + 4, "EFI", 3, 512), "nothing");
	CHECK_STR(found(1081, "\x53", 1, 1080), "nothing");
}
