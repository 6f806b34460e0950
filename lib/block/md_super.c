/* SPDX-License-Identifier: MIT */
/*
 * Where the superblock lies tells its minor version: 1.1 at the start, 1.2 at 4 KiB, 1.0 and 0.90
 * near the end, where the start may look like a file system.
 */
#include "lib/block/md_super.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/block/uuid.h"
#include "lib/bytes.h"
#include "lib/cleanup.h"
#include "lib/io.h"

enum {
	SECTOR = 512,
	SUPER_BYTES = 4096,
	MAX_ROLES = 384,	     /* of 1.x; what the kernel's limit comes to */
	ROLE_FIRST_SPECIAL = 0xfffd, /* journal, faulty, spare */
	OLD_ALIGN = 64 << 10,
	OLD_DESC_WORDS = 32, /* of one of the 27 disks, from word 128 on; this one's at 992 */
	OLD_STATE_SYNC = 1 << 2,
};

#define MD_MAGIC UINT32_C(0xa92b4efc)

/* Version 1.x is little endian on every machine. at: where it was read, in bytes. */
static int parse_new(const uint8_t *b, uint64_t at, struct md_super *ret)
{
	uint64_t place = get_le64(b + 144); /* in sectors */
	uint32_t number = get_le32(b + 160), roles = get_le32(b + 220);

	/* a copy that another start of the device shows is none */
	if (get_le32(b) != MD_MAGIC || get_le32(b + 4) != 1 || place != at / SECTOR ||
	    roles > MAX_ROLES)
		return -ENOENT;
	*ret = (struct md_super){ .major = 1, .minor = at == 0 ? 1 : at == 8 * SECTOR ? 2 : 0 };
	uuid_print(ret->uuid, b + 16);
	memcpy(ret->name, b + 32, 32);
	ret->disks = get_le32(b + 92);
	ret->events = get_le64(b + 200);
	ret->number = number;
	ret->active = number < roles && get_le16(b + 256 + 2 * number) < ROLE_FIRST_SPECIAL;
	return 0;
}

/* Version 0.90 is 32-bit words in the order of the machine's bytes. */
static uint32_t word(const uint8_t *b, unsigned i)
{
	return get_u32(b + 4 * i);
}

static int parse_old(const uint8_t *b, struct md_super *ret)
{
	uint8_t uuid[16];

	if (word(b, 0) != MD_MAGIC || word(b, 1) != 0 || word(b, 2) < 90)
		return -ENOENT;
	*ret = (struct md_super){ .minor = 90 };
	memcpy(uuid, b + 4 * 5, 4);
	memcpy(uuid + 4, b + 4 * 13, 12);
	uuid_print(ret->uuid, uuid);
	ret->disks = word(b, 10);
	/* low word first on a little-endian machine, as a 64-bit number would lie */
	ret->events = get_u64(b + 4 * 39);
	ret->number = word(b, 992);
	ret->active = word(b, 992 + 4) & OLD_STATE_SYNC;
	return 0;
}

static int try_new(int fd, uint64_t at, uint8_t *b, struct md_super *ret)
{
	int r = io_pread(fd, b, SUPER_BYTES, at);

	return r ? r : parse_new(b, at, ret);
}

int md_super_read(int fd, struct md_super *ret)
{
	static const uint64_t starts[] = { 0, 8 * SECTOR };
	uint8_t b[SUPER_BYTES];
	off_t size = lseek(fd, 0, SEEK_END);
	uint64_t sectors = (uint64_t)size / SECTOR;

	if (size < 2 * OLD_ALIGN)
		return size < 0 ? -errno : -ENOENT;
	for (size_t i = 0; i < ARRAY_LEN(starts); i++) {
		int r = try_new(fd, starts[i], b, ret);

		if (r != -ENOENT)
			return r;
	}
	/* an end that cannot be read is no reason to give a file system up */
	if (!try_new(fd, ((sectors - 16) & ~UINT64_C(7)) * SECTOR, b, ret))
		return 0;
	if (io_pread(fd, b, sizeof(b), ((uint64_t)size & ~(uint64_t)(OLD_ALIGN - 1)) - OLD_ALIGN))
		return -ENOENT;
	return parse_old(b, ret);
}
