/* SPDX-License-Identifier: MIT */
#include "lib/block/raw.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/bytes.h"
#include "lib/cleanup.h"
#include "lib/hash.h"
#include "lib/io.h"

#define WIPED_BYTES (1u << 20) /* LVM and all file systems begin in it */

/* A log may be large; the others have bounds in kdump-init. */
#define DMESG_PART 32 /* of the device */
#define DMESG_MIN  (1u << 20)
#define DMESG_MAX  (64u << 20)
#define JSON_ROOM  (256u << 10)
#define LOG_ROOM   (1u << 20)

#define NAMES 4

static const char *const names[RAW_FILES][NAMES] = {
	[RAW_VMCORE] = { "vmcore", "vmcore.elf.zst", "vmcore.flat.age", "vmcore.elf.zst.age" },
	[RAW_DMESG] = { "dmesg.txt", "dmesg.txt.age" },
	[RAW_JSON] = { "kdump.json" },
	[RAW_LOG] = { "kdump.log", "kdump.log.age" },
};

int raw_slot(const char *name)
{
	for (int i = 0; i < RAW_FILES; i++) {
		for (int k = 0; k < NAMES && names[i][k]; k++) {
			if (!strcmp(name, names[i][k]))
				return i;
		}
	}
	return -1;
}

int raw_device_bytes(int fd, uint64_t *ret)
{
	off_t end = lseek(fd, 0, SEEK_END);

	if (end < 0)
		return -errno;
	*ret = (uint64_t)end;
	return 0;
}

int raw_layout(uint64_t device_bytes, struct raw_trailer *ret)
{
	uint64_t end = device_bytes / RAW_BLOCK * RAW_BLOCK;
	uint64_t dmesg = device_bytes / DMESG_PART / RAW_BLOCK * RAW_BLOCK;
	uint64_t room[RAW_FILES] = { [RAW_JSON] = JSON_ROOM, [RAW_LOG] = LOG_ROOM };
	uint64_t at;

	if (device_bytes < RAW_MIN_BYTES)
		return -ENOSPC;
	*ret = (struct raw_trailer){ .state = RAW_DUMPING, .device_bytes = end };
	room[RAW_DMESG] = dmesg < DMESG_MIN ? DMESG_MIN : dmesg > DMESG_MAX ? DMESG_MAX : dmesg;
	at = end - RAW_END_BYTES;
	for (int i = RAW_FILES - 1; i > RAW_VMCORE; i--) {
		at -= room[i];
		ret->file[i].off = at;
		ret->file[i].room = room[i];
	}
	ret->file[RAW_VMCORE].room = at;
	for (int i = 0; i < RAW_FILES; i++)
		strcpy(ret->file[i].name, names[i][0]);
	return 0;
}

static bool good_file(const struct raw_trailer *t, int slot)
{
	const struct raw_file *f = &t->file[slot];

	return memchr(f->name, '\0', sizeof(f->name)) && raw_slot(f->name) == slot &&
	       bytes_inside(f->off, f->room, t->device_bytes - RAW_END_BYTES) &&
	       f->bytes <= f->room && f->state <= RAW_FILE_INCOMPLETE &&
	       /* the header is looked for at the device's first byte */
	       (slot != RAW_VMCORE || !f->off);
}

/* It becomes the name of a folder. */
static bool good_folder(const char *name)
{
	static const char fine[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
	size_t n = strnlen(name, RAW_FOLDER);

	return n && n < RAW_FOLDER && name[0] != '.' && strspn(name, fine) == n;
}

static bool good(const struct raw_trailer *t, uint64_t end)
{
	if (memcmp(t->magic, RAW_MAGIC, sizeof(t->magic)) || t->version != RAW_VERSION ||
	    t->sum != hash_bytes(t, offsetof(struct raw_trailer, sum)))
		return false;
	if (t->device_bytes != end || t->state < RAW_DUMPING || t->state > RAW_RECOVERED ||
	    !good_folder(t->folder))
		return false;
	for (int i = 0; i < RAW_FILES; i++) {
		if (!good_file(t, i))
			return false;
	}
	return true;
}

int raw_read(int fd, struct raw_trailer *ret)
{
	struct raw_trailer t;
	uint64_t size = 0, end;
	bool found = false;
	int r = raw_device_bytes(fd, &size);

	if (r)
		return r;
	if (size < RAW_MIN_BYTES)
		return -ENODATA;
	end = size / RAW_BLOCK * RAW_BLOCK;
	for (unsigned i = 1; i <= 2; i++) {
		r = io_pread(fd, &t, sizeof(t), end - i * RAW_BLOCK);
		if (r)
			return r;
		if (!good(&t, end) || (found && t.seq < ret->seq))
			continue;
		*ret = t;
		found = true;
	}
	return found ? 0 : -ENODATA;
}

int raw_write(int fd, struct raw_trailer *t)
{
	_Alignas(8) uint8_t block[RAW_BLOCK] = { 0 };
	int r;

	memcpy(t->magic, RAW_MAGIC, sizeof(t->magic));
	t->version = RAW_VERSION;
	t->seq++;
	t->sum = hash_bytes(t, offsetof(struct raw_trailer, sum));
	memcpy(block, t, sizeof(*t));
	r = io_pwrite(fd, block, sizeof(block),
		      t->device_bytes - (t->seq % 2 ? 1 : 2) * (uint64_t)RAW_BLOCK);
	if (!r && fdatasync(fd) < 0)
		r = -errno;
	return r;
}

bool raw_unsaved(const struct raw_trailer *t)
{
	if (t->state == RAW_RECOVERED)
		return false;
	for (int i = 0; i < RAW_FILES; i++) {
		if (t->file[i].bytes)
			return true;
	}
	return false;
}

int raw_wipe(int fd, uint64_t device_bytes)
{
	uint64_t end = device_bytes / RAW_BLOCK * RAW_BLOCK;
	_free_ char *zeros = calloc(1, WIPED_BYTES);
	int r;

	if (!zeros)
		return -ENOMEM;
	r = io_pwrite(fd, zeros, WIPED_BYTES, 0);
	if (!r)
		r = io_pwrite(fd, zeros, RAW_END_BYTES + (size_t)(device_bytes - end),
			      end - RAW_END_BYTES);
	if (!r && fdatasync(fd) < 0)
		r = -errno;
	return r;
}
