/* SPDX-License-Identifier: MIT */
#include "loader/verify/disks.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/bytes.h"
#include "lib/cleanup.h"
#include "lib/conf/stackline.h"
#include "lib/io.h"
#include "loader/check/targets.h"
#include "loader/verify/buses.h"
#include "loader/verify/parted.h"

#define MIB ((uint64_t)1 << 20)

enum {
	FS_MIB = 1024, /* holds the dump of the small machine; files have holes */
	SECTOR = 512,
	LOWERS = 8,
};

/* How each file system is made. */
static const struct maker {
	const char *type, *tool, *package;
	const char *words[4];
	const char *uuid, *label; /* options; "-m uuid=" is two words */
} makers[] = {
	{ "ext4", "mke2fs", "e2fsprogs", { "-q", "-F", "-t", "ext4" }, "-U", "-L" },
	{ "xfs", "mkfs.xfs", "xfsprogs", { "-q", "-f" }, "-muuid=", "-L" },
	{ "btrfs", "mkfs.btrfs", "btrfs-progs", { "-q", "-f" }, "-U", "-L" },
	{ "f2fs", "mkfs.f2fs", "f2fs-tools", { "-q", "-f" }, "-U", "-l" },
	{ "vfat", "mkfs.vfat", "dosfstools", { NULL }, "-i", "-n" },
};

/* A device below a stack of device-mapper: what of the volume lies on it. */
struct piece {
	const char *where;	  /* its name in the stack */
	uint64_t at, from, bytes; /* on it, of the volume */
};

static int __attribute__((format(printf, 2, 3))) not_made(char why[300], const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, 300, fmt, ap);
	va_end(ap);
	return -EOPNOTSUPP;
}

static const char *after(const char *where, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncmp(where, prefix, n) ? NULL : where + n;
}

/* A new file of so many bytes, all holes. */
static int create(const char *path, uint64_t bytes)
{
	_close_ int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0 || ftruncate(fd, (off_t)bytes) < 0)
		return -errno;
	return keep_fd(&fd);
}

/* ---------------------------------------------------------------- file systems */

static const struct maker *find_maker(const char *type)
{
	for (size_t i = 0; i < ARRAY_LEN(makers); i++) {
		if (!strcmp(makers[i].type, type))
			return &makers[i];
	}
	return NULL;
}

/* "1234-ABCD" as mkfs.vfat wants it; any other UUID as it is. */
static void copy_uuid(const char *from, bool vfat, char ret[48])
{
	size_t n = 0;

	for (; *from && n < 47; from++) {
		if (!vfat || *from != '-')
			ret[n++] = *from;
	}
	ret[n] = '\0';
}

static void add_names(struct tool_words *w, const struct maker *m, const char *where)
{
	const char *uuid = after(where, "UUID="), *label = after(where, "LABEL=");
	size_t len = strlen(m->uuid);
	char text[48];

	if (uuid) {
		copy_uuid(uuid, !strcmp(m->type, "vfat"), text);
		if (m->uuid[len - 1] == '=')
			tool_add(w, "%s%s", m->uuid, text);
		else
			tool_add(w, "%s", m->uuid), tool_add(w, "%s", text);
	} else if (label) {
		tool_add(w, "%s", m->label);
		tool_add(w, "%s", label);
	}
}

/* The file system of a target in the file at path. */
static int make_fs(const struct conf_target *t, const char *path, char why[300])
{
	_cleanup_(tool_free) struct tool_words w = { .n = 0 };
	const struct maker *m = find_maker(t->type);
	char said[200];
	int r;

	if (!m)
		return not_made(why, "a %s is not made here", t->type);
	if (t->subvol && strcmp(t->subvol, "/"))
		return not_made(why, "its subvolume %.100s cannot be made without mounting it",
				t->subvol);
	tool_add(&w, "%s", m->tool);
	for (size_t i = 0; i < ARRAY_LEN(m->words) && m->words[i]; i++)
		tool_add(&w, "%s", m->words[i]);
	add_names(&w, m, t->where);
	tool_add(&w, "%s", path);
	r = tool_run(&w, said, sizeof(said));
	if (r == -ENOENT)
		return not_made(why, "%s (%s) is not installed", m->tool, m->package);
	return r ? not_made(why, "%s failed: %s", m->tool, said) : 0;
}

