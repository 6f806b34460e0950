/* SPDX-License-Identifier: MIT */
/*
 * Tables that the reader of the capture (lib/block/partition.h) finds as they are to be called.
 */
#include "loader/verify/parted.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "lib/block/partition.h"
#include "tests/unit/test.h"

enum { DISK_BYTES = 8 << 20 };

static int open_disk(void)
{
	char path[] = "/tmp/kdump-test-disk.XXXXXX";
	int fd = mkstemp(path);

	if (fd < 0 || ftruncate(fd, DISK_BYTES))
		abort();
	unlink(path);
	return fd;
}

TEST(gpt)
{
	static const char uuid[] = "0c0ffee0-1234-5678-9abc-def012345678";
	struct partition p;
	int fd = open_disk();

	CHECK_EQ(parted_write(fd, DISK_BYTES, uuid, NULL), 0);
	CHECK_EQ(partition_read(fd, 1, &p), 0);
	CHECK_STR(p.uuid, uuid);
	CHECK_STR(p.label, "");
	CHECK_EQ(parted_write(fd, DISK_BYTES, NULL, "dumps of this"), 0);
	CHECK_EQ(partition_read(fd, 1, &p), 0);
	CHECK_STR(p.label, "dumps of this");
	close(fd);
}

TEST(mbr)
{
	struct partition p;
	int fd = open_disk();

	CHECK_EQ(parted_write(fd, DISK_BYTES, "1234abcd-03", NULL), 0);
	CHECK_EQ(partition_read(fd, 3, &p), 0);
	CHECK_STR(p.uuid, "1234abcd-03");
	close(fd);
}

TEST(names_that_are_none)
{
	static const char *const bad[] = { "",
					   "1234abcd-05",
					   "1234abcd-00",
					   "0c0ffee0-1234",
					   "0c0ffee0-1234-5678-9abc-def01234567",
					   "0c0ffee0-1234-5678-9abc-def0123456789",
					   "zz" };
	int fd = open_disk();

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK_EQ(parted_write(fd, DISK_BYTES, bad[i], NULL), -EINVAL);
	CHECK_EQ(parted_write(fd, DISK_BYTES, NULL, "b\xc3\xbc"), -EINVAL);
	CHECK_EQ(parted_write(fd, DISK_BYTES, NULL, "1234567890123456789012345678901234567"),
		 -EINVAL);
	close(fd);
}
