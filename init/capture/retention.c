/* SPDX-License-Identifier: MIT */
/*
 * Folder names → a list, oldest first → what may go. Work is bounded by the two maxima.
 */
#include "init/capture/retention.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "init/capture/retention_private.h"
#include "lib/cleanup.h"
#include "lib/dumps/dump_name.h"

enum { MAX_FILES = 64 };

/* ---------------------------------------------------------------- one dump */

static bool starts(const char *s, const char *with)
{
	return !strncmp(s, with, strlen(with));
}

static bool is_ours(const char *file)
{
	return starts(file, "vmcore") || starts(file, "dmesg.txt") || starts(file, "kdump.");
}

/* Calls fn for each file of the folder; what is no file of ours ends it with -ENOTEMPTY. */
static int each_file(int folder,
		     int (*fn)(int folder, const char *name, const struct stat *st, void *ctx),
		     void *ctx)
{
	int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), r = 0;
	DIR *d = copy < 0 ? NULL : fdopendir(copy);
	unsigned n = 0;
	struct dirent *e;

	if (!d) {
		r = -errno;
		if (copy >= 0)
			close(copy);
		return r;
	}
	while (!r && (e = readdir(d))) {
		struct stat st;

		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		if (fstatat(folder, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			r = -errno;
		else if (!S_ISREG(st.st_mode) || !is_ours(e->d_name) || ++n > MAX_FILES)
			r = -ENOTEMPTY;
		else
			r = fn(folder, e->d_name, &st, ctx);
	}
	closedir(d);
	return r;
}

struct sum {
	uint64_t bytes;
	bool report, core;
};

static int sum_file(int folder, const char *name, const struct stat *st, void *ctx)
{
	size_t len = strlen(name);
	struct sum *s = ctx;

	(void)folder;
	s->bytes += (uint64_t)st->st_blocks * 512;
	s->report |= !strcmp(name, "kdump.json");
	s->core |= starts(name, "vmcore") && !(len > 8 && !strcmp(name + len - 8, ".partial")) &&
		   !strstr(name, ".incomplete");
	return 0;
}

static int remove_file(int folder, const char *name, const struct stat *st, void *ctx)
{
	(void)st, (void)ctx;
	return unlinkat(folder, name, 0) < 0 ? -errno : 0;
}

static int open_dump(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* A dump that is half removed must not look complete: its report goes first. */
static int remove_dump(int dir, const char *name)
{
	_close_ int folder = open_dump(dir, name);
	struct sum sum = { 0 };
	int r = folder < 0 ? folder : each_file(folder, sum_file, &sum);

	if (r)
		return r;
	if (unlinkat(folder, "kdump.json", 0) < 0 && errno != ENOENT)
		return -errno;
	r = each_file(folder, remove_file, NULL);
	if (!r && unlinkat(dir, name, AT_REMOVEDIR) < 0)
		r = -errno;
	return r;
}

/* ---------------------------------------------------------------- all of them */

/* Oldest first; when the list is full the newest of it falls out. */
static void insert(struct retention *r, const struct retention_dump *d)
{
	unsigned at = r->n;

	while (at && (r->dumps[at - 1].time_s > d->time_s ||
		      (r->dumps[at - 1].time_s == d->time_s &&
		       strcmp(r->dumps[at - 1].name, d->name) > 0)))
		at--;
	if (at == RETENTION_MAX)
		return;
	if (r->n == RETENTION_MAX)
		r->n--;
	memmove(&r->dumps[at + 1], &r->dumps[at], (r->n - at) * sizeof(*d));
	r->dumps[at] = *d;
	r->n++;
}

static bool same_host(const char *a, unsigned a_len, const char *b, unsigned b_len)
{
	return a_len == b_len && !memcmp(a, b, a_len);
}

static bool around(uint64_t a, uint64_t b, unsigned minutes)
{
	return (a > b ? a - b : b - a) < minutes * 60ull;
}

static void look_at(struct retention *r, const char *name, const char *present, bool own_host,
		    unsigned recent_minutes)
{
	struct retention_dump d = { .gone = false };
	unsigned host = 0, our_host = 0;
	uint64_t now = 0;
	bool ours;

	if (!dump_name_parse(name, &d.time_s, &host) || !strcmp(name, present))
		return;
	ours = dump_name_parse(present, &now, &our_host) &&
	       same_host(name, host, present, our_host);
	/* a clock that was lost stands still or jumps: near in time, whichever comes first */
	r->recent += ours && around(d.time_s, now, recent_minutes);
	if (own_host && !ours)
		return;
	strcpy(d.name, name);
	insert(r, &d);
}

static void measure_dumps(struct retention *r)
{
	for (unsigned i = 0; i < r->n; i++) {
		struct retention_dump *d = &r->dumps[i];
		_close_ int folder = open_dump(r->dir, d->name);
		struct sum sum = { 0 };

		/* not ours, or not readable: it stays, and counts as nothing */
		d->gone = folder < 0 || each_file(folder, sum_file, &sum);
		d->complete = sum.report && sum.core;
		d->bytes = sum.bytes;
	}
}

int retention_look(struct retention *r, int dir, const char *present, bool own_host,
		   unsigned recent_minutes)
{
	int copy = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = copy < 0 ? NULL : fdopendir(copy);
	unsigned names = 0;
	struct dirent *e;

	r->dir = dir;
	r->n = r->recent = 0;
	if (!d)
		return -errno;
	while ((e = readdir(d)) && names++ < RETENTION_MAX_ENTRIES)
		look_at(r, e->d_name, present, own_host, recent_minutes);
	closedir(d);
	measure_dumps(r);
	return 0;
}

static int newest_complete(const struct retention *r)
{
	for (unsigned i = r->n; i--;) {
		if (r->dumps[i].complete && !r->dumps[i].gone)
			return (int)i;
	}
	return -1;
}

uint64_t retention_spare(const struct retention *r)
{
	int newest = newest_complete(r);
	uint64_t bytes = 0;

	for (unsigned i = 0; i < r->n; i++) {
		if ((int)i != newest && !r->dumps[i].gone)
			bytes += r->dumps[i].bytes;
	}
	return bytes;
}

/* What cannot be removed is not tried again. */
static bool remove_one(struct retention *r, unsigned i, struct retention_gone *gone)
{
	struct retention_dump *d = &r->dumps[i];
	int err = remove_dump(r->dir, d->name);

	d->gone = true;
	if (err)
		return false;
	gone->dumps++;
	gone->bytes += d->bytes;
	return true;
}

int retention_remove_oldest(struct retention *r, struct retention_gone *gone)
{
	int newest = newest_complete(r);

	for (unsigned i = 0; i < r->n; i++) {
		if ((int)i == newest || r->dumps[i].gone)
			continue;
		if (!remove_one(r, i, gone))
			continue;
		/* xfs and btrfs give blocks back later, unless asked */
		syncfs(r->dir);
		return 0;
	}
	return -ENOENT;
}

void retention_apply(struct retention *r, const struct conf_keep *keep, uint64_t present_bytes,
		     struct retention_gone *gone)
{
	unsigned left[2] = { 0, 1 }; /* unfinished, complete with the present one */
	uint64_t bytes = present_bytes;

	for (unsigned i = 0; i < r->n; i++) {
		left[r->dumps[i].complete] += !r->dumps[i].gone;
		bytes += r->dumps[i].gone ? 0 : r->dumps[i].bytes;
	}
	for (unsigned i = 0; i < r->n; i++) {
		struct retention_dump *d = &r->dumps[i];
		bool many = keep->dumps && left[d->complete] > keep->dumps;
		bool large = keep->bytes && bytes > keep->bytes;

		if (d->gone || (!many && !large) || !remove_one(r, i, gone))
			continue;
		left[d->complete]--;
		bytes -= d->bytes;
	}
	syncfs(r->dir);
}
