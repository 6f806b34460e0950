/* SPDX-License-Identifier: MIT */
#include "lib/block/blockname.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "lib/block/partition.h"
#include "lib/cleanup.h"
#include "lib/io.h"

enum { FLASH_BYTES = sizeof(((struct blockname *)0)->mtd) };

/* NVMe and virtio; SCSI (SATA and USB too); MMC */
static const char *const disk_ids[] = { "wwid", "serial", "device/wwid", "device/cid" };

bool blockname_node(const char *name, char *ret, size_t size)
{
	if ((size_t)snprintf(ret, size, "/dev/%s", name) >= size)
		return false;
	for (char *p = ret; (p = strchr(p, '!'));)
		*p = '/';
	return true;
}

/* A file of the device's folder in sysfs; "" if there is none. */
static void read_attribute(const char *root, const char *name, const char *file, char *ret,
			   size_t size)
{
	char path[PATH_MAX];
	size_t len = 0;

	if ((size_t)snprintf(path, sizeof(path), "%s/sys/class/block/%s/%s", root, name, file) >=
		    sizeof(path) ||
	    io_read_file(AT_FDCWD, path, ret, size, &len))
		len = 0;
	while (len && (ret[len - 1] == '\n' || ret[len - 1] == ' '))
		len--;
	ret[len] = '\0';
}

/* One word of what a config line takes: runs of anything else become one '_'. */
static void copy_id(const char *from, char *ret, size_t size)
{
	static const char fine[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:";
	size_t n = 0;

	for (; *from && n + 1 < size; from++) {
		if (strchr(fine, *from))
			ret[n++] = *from;
		else if (n && ret[n - 1] != '_')
			ret[n++] = '_';
	}
	ret[n] = '\0';
}

static void read_disk_id(const char *root, const char *name, struct blockname *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(disk_ids) && !ret->disk[0]; i++) {
		char id[256];

		read_attribute(root, name, disk_ids[i], id, sizeof(id));
		copy_id(id, ret->disk, sizeof(ret->disk));
	}
}

/* The whole name, blanks too: `mtd NAME` takes one word, and copy_id() makes one of them. */
static void read_mtd_name(const char *root, const char *name, struct blockname *ret)
{
	char text[256];

	if (strncmp(name, "mtdblock", strlen("mtdblock")))
		return;
	read_attribute(root, name, "device/name", text, sizeof(text));
	copy_id(text, ret->mtd, sizeof(ret->mtd));
}

/* "KEY=VALUE" lines */
static void read_uevent(const char *text, const char *key, char *ret, size_t size)
{
	size_t n = strlen(key);

	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, key, n))
			continue;
		snprintf(ret, size, "%.*s", (int)strcspn(line + n, "\n"), line + n);
		return;
	}
}

/* ".../block/vda/vda1" → "vda" */
static bool parent_of(const char *root, const char *name, char *ret, size_t size)
{
	char path[PATH_MAX], to[PATH_MAX], *slash;
	ssize_t n;

	if ((size_t)snprintf(path, sizeof(path), "%s/sys/class/block/%s", root, name) >=
	    sizeof(path))
		return false;
	n = readlink(path, to, sizeof(to) - 1);
	if (n <= 0)
		return false;
	to[n] = '\0';
	for (int i = 0; i < 2; i++) {
		slash = strrchr(to, '/');
		if (!slash)
			return false;
		if (!i)
			*slash = '\0';
	}
	return (size_t)snprintf(ret, size, "%s", slash + 1) < size;
}

void blockname_disk(const char *root, const char *name, char *ret, size_t size)
{
	char number[16];

	read_attribute(root, name, "partition", number, sizeof(number));
	if (!number[0] || !parent_of(root, name, ret, size))
		snprintf(ret, size, "%s", name);
}

/* From 1 on; 0: no partition. */
static unsigned partition_number(const char *root, const char *name)
{
	char text[16];

	read_attribute(root, name, "partition", text, sizeof(text));
	return (unsigned)strtoul(text, NULL, 10);
}

bool blockname_partition(const char *root, const char *name, struct partition *ret)
{
	char disk[NAME_MAX + 1], node[NAME_MAX + 8], path[PATH_MAX];
	unsigned number = partition_number(root, name);
	_close_ int fd = -1;

	if (!number || !parent_of(root, name, disk, sizeof(disk)) ||
	    !blockname_node(disk, node, sizeof(node)) ||
	    (size_t)snprintf(path, sizeof(path), "%s%s", root, node) >= sizeof(path))
		return false;
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	return fd >= 0 && !partition_read(fd, number, ret);
}

static void read_table(const char *root, const char *name, struct blockname *ret)
{
	struct partition p;

	if (!blockname_partition(root, name, &p))
		return;
	strcpy(ret->partuuid, p.uuid);
	strcpy(ret->partlabel, p.label);
}

void blockname_read(const char *root, const char *name, struct blockname *ret)
{
	char text[2048];

	*ret = (struct blockname){ .disk = "" };
	if (!partition_number(root, name)) {
		read_disk_id(root, name, ret);
		read_mtd_name(root, name, ret);
		return;
	}
	read_attribute(root, name, "uevent", text, sizeof(text));
	read_uevent(text, "PARTNAME=", ret->partlabel, sizeof(ret->partlabel));
	read_uevent(text, "PARTUUID=", ret->partuuid, sizeof(ret->partuuid));
	if (!ret->partuuid[0])
		read_table(root, name, ret);
}

/* The value behind a prefix of where; NULL: not that, or no value. */
static const char *after(const char *where, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncmp(where, prefix, n) || !where[n] ? NULL : where + n;
}

bool blockname_wanted(const char *where)
{
	return after(where, "PARTUUID=") || after(where, "PARTLABEL=") || after(where, "DISK=") ||
	       after(where, "MTD=");
}

/* Runs of '_' as one, and none at the ends. */
static void copy_flash_id(const char *from, char ret[FLASH_BYTES])
{
	char id[FLASH_BYTES];
	size_t n = 0;

	copy_id(from, id, sizeof(id));
	for (const char *p = id; *p; p++) {
		if (*p != '_' || (n && p[1] && p[1] != '_'))
			ret[n++] = *p;
	}
	ret[n] = '\0';
}

bool blockname_is_flash(const char *name, const char *wanted)
{
	char id[FLASH_BYTES], other[FLASH_BYTES];

	copy_flash_id(name, id);
	copy_flash_id(wanted, other);
	return id[0] && !strcmp(id, other);
}

bool blockname_wants_flash(const char *where)
{
	return after(where, "MTD=");
}

bool blockname_fits(const char *where, const struct superblock *sb, const struct blockname *n)
{
	const char *v;

	/* upper or lower case: UUIDs and vfat's serial number are written both ways */
	if ((v = after(where, "UUID=")))
		return sb && sb->type && !strcasecmp(v, sb->uuid);
	if ((v = after(where, "LABEL=")))
		return sb && sb->type && !sb->component && !strcmp(v, sb->label);
	if ((v = after(where, "PARTUUID=")))
		return n && !strcasecmp(v, n->partuuid);
	if ((v = after(where, "PARTLABEL=")))
		return n && !strcmp(v, n->partlabel);
	if ((v = after(where, "DISK=")))
		return n && !strcmp(v, n->disk);
	if ((v = after(where, "MTD=")))
		return n && blockname_is_flash(n->mtd, v);
	return false;
}
