/* SPDX-License-Identifier: MIT */
/*
 * Superblocks: where each file system keeps its magic number, UUID and label.
 */
#include "lib/block/superblock.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "lib/block/block_component.h"
#include "lib/block/utf16.h"
#include "lib/block/uuid.h"
#include "lib/bytes.h"
#include "lib/cleanup.h"
#include "lib/io.h"

#define BLOCK_BYTES 1024

/* Offsets count from base, where the superblock begins on the device. */
static const struct layout {
	const char *type;
	const char *magic;
	uint32_t base;
	uint16_t magic_off, magic_len, uuid_off, label_off, label_len;
	bool wide; /* the label is UTF-16 */
} layouts[] = {
	/* first: try_layout() knows it */
	{ "ext4", "\x53\xef", 1024, 56, 2, 104, 120, 16, false },
	{ "xfs", "XFSB", 0, 0, 4, 32, 108, 12, false },
	{ "f2fs", "\x10\x20\xf5\xf2", 1024, 0, 4, 108, 124, 512, true },
	{ "btrfs", "_BHRfS_M", 65536, 64, 8, 32, 299, 256, false },
};

/* ext4's s_feature_incompat, and the bit of a device that is only the journal of another. */
#define EXT4_INCOMPAT_OFF 96
#define EXT4_JOURNAL_DEV  0x8

/* FAT's boot sector. Above the common part FAT32 has more fields than FAT12 and FAT16. */
#define FAT_SECTOR_BYTES     11 /* 16 bit */
#define FAT_CLUSTER_SECTORS  13 /* 8 */
#define FAT_RESERVED_SECTORS 14 /* 16 */
#define FAT_COPIES	     16 /* 8 */
#define FAT_MEDIA	     21 /* 8 */
#define FAT_LENGTH16	     22 /* 16; 0: FAT32 */
#define FAT16_EXTENSION	     38 /* 0x29: serial (32) and label (11 bytes) follow */
#define FAT32_EXTENSION	     66
#define FAT_SIGNATURE	     510 /* 55 aa */
#define FAT_LABEL_LEN	     11

/* to must hold len + 1 bytes. Ends at a NUL; blanks at the end are padding. */
static void copy_label(char *to, const uint8_t *from, size_t len)
{
	memcpy(to, from, len);
	to[len] = '\0';
	len = strlen(to);
	while (len && to[len - 1] == ' ')
		to[--len] = '\0';
}

/* 1: filled in; 0: something else */
static int try_layout(const struct layout *l, const uint8_t *block, struct superblock *ret)
{
	if (memcmp(block + l->magic_off, l->magic, l->magic_len))
		return 0;
	if (l == &layouts[0] && get_le32(block + EXT4_INCOMPAT_OFF) & EXT4_JOURNAL_DEV)
		return 0;
	ret->type = l->type;
	uuid_print(ret->uuid, block + l->uuid_off);
	if (l->wide)
		utf16_to_utf8(block + l->label_off, l->label_len / 2u, ret->label,
			      sizeof(ret->label));
	else
		copy_label(ret->label, block + l->label_off, l->label_len);
	return 1;
}

static bool power_of_two(unsigned v, unsigned min, unsigned max)
{
	return v >= min && v <= max && !(v & (v - 1));
}

/*
 * FAT has no magic number of its own; a partition table or another system's boot code ends in
 * 55 aa too. So every field that FAT restricts is looked at; those of NTFS and exFAT are zero.
 */
static bool is_fat(const uint8_t *b)
{
	return (b[0] == 0xeb || b[0] == 0xe9) && get_le16(b + FAT_SIGNATURE) == 0xaa55 &&
	       power_of_two(get_le16(b + FAT_SECTOR_BYTES), 512, 4096) &&
	       power_of_two(b[FAT_CLUSTER_SECTORS], 1, 128) && get_le16(b + FAT_RESERVED_SECTORS) &&
	       b[FAT_COPIES] >= 1 && b[FAT_COPIES] <= 2 &&
	       (b[FAT_MEDIA] == 0xf0 || b[FAT_MEDIA] >= 0xf8);
}

/* The label of the boot sector; a later change through the root folder's entry is not seen. */
static int try_vfat(const uint8_t *b, struct superblock *ret)
{
	const uint8_t *ext = b + (get_le16(b + FAT_LENGTH16) ? FAT16_EXTENSION : FAT32_EXTENSION);

	if (!is_fat(b))
		return 0;
	ret->type = "vfat";
	ret->uuid[0] = ret->label[0] = '\0';
	if (*ext != 0x29)
		return 1;
	sprintf(ret->uuid, "%04X-%04X", get_le16(ext + 3), get_le16(ext + 1));
	copy_label(ret->label, ext + 5, FAT_LABEL_LEN);
	if (!strcmp(ret->label, "NO NAME"))
		ret->label[0] = '\0';
	return 1;
}

int superblock_read(int fd, struct superblock *ret)
{
	uint8_t block[BLOCK_BYTES];
	int r = block_component_read(fd, ret);

	if (r != -ENOENT)
		return r;
	ret->component = false;
	for (size_t i = 0; i < ARRAY_LEN(layouts); i++) {
		r = io_pread(fd, block, sizeof(block), layouts[i].base);
		/* too small for this one, and so for any that lies behind it */
		if (r == -ENODATA)
			continue;
		if (r)
			return r;
		if (try_layout(&layouts[i], block, ret))
			return 0;
	}
	r = io_pread(fd, block, sizeof(block), 0);
	if (r)
		return r == -ENODATA ? -ENOENT : r;
	return try_vfat(block, ret) ? 0 : -ENOENT;
}