/* What is written in a part of a file, to another place of another; holes stay holes. */
static int copy_part(int from, uint64_t off, uint64_t bytes, int to, uint64_t at)
{
	uint64_t end = off + bytes, pos = off;

	while (pos < end) {
		off_t data = lseek(from, (off_t)pos, SEEK_DATA), hole, p;

		if (data < 0)
			return errno == ENXIO ? 0 : -errno;
		if ((uint64_t)data >= end)
			return 0;
		hole = lseek(from, data, SEEK_HOLE);
		if (hole < 0 || lseek(to, (off_t)(at + ((uint64_t)data - off)), SEEK_SET) < 0)
			return -errno;
		if ((uint64_t)hole > end)
			hole = (off_t)end;
		for (p = data; p < hole;) {
			ssize_t n = sendfile(to, from, &p, (size_t)(hole - p));

			if (n <= 0)
				return n < 0 ? -errno : -ENODATA;
		}
		pos = (uint64_t)hole;
	}
	return 0;
}

/* ---------------------------------------------------------------- what a disk is called */

/* "LABELONE" in the second sector, by which LVM knows its disk; see lib/block/block_component.c. */
static int write_lvm_label(int fd, const char *uuid)
{
	static const uint8_t type[] = { 'L', 'V', 'M', '2', ' ', '0', '0', '1' };
	enum { HEADER_AT = 32 };
	uint8_t b[SECTOR] = "LABELONE";
	size_t n = 0;

	put_le64(b + 8, 1);
	put_le32(b + 20, HEADER_AT);
	memcpy(b + 24, type, sizeof(type));
	for (; *uuid && n < 32; uuid++) {
		if (*uuid != '-')
			b[HEADER_AT + n++] = (uint8_t)*uuid;
	}
	return io_pwrite(fd, b, sizeof(b), SECTOR);
}

/* Bytes of a disk before what lies on the device of this name. */
static uint64_t begin_of(const char *where)
{
	return after(where, "PARTUUID=") || after(where, "PARTLABEL=") ? PARTED_BEGIN_BYTES : 0;
}

/* Is it looked for by what its disk's hardware says? For virtio that is the serial number. */
static const char *serial_of(const char *where)
{
	const char *serial = after(where, "DISK=");

	return serial ? serial : "";
}

/* Writes what the disk is known by, if that is not the file system. */
static int write_identity(int fd, uint64_t disk_bytes, const char *where, bool component,
			  char why[300])
{
	const char *uuid = after(where, "PARTUUID="), *label = after(where, "PARTLABEL=");
	int r;

	if (uuid || label) {
		r = parted_write(fd, disk_bytes, uuid, label);
		return r ? not_made(why, "no partition is called %.100s", where) : 0;
	}
	uuid = after(where, "UUID=");
	if (!component || !uuid)
		return 0;
	if (strlen(uuid) != 38 || uuid[6] != '-')
		return not_made(why, "it stands on %.100s, which is no physical volume of LVM",
				where);
	r = write_lvm_label(fd, uuid);
	return r ? not_made(why, "%s", strerror(-r)) : 0;
}

/* The first disk of its kind is called so. */
static bool is_first_name(const char *where)
{
	static const char *const firsts[] = { "/dev/vda", "/dev/sda", "/dev/nvme0n1",
					      "/dev/mmcblk0" };

	for (size_t i = 0; i < ARRAY_LEN(firsts); i++) {
		if (!strcmp(where, firsts[i]))
			return true;
	}
	return false;
}

