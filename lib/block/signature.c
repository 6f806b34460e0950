/* SPDX-License-Identifier: MIT */
/*
 * Marks at their places, counted from the device's start or from its end.
 */
#include "lib/block/signature.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/io.h"

#define MARK_BYTES 16

/* A place that counts from the end: of the last block of `grain` bytes that begins there. */
static const struct mark {
	const char *what;
	const char *bytes;
	uint8_t len;
	uint32_t grain; /* 0: off counts from the start */
	uint32_t off;	/* of the mark; with grain: that far before the end */
} marks[] = {
	/* volume managers and RAID first: a file system may lie behind their headers */
	{ "a LUKS volume", "LUKS\xba\xbe", 6, 0, 0 },
	{ "an LVM physical volume", "LABELONE", 8, 0, 0 },
	{ "an LVM physical volume", "LABELONE", 8, 0, 512 },
	{ "an LVM physical volume", "LABELONE", 8, 0, 1024 },
	{ "an LVM physical volume", "LABELONE", 8, 0, 1536 },
	{ "a RAID member (MD)", "\xfc\x4e\x2b\xa9", 4, 0, 0 },
	{ "a RAID member (MD)", "\xfc\x4e\x2b\xa9", 4, 0, 4096 },
	{ "a RAID member (MD)", "\xfc\x4e\x2b\xa9", 4, 4096, 8192 },
	{ "a RAID member (MD)", "\xfc\x4e\x2b\xa9", 4, 65536, 65536 },
	{ "a RAID member (IMSM)", "Intel Raid ISM Cfg. ", 16, 512, 1024 },
	{ "a RAID member (DDF)", "\xde\x11\xde\x11", 4, 512, 512 },
	{ "a bcache device", "\xc6\x85\x73\xf6\x4e\x1a\x45\xca", 8, 0, 4096 + 24 },
	{ "a snapshot's store", "SnAp", 4, 0, 0 },
	{ "a DRBD device", "\x83\x74\x02\x6b", 4, 4096, 4096 + 64 },
	{ "a ZFS pool", "version", 7, 0, 16384 + 24 },
	/* partition tables */
	{ "a GPT partition table", "EFI PART", 8, 0, 512 },
	{ "a GPT partition table", "EFI PART", 8, 0, 4096 },
	{ "a GPT partition table", "EFI PART", 8, 512, 512 },
	{ "a GPT partition table", "EFI PART", 8, 4096, 4096 },
	{ "a Mac partition table", "ER\2\0", 4, 0, 0 },
	/* file systems */
	{ "ext2, ext3 or ext4", "\x53\xef", 2, 0, 1024 + 56 },
	{ "XFS", "XFSB", 4, 0, 0 },
	{ "btrfs", "_BHRfS_M", 8, 0, 65536 + 64 },
	{ "f2fs", "\x10\x20\xf5\xf2", 4, 0, 1024 },
	{ "bcachefs", "\xc6\x85\x73\xf6\x66\xce\x90\xa9", 8, 0, 4096 + 24 },
	{ "NTFS", "NTFS    ", 8, 0, 3 },
	{ "exFAT", "EXFAT   ", 8, 0, 3 },
	{ "APFS", "NXSB", 4, 0, 32 },
	{ "HFS+", "H+\0\4", 4, 0, 1024 },
	{ "HFS+", "HX\0\5", 4, 0, 1024 },
	{ "JFS", "JFS1", 4, 0, 32768 },
	{ "ReiserFS", "ReIsEr", 6, 0, 65536 + 52 },
	{ "NILFS2", "\x34\x34", 2, 0, 1024 + 6 },
	{ "OCFS2", "OCFSV2", 6, 0, 8192 },
	{ "GFS2", "\x01\x16\x19\x70", 4, 0, 65536 },
	{ "an ISO image", "CD001", 5, 0, 32769 },
	{ "UDF", "BEA01", 5, 0, 32769 },
	{ "UBI", "UBI#", 4, 0, 0 },
	{ "UBIFS", "\x31\x18\x10\x06", 4, 0, 0 },
	{ "JFFS2", "\x85\x19\x03\x20", 4, 0, 0 },
	{ "squashfs", "hsqs", 4, 0, 0 },
	{ "EROFS", "\xe2\xe1\xf5\xe0", 4, 0, 1024 },
	/* swap, for pages of 4, 16 and 64 KiB */
	{ "swap space", "SWAPSPACE2", 10, 0, 4096 - 10 },
	{ "swap space", "SWAPSPACE2", 10, 0, 16384 - 10 },
	{ "swap space", "SWAPSPACE2", 10, 0, 65536 - 10 },
	{ "a hibernated system", "S1SUSPEND", 9, 0, 4096 - 10 },
	{ "a hibernated system", "LINHIB0001", 10, 0, 4096 - 10 },
	/* other people's dumps: ours have a trailer */
	{ "a dump", "KDUMP   ", 8, 0, 0 },
	{ "a dump", "makedumpfile", 12, 0, 0 },
	{ "a file",
	  "\x7f"
	  "ELF",
	  4, 0, 0 },
	/* last: FAT has it, as have others */
	{ "a partition table or FAT", "\x55\xaa", 2, 0, 510 },
};

static int has_mark(int fd, uint64_t size, const struct mark *m)
{
	uint64_t at = m->off;
	char there[MARK_BYTES];
	int r;

	if (m->grain) {
		uint64_t end = size / m->grain * m->grain;

		if (end < m->off)
			return 0;
		at = end - m->off;
	}
	if (at > size || m->len > size - at)
		return 0;
	r = io_pread(fd, there, m->len, at);
	return r ? r : !memcmp(there, m->bytes, m->len);
}

int signature_find(int fd, const char **ret)
{
	off_t size = lseek(fd, 0, SEEK_END);

	if (size < 0)
		return -errno;
	*ret = NULL;
	for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
		int r = has_mark(fd, (uint64_t)size, &marks[i]);

		if (r < 0)
			return r;
		if (r) {
			*ret = marks[i].what;
			return 0;
		}
	}
	return 0;
}
