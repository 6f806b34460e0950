/* SPDX-License-Identifier: MIT */
#include "lib/dumps/dump_report.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/cleanup.h"
#include "lib/dumps/json_read.h"
#include "lib/io.h"
#include "lib/text.h"

#define TEXT(path, member)                                                                         \
	{                                                                                          \
		path, offsetof(struct dump_report, member),                                        \
			sizeof(((struct dump_report *)0)->member)                                  \
	}
#define NUMBER(path, member)                                                                       \
	{                                                                                          \
		path, offsetof(struct dump_report, member), 0                                      \
	}

/* Where a member stands in the report; one without a size is a number. */
static const struct field {
	const char *path;
	size_t offset, size;
} fields[] = {
	TEXT("host", host),
	TEXT("kernel.release", release),
	TEXT("panic", panic),
	TEXT("vmcore.file", file),
	TEXT("sealed.to[0]", sealed_to),
	TEXT("targets[0].why", why),
	NUMBER("vmcore.bytes_written", vmcore_bytes),
	NUMBER("vmcore.level", level),
	NUMBER("capture.crashkernel_bytes", crashkernel_bytes),
	NUMBER("capture.ram_bytes", ram_bytes),
	NUMBER("capture.least_available_bytes", least_available_bytes),
};

/* A value that is missing stays 0 or "": another version may not have told it. */
static void read_field(const char *text, size_t len, const struct field *f, struct dump_report *ret)
{
	char *at = (char *)ret + f->offset;

	if (!f->size) {
		json_read_uint(text, len, f->path, (uint64_t *)(void *)at);
		return;
	}
	if (json_read_string(text, len, f->path, at, f->size))
		at[0] = '\0';
	text_make_printable(at);
}

static int open_report(int dir, const char *name)
{
	_close_ int folder = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	_close_ int fd = -1;
	struct stat st;

	if (folder < 0)
		return -errno;
	/* no pipe that nobody writes to */
	fd = openat(folder, DUMP_REPORT_FILE, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	return S_ISREG(st.st_mode) ? keep_fd(&fd) : -EBADMSG;
}

int dump_report_read(int dir, const char *name, struct dump_report *ret)
{
	_close_ int fd = -1;
	_free_ char *text = NULL;
	unsigned host_len;
	struct stat st;
	int r;

	*ret = (struct dump_report){ .read = false };
	snprintf(ret->name, sizeof(ret->name), "%s", name);
	dump_name_parse(name, &ret->time_s, &host_len);
	fd = open_report(dir, name);
	if (fd < 0 || fstat(fd, &st) < 0)
		return fd < 0 ? fd : -errno;
	if (st.st_size > DUMP_REPORT_MAX_BYTES)
		return -EBADMSG;
	text = malloc((size_t)st.st_size + 1);
	r = text ? io_pread(fd, text, (size_t)st.st_size, 0) : -ENOMEM;
	if (!r)
		r = json_read_check(text, (size_t)st.st_size);
	if (!r &&
	    json_read_string(text, (size_t)st.st_size, "state", ret->state, sizeof(ret->state)))
		r = -EBADMSG;
	if (r)
		return r;
	text_make_printable(ret->state);
	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		read_field(text, (size_t)st.st_size, &fields[i], ret);
	ret->read = true;
	return 0;
}

/* Newer ones first; the last one falls out of a full list. */
static void insert_dump(struct dump_report *list, unsigned max, unsigned *n,
			const struct dump_report *d)
{
	unsigned at = *n;

	while (at && (list[at - 1].time_s < d->time_s ||
		      (list[at - 1].time_s == d->time_s && strcmp(list[at - 1].name, d->name) < 0)))
		at--;
	if (at == max)
		return;
	*n -= *n == max;
	memmove(&list[at + 1], &list[at], (*n - at) * sizeof(*d));
	list[at] = *d;
	(*n)++;
}

static bool is_of(const char *name, unsigned len, const char *host)
{
	return !host || !*host || (len == strlen(host) && !memcmp(name, host, len));
}

int dump_list(int dir, const char *host, struct dump_report *ret, unsigned max)
{
	_close_ int copy = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_closedir_ DIR *d = copy < 0 ? NULL : fdopendir(copy);
	unsigned n = 0;
	int all = 0;

	if (!d)
		return -errno;
	copy = -1;
	for (struct dirent *e; (e = readdir(d));) {
		struct dump_report one = { .read = false };
		unsigned host_len;
		struct stat st;

		if (!dump_name_parse(e->d_name, &one.time_s, &host_len) ||
		    !is_of(e->d_name, host_len, host) ||
		    fstatat(dir, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISDIR(st.st_mode))
			continue;
		strcpy(one.name, e->d_name);
		insert_dump(ret, max, &n, &one);
		all++;
	}
	return all;
}

uint64_t dump_bytes(int dir, const char *name)
{
	int folder = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	_closedir_ DIR *d = folder < 0 ? NULL : fdopendir(folder);
	uint64_t bytes = 0;

	for (struct dirent *e; d && (e = readdir(d));) {
		struct stat st;

		if (!fstatat(folder, e->d_name, &st, AT_SYMLINK_NOFOLLOW) && S_ISREG(st.st_mode))
			bytes += (uint64_t)st.st_size;
	}
	return bytes;
}