static int check_name(const struct disks *d, const char *where, const struct bus *b, char why[300])
{
	if (!strncmp(where, "/dev/", 5) && (!is_first_name(where) || d->n))
		return not_made(why,
				"%.100s is only a name, which another machine would give to "
				"another disk",
				where);
	if (after(where, "MTD="))
		return not_made(why, "%.100s is flash, which is made for no machine of QEMU here",
				where);
	if (after(where, "DISK=") && strcmp(b->device, "virtio-blk-pci"))
		return not_made(why, "the %s of QEMU is not called %.100s", b->driver, where);
	return 0;
}

/* ---------------------------------------------------------------- disks */

/* The bus of the device that where means, or of a machine that has none of it. */
static const struct bus *find_bus(const struct disks *d, const char *where, char why[300])
{
	char name[NAME_MAX + 1] = "", driver[64];
	const struct bus *b;

	if (devices_find(d->root, where, name) != DEVICE_THERE)
		*name = '\0';
	b = buses_find(d->root, name, d->conf, driver);
	if (!b)
		not_made(why, "its driver %s has no device in QEMU", driver);
	return b;
}

/* One disk with a part of the file system (from: -1 for none) at an offset of the device. */
static int add_disk(struct disks *d, const struct piece *p, int from, bool component,
		    struct tool_words *w, char why[300])
{
	uint64_t begin = begin_of(p->where);
	uint64_t bytes = bytes_round_up(begin + p->at + p->bytes, MIB) + PARTED_END_BYTES;
	const struct bus *b = find_bus(d, p->where, why);
	char path[PATH_MAX];
	_close_ int fd = -1;
	int r = b ? check_name(d, p->where, b, why) : -EOPNOTSUPP;

	if (r)
		return r;
	snprintf(path, sizeof(path), "%s/disk%u", d->folder, d->n);
	fd = create(path, bytes);
	if (fd < 0)
		return not_made(why, "%s: %s", path, strerror(-fd));
	r = write_identity(fd, bytes, p->where, component, why);
	if (!r && from >= 0) {
		r = copy_part(from, p->from, p->bytes, fd, begin + p->at);
		if (r)
			not_made(why, "%s: %s", path, strerror(-r));
	}
	if (!r)
		buses_add(w, b, d->n++, path, serial_of(p->where));
	return r;
}

/*
 * The volume that the target stands on, piece by piece. The number of pieces; 0: it stands on
 * none. text has room for the lines, which are cut up and lent to the pieces.
 */
static int read_stack(const struct disks *d, const struct conf_target *t, char *text, size_t size,
		      struct piece *ret, char why[300])
{
	const char *before, *inside, *name = NULL;
	struct stackline_dm line;
	int n = 0;

	for (unsigned i = 0; i < d->conf->n_stack; i++) {
		const struct conf_stack *s = &d->conf->stack[i];
		size_t len = strlen(s->text) + 1;
		char *rest;

		if (!targets_stand_on(d->conf, t, s))
			continue;
		if (strcmp(s->kind, "dm") || len > size || n == LOWERS)
			return not_made(why, "it stands on %s, which is not made here",
					strcmp(s->kind, "dm") ? "a RAID array" : "too many parts");
		memcpy(text, s->text, len);
		if (stackline_dm(text, &line) || strcmp(line.type, "linear") ||
		    (name && strcmp(name, line.name)))
			return not_made(why,
					"it stands on a device of type %s, which is not made "
					"here",
					line.type);
		name = line.name;
		rest = line.params;
		if (stackline_next(&rest, &before, &inside) != 1 || !inside ||
		    !strncmp(inside, "dm:", 3))
			return not_made(why, "it stands on a device of several layers");
		ret[n++] = (struct piece){ .where = inside,
					   .at = strtoull(rest, NULL, 10) * SECTOR,
					   .from = line.start * SECTOR,
					   .bytes = line.len * SECTOR };
		text += len;
		size -= len;
	}
	return n;
}

