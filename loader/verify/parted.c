/* SPDX-License-Identifier: MIT */
#include "loader/verify/parted.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/bytes.h"
#include "lib/io.h"

enum {
	SECTOR = 512,
	ENTRIES = 128,
	ENTRY_BYTES = 128,
	HEAD_BYTES = 92,
	TABLE_SECTORS = ENTRIES * ENTRY_BYTES / SECTOR,
	LABEL_CHARS = 36,
};

/* The polynomial of zlib's, bit by bit: a table would be larger than what it is for. */
static uint32_t crc(const uint8_t *p, size_t len)
{
	uint32_t c = UINT32_MAX;

	while (len--) {
		c ^= *p++;
		for (int bit = 0; bit < 8; bit++)
			c = c >> 1 ^ (c & 1 ? 0xedb88320u : 0);
	}
	return ~c;
}

/* "0fc63daf-8483-4772-8e79-3d69d8477de4": the first three groups are stored low byte first. */
static bool parse_uuid(const char *text, uint8_t ret[16])
{
	static const uint8_t order[16] = { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15 };
	unsigned byte, n = 0;

	for (; n < 16; n++) {
		text += *text == '-';
		if (sscanf(text, "%2x", &byte) != 1 || strcspn(text, "-") < 2)
			return false;
		ret[order[n]] = (uint8_t)byte;
		text += 2;
	}
	return !*text;
}

/* An entry of an MBR: type, first sector, sectors. */
static void put_mbr_entry(uint8_t *mbr, unsigned i, uint8_t type, uint32_t first, uint32_t n)
{
	uint8_t *e = mbr + 446 + (size_t)i * 16;

	e[4] = type;
	put_le32(e + 8, first);
	put_le32(e + 12, n);
	mbr[510] = 0x55;
	mbr[511] = 0xaa;
}

static uint32_t cap32(uint64_t v)
{
	return v < UINT32_MAX ? (uint32_t)v : UINT32_MAX;
}

/* "1234abcd-02" */
static int write_mbr(int fd, uint64_t disk_bytes, unsigned signature, unsigned number)
{
	uint8_t mbr[SECTOR] = { 0 };

	put_le32(mbr + 440, signature);
	put_mbr_entry(mbr, number - 1, 0x83, PARTED_BEGIN_BYTES / SECTOR,
		      cap32((disk_bytes - PARTED_BEGIN_BYTES - PARTED_END_BYTES) / SECTOR));
	return io_pwrite(fd, mbr, sizeof(mbr), 0);
}

static void fill_head(uint8_t head[SECTOR], uint64_t own, uint64_t other, uint64_t sectors,
		      uint64_t table_at, uint32_t table_crc)
{
	static const uint8_t signature[] = { 'E', 'F', 'I', ' ', 'P', 'A', 'R', 'T' };

	memset(head, 0, SECTOR);
	memcpy(head, signature, sizeof(signature));
	put_le32(head + 8, 0x10000);
	put_le32(head + 12, HEAD_BYTES);
	put_le64(head + 24, own);
	put_le64(head + 32, other);
	put_le64(head + 40, 2 + TABLE_SECTORS);
	put_le64(head + 48, sectors - 2 - TABLE_SECTORS);
	memcpy(head + 56, "kdump-verify disk", 16);
	put_le64(head + 72, table_at);
	put_le32(head + 80, ENTRIES);
	put_le32(head + 84, ENTRY_BYTES);
	put_le32(head + 88, table_crc);
	put_le32(head + 16, crc(head, HEAD_BYTES));
}

static int write_gpt(int fd, uint64_t disk_bytes, const uint8_t uuid[16], const char *label)
{
	static const uint8_t linux_type[16] = { 0xaf, 0x3d, 0xc6, 0x0f, 0x83, 0x84, 0x72, 0x47,
						0x8e, 0x79, 0x3d, 0x69, 0xd8, 0x47, 0x7d, 0xe4 };
	static uint8_t table[ENTRIES * ENTRY_BYTES];
	uint64_t sectors = disk_bytes / SECTOR;
	uint8_t block[SECTOR] = { 0 };
	int r;

	memset(table, 0, sizeof(table));
	memcpy(table, linux_type, 16);
	memcpy(table + 16, uuid, 16);
	put_le64(table + 32, PARTED_BEGIN_BYTES / SECTOR);
	put_le64(table + 40, (disk_bytes - PARTED_END_BYTES) / SECTOR - 1);
	for (size_t i = 0; label && label[i] && i < LABEL_CHARS; i++)
		table[56 + 2 * i] = (uint8_t)label[i];
	put_mbr_entry(block, 0, 0xee, 1, cap32(sectors - 1));
	r = io_pwrite(fd, block, SECTOR, 0);
	fill_head(block, 1, sectors - 1, sectors, 2, crc(table, sizeof(table)));
	r = r ? r : io_pwrite(fd, block, SECTOR, SECTOR);
	r = r ? r : io_pwrite(fd, table, sizeof(table), 2ull * SECTOR);
	fill_head(block, sectors - 1, 1, sectors, sectors - 1 - TABLE_SECTORS,
		  crc(table, sizeof(table)));
	r = r ? r : io_pwrite(fd, table, sizeof(table), (sectors - 1 - TABLE_SECTORS) * SECTOR);
	return r ? r : io_pwrite(fd, block, SECTOR, (sectors - 1) * SECTOR);
}

/* All of ASCII, which is one byte and a zero in the table. */
static bool is_label(const char *label)
{
	for (const char *s = label; *s; s++) {
		if (*s & 0x80)
			return false;
	}
	return strlen(label) <= LABEL_CHARS;
}

int parted_write(int fd, uint64_t disk_bytes, const char *uuid, const char *label)
{
	uint8_t id[16] = { 0xd0, 0x0d };
	unsigned signature, number;
	int end = 0;

	if (uuid && sscanf(uuid, "%8x-%2x%n", &signature, &number, &end) == 2 && end == 11 &&
	    !uuid[11])
		return number && number <= 4 ? write_mbr(fd, disk_bytes, signature, number)
					     : -EINVAL;
	if ((uuid && !parse_uuid(uuid, id)) || (label && !is_label(label)))
		return -EINVAL;
	return write_gpt(fd, disk_bytes, id, label);
}
