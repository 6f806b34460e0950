/* SPDX-License-Identifier: MIT */
/*
 * The record: a text file of "key value" lines, and the copies "kernel" and "initrd".
 */
#include "loader/record.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <time.h>

#include "lib/cleanup.h"
#include "lib/io.h"

#define FOLDER	   "run/kdump-init"
#define RECORD	   "armed"
#define RECORD_NEW "armed.new"

enum {
	RECORD_BYTES = 3 * PATH_MAX + CMDLINE_BYTES + MACHINE_CPUS_BYTES,
	COPY_SHARE = 64, /* of the memory */
};

int record_folder(int root, bool create)
{
	int fd;

	if (create && mkdirat(root, FOLDER, 0755) < 0 && errno != EEXIST)
		return -errno;
	fd = openat(root, FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	return fd < 0 ? -errno : fd;
}

static bool read_id(const char *text, struct image_id *ret)
{
	char *end;

	ret->dev = strtoull(text, &end, 10);
	ret->ino = strtoull(end, &end, 10);
	ret->bytes = strtoull(end, &end, 10);
	text = end;
	ret->mtime_ns = strtoll(text, &end, 10);
	return end > text && !*end;
}

static const char *const call_names[] = { [KEXEC_AUTO] = "auto",
					  [KEXEC_FILE] = "file",
					  [KEXEC_SEGMENTS] = "segments",
					  [KEXEC_ANY] = "any" };

static enum kexec_call find_call(const char *name)
{
	enum kexec_call c = KEXEC_FILE;

	for (size_t i = 0; i < ARRAY_LEN(call_names); i++) {
		if (!strcmp(name, call_names[i]))
			c = (enum kexec_call)i;
	}
	return c;
}

static bool take_text(const char *value, char *ret, size_t size)
{
	return snprintf(ret, size, "%s", value) < (int)size;
}

/* One line. False if its value makes no sense; an unknown key is a later version's. */
static bool take_line(struct record *rec, const char *key, const char *value)
{
	struct image_pair *p = &rec->pair;

	if (!strcmp(key, "kernel"))
		return take_text(value, p->kernel.path, PATH_MAX);
	if (!strcmp(key, "initrd"))
		return take_text(value, p->initrd.path, PATH_MAX);
	if (!strcmp(key, "cmdline"))
		return take_text(value, p->cmdline, CMDLINE_BYTES);
	if (!strcmp(key, "kernel_id"))
		return read_id(value, &p->kernel.id);
	if (!strcmp(key, "initrd_id"))
		return read_id(value, &p->initrd.id);
	if (!strcmp(key, "loaded_s"))
		rec->loaded_s = strtoll(value, NULL, 10);
	if (!strcmp(key, "foreign"))
		rec->foreign = !strcmp(value, "1");
	if (!strcmp(key, "back"))
		return take_text(value, rec->back, sizeof(rec->back));
	if (!strcmp(key, "call"))
		rec->call = find_call(value);
	if (!strcmp(key, "asked"))
		rec->asked = find_call(value);
	if (!strcmp(key, "memory"))
		return take_text(value, rec->state.memory, sizeof(rec->state.memory));
	if (!strcmp(key, "cpus"))
		return take_text(value, rec->state.cpus, sizeof(rec->state.cpus));
	return true;
}

int record_read(int folder, struct record *ret)
{
	char text[RECORD_BYTES], *next;
	int r = io_read_file(folder, RECORD, text, sizeof(text), NULL);

	if (r)
		return r;
	*ret = (struct record){ .pair = { .kernel.fd = -1, .initrd.fd = -1 }, .call = KEXEC_FILE };
	for (char *line = text; *line; line = next) {
		char *end = strchr(line, '\n'), *value = strchr(line, ' ');

		if (!end || !value || value > end)
			return -EBADMSG;
		*end = *value = '\0';
		next = end + 1;
		if (!take_line(ret, line, value + 1))
			return -EBADMSG;
	}
	return *ret->pair.kernel.path && *ret->pair.initrd.path && ret->loaded_s ? 0 : -EBADMSG;
}

/* Copies img to a new file of that name. */
static int copy_file(int folder, const char *name, const struct image *img)
{
	_close_ int out =
		openat(folder, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	off_t off = 0;

	if (out < 0)
		return -errno;
	while ((uint64_t)off < img->id.bytes) {
		ssize_t n = sendfile(out, img->fd, &off, img->id.bytes - (uint64_t)off);

		if (n < 0)
			return -errno;
		if (!n)
			return -ENODATA;
	}
	return 0;
}

/* The copy of img, kept, made or, if it is too large or there is no room, removed. */
static void update_copy(int folder, const char *name, const struct image *img,
			const struct image *before, uint64_t max_bytes)
{
	struct stat st;
	char fresh[16];

	if (before && image_same(&img->id, &before->id) &&
	    !fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) &&
	    (uint64_t)st.st_size == img->id.bytes)
		return;
	snprintf(fresh, sizeof(fresh), "%s.new", name);
	unlinkat(folder, name, 0);
	if (img->id.bytes <= max_bytes && !copy_file(folder, fresh, img) &&
	    !renameat(folder, fresh, folder, name))
		return;
	unlinkat(folder, fresh, 0);
}

static int write_record(int folder, const struct record *rec)
{
	const struct image_pair *p = &rec->pair;
	const struct image_id *k = &p->kernel.id, *i = &p->initrd.id;
	char text[RECORD_BYTES];
	_close_ int fd = openat(folder, RECORD_NEW,
				O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	int n, r;

	if (fd < 0)
		return -errno;
	n = snprintf(text, sizeof(text),
		     "kernel %s\nkernel_id %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRId64
		     "\ninitrd %s\ninitrd_id %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRId64
		     "\ncmdline %s\nforeign %d\nback %s\ncall %s\nasked %s\nmemory %s\ncpus "
		     "%s\nloaded_s "
		     "%" PRId64 "\n",
		     p->kernel.path, k->dev, k->ino, k->bytes, k->mtime_ns, p->initrd.path, i->dev,
		     i->ino, i->bytes, i->mtime_ns, p->cmdline, rec->foreign, rec->back,
		     call_names[rec->call], call_names[rec->asked], rec->state.memory,
		     rec->state.cpus, (int64_t)time(NULL));
	if (n < 0 || n >= (int)sizeof(text))
		return -E2BIG;
	r = io_write(fd, text, (size_t)n);
	if (r)
		return r;
	return renameat(folder, RECORD_NEW, folder, RECORD) < 0 ? -errno : 0;
}

int record_save(int folder, const struct record *rec, uint64_t ram_bytes)
{
	const struct image_pair *pair = &rec->pair;
	uint64_t max_bytes = ram_bytes / COPY_SHARE;
	struct record before;
	bool had = !record_read(folder, &before);

	unlinkat(folder, RECORD, 0);
	/* a line break would forge a line */
	if (strchr(pair->kernel.path, '\n') || strchr(pair->initrd.path, '\n') ||
	    strchr(pair->cmdline, '\n'))
		return -EINVAL;
	update_copy(folder, "kernel", &pair->kernel, had ? &before.pair.kernel : NULL, max_bytes);
	update_copy(folder, "initrd", &pair->initrd, had ? &before.pair.initrd : NULL, max_bytes);
	return write_record(folder, rec);
}

void record_remove(int folder)
{
	static const char *const names[] = { RECORD,	   RECORD_NEW, "kernel",
					     "kernel.new", "initrd",   "initrd.new" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		unlinkat(folder, names[i], 0);
}

static int open_one(int folder, const char *copy, const struct image *was, struct image *ret)
{
	if (!image_open(AT_FDCWD, was->path, ret) && image_same(&ret->id, &was->id))
		return 0;
	image_close(ret);
	if (!image_open(folder, copy, ret) && ret->id.bytes == was->id.bytes)
		return 0;
	image_close(ret);
	return -ESTALE;
}

int record_open(int folder, const struct record *rec, struct image_pair *ret, const char **lost)
{
	ret->initrd.fd = -1;
	*lost = rec->pair.kernel.path;
	if (open_one(folder, "kernel", &rec->pair.kernel, &ret->kernel))
		return -ESTALE;
	*lost = rec->pair.initrd.path;
	if (open_one(folder, "initrd", &rec->pair.initrd, &ret->initrd)) {
		image_close(&ret->kernel);
		return -ESTALE;
	}
	memcpy(ret->cmdline, rec->pair.cmdline, sizeof(ret->cmdline));
	*lost = rec->pair.kernel.path;
	if (image_unpack(&ret->kernel)) {
		image_pair_close(ret);
		return -ESTALE;
	}
	return 0;
}
