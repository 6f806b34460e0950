/* SPDX-License-Identifier: MIT */
#include "lib/block/partition.h"

#include <errno.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/bytes.h"
#include "lib/cleanup.h"
#include "lib/io.h"
#include "tests/unit/test.h"

#define IMAGE_BYTES (64 << 10)

static const uint8_t guid[16] = { 0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66,
				  0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff };
#define GUID_TEXT "00112233-4455-6677-8899-aabbccddeeff"

static int image(void)
{
	int fd = memfd_create("disk", MFD_CLOEXEC);

	return ftruncate(fd, IMAGE_BYTES) ? -1 : fd;
}

static void put(int fd, uint64_t off, const void *p, size_t len)
{
	CHECK_EQ(io_pwrite(fd, p, len, off), 0);
}

static void put_header(int fd, unsigned sector, uint32_t entries, uint32_t count, uint32_t size)
{
	uint8_t h[96] = "EFI PART";

	put_le32(h + 24, 1);
	put_le32(h + 72, entries);
	put_le32(h + 80, count);
	put_le32(h + 84, size);
	put(fd, sector, h, sizeof(h));
}

static void put_entry(int fd, uint64_t at, const char *name)
{
	uint8_t e[128] = { 1 };

	memcpy(e + 16, guid, 16);
	for (size_t i = 0; name[i]; i++)
		e[56 + 2 * i] = (uint8_t)name[i];
	put(fd, at, e, sizeof(e));
}

TEST(gpt)
{
	_close_ int fd = image(), fd4k = image();
	struct partition p;

	put_header(fd, 512, 2, 128, 128);
	put_entry(fd, 1024 + 2 * 128, "dumps");
	CHECK_EQ(partition_read(fd, 3, &p), 0);
	CHECK_STR(p.type, "00000001-0000-0000-0000-000000000000");
	CHECK_STR(p.uuid, GUID_TEXT);
	CHECK_STR(p.label, "dumps");
	CHECK_EQ(partition_read(fd, 1, &p), -ENOENT);
	CHECK_EQ(partition_read(fd, 0, &p), -ENOENT);
	CHECK_EQ(partition_read(fd, 129, &p), -ENOENT);

	put_header(fd4k, 4096, 2, 4, 256);
	put_entry(fd4k, 8192 + 256, &"0123456789012345678901234567890123456789"[4]);
	CHECK_EQ(partition_read(fd4k, 2, &p), 0);
	CHECK_STR(p.label, "456789012345678901234567890123456789");
}

TEST(mbr)
{
	_close_ int fd = image();
	struct partition p;

	CHECK_EQ(partition_read(fd, 1, &p), -ENOENT);
	put(fd, 440, "\xef\xcd\xab\x12\0\0", 6);
	put(fd, 510, "\x55\xaa", 2);
	CHECK_EQ(partition_read(fd, 5, &p), 0);
	CHECK_STR(p.uuid, "12abcdef-05");
	CHECK_STR(p.label, "");
	/* many disks have no number, which is then no name */
	put(fd, 440, "\0\0\0\0", 4);
	CHECK_EQ(partition_read(fd, 1, &p), -ENOENT);
}

TEST(hostile)
{
	_close_ int fd = image(), empty = memfd_create("e", MFD_CLOEXEC);
	struct partition p;
	uint8_t name[72];

	CHECK_EQ(partition_read(empty, 1, &p), -ENOENT);
	CHECK_EQ(partition_read(-1, 1, &p), -EBADF);
	put_header(fd, 512, 2, 128, 64);
	CHECK_EQ(partition_read(fd, 1, &p), -EBADMSG);
	put_header(fd, 512, 2, 128, 0x80000000);
	CHECK_EQ(partition_read(fd, 1, &p), -EBADMSG);
	put_header(fd, 512, 0x7fffffff, 0xffffffff, 128);
	CHECK_EQ(partition_read(fd, 1024, &p), -EBADMSG);
	CHECK_EQ(partition_read(fd, 1025, &p), -ENOENT);
	put(fd, 512 + 72, "\xff\xff\xff\xff\xff\xff\xff\xff", 8);
	CHECK_EQ(partition_read(fd, 1, &p), -EBADMSG);
	/* a name of high surrogates, control characters and the widest letters */
	put_header(fd, 512, 2, 128, 128);
	put_entry(fd, 1024, "");
	memset(name, 0xd8, sizeof(name));
	put(fd, 1024 + 56, name, sizeof(name));
	CHECK_EQ(partition_read(fd, 1, &p), 0);
	CHECK_STR(p.label, "????????????????????????????????????");
	memset(name, 0xee, sizeof(name));
	put(fd, 1024 + 56, name, sizeof(name));
	CHECK_EQ(partition_read(fd, 1, &p), 0);
	CHECK_EQ(strlen(p.label), 108);
	put(fd, 1024 + 56, "\x07\0\x3d\xd8\0\xde\0\0", 8);
	CHECK_EQ(partition_read(fd, 1, &p), 0);
	CHECK_STR(p.label, "?\xf0\x9f\x98\x80");
}