/* Pieces of a volume that is longer than the file system are cut. */
static void cut_piece(struct piece *p, uint64_t fs_bytes)
{
	uint64_t left = p->from < fs_bytes ? fs_bytes - p->from : 0;

	if (p->bytes > left)
		p->bytes = left;
}

/* Two pieces of one disk are two parts of one file. */
static bool is_same_disk(const struct piece *p, int n)
{
	for (int i = 0; i < n; i++) {
		for (int k = 0; k < i; k++) {
			if (!strcmp(p[i].where, p[k].where))
				return true;
		}
	}
	return false;
}

static uint64_t fs_bytes_of(const struct disks *d, const struct piece *p, int n)
{
	uint64_t wanted = FS_MIB * MIB + bytes_round_up(d->conf->keep.min_free, MIB), all = 0;

	for (int i = 0; i < n; i++)
		all += p[i].bytes;
	return all && all < wanted ? all : wanted;
}

static int add_fs(struct disks *d, const struct conf_target *t, struct tool_words *w, char why[300])
{
	struct piece piece[LOWERS] = { { .where = t->where } };
	char path[PATH_MAX], text[4096];
	int n = read_stack(d, t, text, sizeof(text), piece, why), r;
	bool stacked = n > 0;
	_close_ int fd = -1;
	uint64_t bytes;

	if (n < 0)
		return n;
	if (stacked && is_same_disk(piece, n))
		return not_made(why, "its volume has several parts on one disk");
	bytes = fs_bytes_of(d, piece, n);
	snprintf(path, sizeof(path), "%s/fs%u", d->folder, d->n);
	fd = create(path, bytes);
	if (fd < 0)
		return not_made(why, "%s: %s", path, strerror(-fd));
	r = make_fs(t, path, why);
	if (!stacked) {
		piece[0].bytes = bytes;
		n = 1;
	}
	for (int i = 0; i < n && !r; i++) {
		cut_piece(&piece[i], bytes);
		r = add_disk(d, &piece[i], fd, stacked, w, why);
	}
	unlink(path);
	return r;
}

static int add_raw(struct disks *d, const struct conf_target *t, struct tool_words *w,
		   char why[300])
{
	struct piece piece[LOWERS] = { { .where = t->where, .bytes = FS_MIB * MIB } };
	char text[4096];
	int n = read_stack(d, t, text, sizeof(text), piece, why);

	if (n)
		return n < 0 ? n : not_made(why, "it stands on other devices");
	return add_disk(d, &piece[0], -1, false, w, why);
}

static int add_share(struct disks *d, const struct conf_target *t, struct tool_words *w,
		     char why[300])
{
	char path[PATH_MAX];

	if (strcmp(t->type, "9p"))
		return not_made(why, "a %s share is not made here", t->type);
	snprintf(path, sizeof(path), "%s/share%u", d->folder, d->n);
	if (mkdir(path, 0700) < 0)
		return not_made(why, "%s: %s", path, strerror(errno));
	tool_add(w, "-fsdev");
	tool_add(w, "local,id=f%u,path=%s,security_model=none", d->n, path);
	tool_add(w, "-device");
	tool_add(w, "virtio-9p-pci,fsdev=f%u,mount_tag=%s", d->n++, t->where);
	return 0;
}

int disks_add(struct disks *d, const struct conf_target *t, struct tool_words *w, char why[300])
{
	switch (t->kind) {
	case CONF_TARGET_FS:
		return add_fs(d, t, w, why);
	case CONF_TARGET_RAW:
		return add_raw(d, t, w, why);
	case CONF_TARGET_SHARE:
		return add_share(d, t, w, why);
	case CONF_TARGET_UBI:
		return not_made(why, "%.100s is flash, which is made for no machine of QEMU here",
				t->where);
	default:
		return not_made(why, "nothing is sent to a server");
	}
}
