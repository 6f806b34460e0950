/* SPDX-License-Identifier: MIT */
#include "lib/block/block_component.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "lib/block/md_super.h"
#include "lib/bytes.h"
#include "lib/io.h"

enum {
	SECTOR = 512,
	LVM_SECTORS = 4, /* the label is in one of the first */
	LVM_UUID_CHARS = 32,
	LUKS_LABEL_AT = 24, /* version 2 */
	LUKS_LABEL_BYTES = 48,
	LUKS_UUID_AT = 168, /* text, versions 1 and 2 */
};

/*
 * "LABELONE", its own sector (64 bit), a checksum, and the offset (32 bit) of the PV header inside
 * the sector, behind which "LVM2 001" stands. The header begins with the UUID's 32 letters.
 */
static bool is_lvm(const uint8_t *b, unsigned sector, struct superblock *ret)
{
	static const uint8_t groups[] = { 6, 4, 4, 4, 4, 4, 6 };
	uint32_t off = get_le32(b + 20);
	char *to = ret->uuid;
	const uint8_t *from;

	if (memcmp(b, "LABELONE", 8) || memcmp(b + 24, "LVM2 001", 8) ||
	    get_le64(b + 8) != sector || !bytes_inside(off, LVM_UUID_CHARS, SECTOR))
		return false;
	from = b + off;
	for (size_t i = 0; i < sizeof(groups); i++) {
		to += sprintf(to, "%s%.*s", i ? "-" : "", groups[i], (const char *)from);
		from += groups[i];
	}
	ret->type = "LVM2_member";
	return true;
}

static bool is_luks(const uint8_t *b, struct superblock *ret)
{
	static const uint8_t magic[] = { 'L', 'U', 'K', 'S', 0xba, 0xbe };
	unsigned version = (unsigned)b[6] << 8 | b[7];

	if (memcmp(b, magic, sizeof(magic)) || version < 1 || version > 2)
		return false;
	ret->type = "crypto_LUKS";
	snprintf(ret->uuid, sizeof(ret->uuid), "%.39s", (const char *)b + LUKS_UUID_AT);
	if (version == 2)
		snprintf(ret->label, sizeof(ret->label), "%.*s", LUKS_LABEL_BYTES,
			 (const char *)b + LUKS_LABEL_AT);
	return true;
}

/* A UUID goes into a config line; one that is not made of letters, digits and '-' is none. */
static void check_uuid(struct superblock *sb)
{
	if (sb->uuid[strspn(sb->uuid, "0123456789-abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ")])
		sb->uuid[0] = '\0';
}

int block_component_read(int fd, struct superblock *ret)
{
	struct superblock sb = { .component = true };
	uint8_t b[SECTOR * LVM_SECTORS];
	struct md_super md;
	bool found;
	int r = io_pread(fd, b, sizeof(b), 0);

	if (r)
		return r == -ENODATA ? -ENOENT : r;
	found = is_luks(b, &sb);
	for (unsigned i = 0; i < LVM_SECTORS && !found; i++)
		found = is_lvm(b + i * SECTOR, i, &sb);
	if (!found) {
		r = md_super_read(fd, &md);
		if (r)
			return r;
		sb.type = "linux_raid_member";
		strcpy(sb.uuid, md.uuid);
		strcpy(sb.label, md.name);
	}
	check_uuid(&sb);
	*ret = sb;
	return 0;
}
