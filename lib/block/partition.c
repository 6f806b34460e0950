/* SPDX-License-Identifier: MIT */
#include "lib/block/partition.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/block/utf16.h"
#include "lib/bytes.h"
#include "lib/cleanup.h"
#include "lib/io.h"

/* The header, in the second sector. */
#define GPT_MAGIC	"EFI PART"
#define GPT_OWN_SECTOR	24 /* 64 bit; 1 in the first copy */
#define GPT_ENTRIES	72 /* 64: the sector where they begin */
#define GPT_COUNT	80 /* 32 */
#define GPT_ENTRY_BYTES 84 /* 32: 128 times a power of two */

/* An entry. */
#define ENTRY_BYTES	 128
#define ENTRY_TYPE	 0
#define ENTRY_UUID	 16
#define ENTRY_NAME	 56
#define ENTRY_NAME_UNITS 36

#define MBR_DISK_ID   440 /* 32 */
#define MBR_ENTRIES   446 /* four of 16 bytes, the type in the fifth; others lie elsewhere */
#define MBR_SIGNATURE 510 /* 55 aa */

#define MAX_SECTOR (UINT64_C(1) << 48) /* more bytes than an off_t counts lie behind it */

enum { MAX_PARTITIONS = 1024, MAX_ENTRY_BYTES = 4096 };

static const unsigned sector_sizes[] = { 512, 4096 };

/* A GUID's first three fields are little-endian. */
static void print_guid(char ret[37], const uint8_t *g)
{
	snprintf(ret, 37, "%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x", get_le32(g),
		 get_le16(g + 4), get_le16(g + 6), g[8], g[9], g[10], g[11], g[12], g[13], g[14],
		 g[15]);
}

static bool is_zero(const uint8_t *p, size_t len)
{
	while (len && !p[len - 1])
		len--;
	return !len;
}

static int read_entry(int fd, const uint8_t *header, unsigned sector, unsigned number,
		      struct partition *ret)
{
	uint64_t at = get_le64(header + GPT_ENTRIES);
	uint32_t size = get_le32(header + GPT_ENTRY_BYTES);
	uint8_t e[ENTRY_BYTES];
	int r;

	if (size < ENTRY_BYTES || size > MAX_ENTRY_BYTES || size % ENTRY_BYTES || at > MAX_SECTOR)
		return -EBADMSG;
	if (number > get_le32(header + GPT_COUNT) || number > MAX_PARTITIONS)
		return -ENOENT;
	r = io_pread(fd, e, sizeof(e), at * sector + (uint64_t)(number - 1) * size);
	if (r)
		return r == -ENODATA ? -EBADMSG : r;
	if (is_zero(e, 16))
		return -ENOENT;
	print_guid(ret->type, e + ENTRY_TYPE);
	print_guid(ret->uuid, e + ENTRY_UUID);
	utf16_to_utf8(e + ENTRY_NAME, ENTRY_NAME_UNITS, ret->label, sizeof(ret->label));
	return 0;
}

/* The header tells the size of a sector by where it lies. -ENOENT: no GPT. */
static int read_gpt(int fd, unsigned number, struct partition *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(sector_sizes); i++) {
		uint8_t header[96];
		int r = io_pread(fd, header, sizeof(header), sector_sizes[i]);

		if (r)
			return r == -ENODATA ? -ENOENT : r;
		if (!memcmp(header, GPT_MAGIC, 8) && get_le64(header + GPT_OWN_SECTOR) == 1)
			return read_entry(fd, header, sector_sizes[i], number, ret);
	}
	return -ENOENT;
}

static int read_mbr(int fd, unsigned number, struct partition *ret)
{
	uint8_t sector[512];
	uint32_t id;
	int r = io_pread(fd, sector, sizeof(sector), 0);

	if (r)
		return r == -ENODATA ? -ENOENT : r;
	id = get_le32(sector + MBR_DISK_ID);
	if (get_le16(sector + MBR_SIGNATURE) != 0xaa55 || !id)
		return -ENOENT;
	snprintf(ret->uuid, sizeof(ret->uuid), "%08x-%02x", id, number);
	ret->label[0] = ret->type[0] = '\0';
	if (number <= 4)
		snprintf(ret->type, sizeof(ret->type), "%02x",
			 sector[MBR_ENTRIES + (number - 1) * 16 + 4]);
	return 0;
}

int partition_read(int fd, unsigned number, struct partition *ret)
{
	int r;

	if (!number)
		return -ENOENT;
	r = read_gpt(fd, number, ret);
	return r == -ENOENT ? read_mbr(fd, number, ret) : r;
}
