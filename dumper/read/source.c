/* SPDX-License-Identifier: MIT */
/*
 * Looks at a file's first bytes and chooses the layer.
 */
#include "dumper/read/source.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "lib/block/raw.h"
#include "lib/bytes.h"
#include "lib/cleanup.h"
#include "lib/io.h"

#define MAP_PROBE 4096u

static const struct wrapping {
	const char *magic;
	unsigned len;
	int (*open)(struct source *src, const char **why); /* NULL: cannot be read */
	const char *why;
} wrappings[] = {
	{ "makedumpfile", 13, source_flat_open, NULL },
	{ "\x28\xb5\x2f\xfd", 4, source_zst_open, NULL },
	{ "age-encryption.org/", 19, NULL, "encrypted with age: decrypt it first (age -d)" },
	{ "\x1f\x8b", 2, NULL, "compressed with gzip: unpack it first" },
	{ "\xfd\x37zXZ", 5, NULL, "compressed with xz: unpack it first" },
	{ "BZh", 3, NULL, "compressed with bzip2: unpack it first" },
	{ "\x04\x22\x4d\x18", 4, NULL, "compressed with lz4: unpack it first" },
	{ "\x89LZO\0\r\n\x1a\n", 9, NULL, "compressed with lzop: unpack it first" },
};

/*
 * On a raw target's device, or an image of it, the dump is as long as the trailer says: behind an
 * unfinished one an older one's data may stand.
 */
static void raw_target(int fd, struct source *src)
{
	struct raw_trailer t;

	if (!raw_read(fd, &t) && t.state != RAW_RECOVERED)
		src->file_size = src->size = t.file[RAW_VMCORE].bytes;
}

/*
 * Of the two files of memory in /proc that of the dead machine can be mapped, the living one's not:
 * EIO, as from all of /proc that has no mmap (proc_reg_mmap), ENODEV elsewhere.
 */
static bool is_live(int fd)
{
	void *p = mmap(NULL, MAP_PROBE, PROT_READ, MAP_PRIVATE, fd, 0);

	if (p != MAP_FAILED)
		munmap(p, MAP_PROBE);
	return p == MAP_FAILED && (errno == EIO || errno == ENODEV);
}

static int file_size(int fd, struct source *src)
{
	struct statfs fs;
	struct stat st;
	off_t end;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	src->file_size = (uint64_t)st.st_size;
	if (S_ISBLK(st.st_mode)) {
		end = lseek(fd, 0, SEEK_END);
		if (end < 0)
			return -errno;
		src->file_size = (uint64_t)end;
	}
	src->size = src->file_size;
	/* any other file may shrink under a mapping, which ends in SIGBUS */
	src->mapped = !fstatfs(fd, &fs) && fs.f_type == PROC_SUPER_MAGIC;
	src->live = src->mapped && is_live(fd);
	if (!src->mapped) {
		raw_target(fd, src);
		return 0;
	}
	/* a driver's device dump makes /proc/vmcore longer, but not the inode somebody looked at
	   before (fs/proc/vmcore.c, vmcoredd_update_size); the kernel knows where it ends */
	src->file_size = src->size = INT64_MAX;
	src->mapped = !src->live;
	return 0;
}

/* The seek table's magic, and any other skippable frame's, may come first. */
static bool skippable(const uint8_t *head)
{
	return (get_le32(head) & 0xfffffff0u) == 0x184d2a50u;
}

static int unwrap(struct source *src, const char **why)
{
	uint8_t head[32] = { 0 };
	size_t n = src->file_size < sizeof(head) ? src->file_size : sizeof(head);
	int r = io_pread(src->fd, head, n, 0);

	*why = "cannot read its first bytes";
	if (r)
		return r;
	for (size_t i = 0; i < ARRAY_LEN(wrappings); i++) {
		if (memcmp(head, wrappings[i].magic, wrappings[i].len))
			continue;
		if (wrappings[i].open)
			return wrappings[i].open(src, why);
		*why = wrappings[i].why;
		return -ENOEXEC;
	}
	return skippable(head) ? source_zst_open(src, why) : 0;
}

int source_open(const char *path, struct source *ret, const char **why)
{
	struct source src = { .fd = open(path, O_RDONLY | O_CLOEXEC) };
	int r;

	*why = "cannot open";
	if (src.fd < 0)
		return -errno;
	r = file_size(src.fd, &src);
	if (!r)
		r = unwrap(&src, why);
	if (r) {
		source_close(&src);
		return r;
	}
	*why = "";
	*ret = src;
	return 0;
}

void source_close(struct source *src)
{
	if (src->layer)
		src->layer->close(src);
	if (src->fd >= 0)
		close(src->fd);
	src->fd = -1;
	src->layer = NULL;
	src->state = NULL;
}

int source_read(const struct source *src, void *buf, size_t len, uint64_t off)
{
	if (!bytes_inside(off, len, src->size))
		return -ENODATA;
	return src->layer ? src->layer->read(src, buf, len, off) : io_pread(src->fd, buf, len, off);
}

uint64_t source_next_data(const struct source *src, uint64_t off)
{
	off_t next;

	if (off >= src->size)
		return UINT64_MAX;
	if (src->layer)
		return src->layer->next_data(src, off);
	next = lseek(src->fd, (off_t)off, SEEK_DATA);
	if (next >= 0)
		return (uint64_t)next;
	return errno == ENXIO ? UINT64_MAX : off;
}

/* A hole of a plain file is zeros that somebody meant; one of a flattened file was never sent. */
bool source_has(const struct source *src, uint64_t off, uint64_t len)
{
	if (!bytes_inside(off, len, src->size))
		return false;
	if (!src->layer)
		return true;
	while (len) {
		uint64_t end = src->layer->data_end(src, off);

		if (end == off)
			return false;
		if (end - off >= len)
			break;
		len -= end - off;
		off = end;
	}
	return true;
}
