/* SPDX-License-Identifier: MIT */
#include "lib/block/flash.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/block/blockname.h"
#include "lib/bytes.h"
#include "lib/cleanup.h"
#include "lib/io.h"

enum { TEXT_BYTES = 256, BLOCKS_LOOKED_AT = 64 };

/* The head of each erase block (struct ubi_ec_hdr of the kernel), big-endian. */
enum { EC_HEAD_BYTES = 64, OFF_VID_HEAD = 16 };

static DIR *open_class(const char *root, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/sys/class/%s", root, name);
	return opendir(path);
}

/* The first line of folder/file; "" if it cannot be read. */
static void read_line(DIR *d, const char *folder, const char *file, char ret[TEXT_BYTES])
{
	char path[NAME_MAX + 32];

	snprintf(path, sizeof(path), "%s/%s", folder, file);
	if (io_read_file(dirfd(d), path, ret, TEXT_BYTES, NULL))
		ret[0] = '\0';
	ret[strcspn(ret, "\n")] = '\0';
}

/* "mtd3", "ubi0": the number behind kind, and nothing more. */
static bool is_numbered(const char *name, const char *kind, unsigned *ret)
{
	size_t n = strlen(kind), digits;

	if (strncmp(name, kind, n))
		return false;
	digits = strspn(name + n, "0123456789");
	*ret = (unsigned)strtoul(name + n, NULL, 10);
	return digits && !name[n + digits];
}

static void note(char *seen, size_t size, const char *name)
{
	size_t n = seen ? strlen(seen) : 0;

	if (seen)
		snprintf(seen + n, size - n, "%s%s", n ? ", " : "", name);
}

int flash_find(const char *root, const char *wanted, char *seen, size_t size)
{
	_closedir_ DIR *d = open_class(root, "mtd");
	int found = -ENODEV;

	if (seen)
		seen[0] = '\0';
	for (struct dirent *e; d && (e = readdir(d));) {
		char name[TEXT_BYTES];
		unsigned number;

		/* beside "mtd3" there is "mtd3ro" */
		if (!is_numbered(e->d_name, "mtd", &number))
			continue;
		read_line(d, e->d_name, "name", name);
		note(seen, size, name);
		if (blockname_is_flash(name, wanted))
			found = found == -ENODEV ? (int)number : -ENOTUNIQ;
	}
	return found;
}

/* The device of the name's partition or number. -ENODEV, -ENOTUNIQ. */
static int find_device(DIR *d, const char *root, const struct ubi_name *n, struct ubi_volume *ret)
{
	int mtd = n->partition[0] ? flash_find(root, n->partition, NULL, 0) : -1;

	for (struct dirent *e; mtd != -ENOTUNIQ && (e = readdir(d));) {
		char text[TEXT_BYTES];

		if (!is_numbered(e->d_name, "ubi", &ret->device))
			continue;
		read_line(d, e->d_name, "mtd_num", text);
		ret->mtd = (unsigned)strtoul(text, NULL, 10);
		if (text[0] && (n->partition[0] ? (int)ret->mtd == mtd : ret->device == n->device))
			return 0;
	}
	return mtd == -ENOTUNIQ ? mtd : -ENODEV;
}

/* The volume of ret->device. -ENOENT, -ENOTUNIQ. */
static int find_volume(DIR *d, const struct ubi_name *n, struct ubi_volume *ret, char *seen,
		       size_t size)
{
	int r = -ENOENT;
	char kind[16];

	snprintf(kind, sizeof(kind), "ubi%u_", ret->device);
	rewinddir(d);
	for (struct dirent *e; (e = readdir(d));) {
		char name[TEXT_BYTES];
		unsigned id;

		if (!is_numbered(e->d_name, kind, &id))
			continue;
		read_line(d, e->d_name, "name", name);
		note(seen, size, name);
		if (n->volume[0] ? !blockname_is_flash(name, n->volume) : id != n->id)
			continue;
		if (!r)
			return -ENOTUNIQ;
		ret->id = id;
		snprintf(ret->name, sizeof(ret->name), "%.*s", UBI_VOLUME_BYTES - 1, name);
		r = 0;
	}
	return r;
}

int ubi_find(const char *root, const char *where, struct ubi_volume *ret, char *seen, size_t size)
{
	_closedir_ DIR *d = open_class(root, "ubi");
	struct ubi_name n;
	int r;

	if (seen)
		seen[0] = '\0';
	if (!ubi_name_split(where, &n))
		return -EINVAL;
	r = d ? find_device(d, root, &n, ret) : -ENODEV;
	return r ? r : find_volume(d, &n, ret, seen, size);
}

int ubi_vid_head(int fd, unsigned block_bytes)
{
	unsigned char head[EC_HEAD_BYTES];

	/* the first ones may be bad, or erased */
	for (unsigned i = 0; i < BLOCKS_LOOKED_AT && block_bytes; i++) {
		if (!io_pread(fd, head, sizeof(head), (uint64_t)i * block_bytes) &&
		    !memcmp(head, "UBI#", 4) && get_be32(head + OFF_VID_HEAD) < block_bytes)
			return (int)get_be32(head + OFF_VID_HEAD);
	}
	return -EMEDIUMTYPE;
}

bool ubi_is_mount(const char *root, const struct mounted *m, const struct ubi_volume *v)
{
	struct ubi_volume other;

	return !strcmp(m->type, "ubifs") && !ubi_find(root, m->source, &other, NULL, 0) &&
	       other.device == v->device && other.id == v->id;
}
