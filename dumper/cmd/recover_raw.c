/* SPDX-License-Identifier: MIT */
/*
 * Trailer → files, each under its final name only when it is whole → an empty device.
 */
#include "dumper/cmd/recover_raw.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "dumper/dump.h"
#include "dumper/kernel/crash.h"
#include "dumper/options.h"
#include "dumper/sink/sink_file.h"
#include "lib/block/blockname.h"
#include "lib/block/raw.h"
#include "lib/cleanup.h"
#include "lib/hash.h"
#include "lib/io.h"
#include "lib/keys/age_key.h"
#include "lib/log.h"

#define PIECE (1u << 20)

struct recover {
	const char *dev, *dir;
	int fd;	    /* of the device */
	int folder; /* DIR/<folder> */
	struct raw_trailer t;
	unsigned saved; /* files */
};

bool recover_is_raw(const char *dev)
{
	_close_ int fd = open(dev, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct raw_trailer t;

	return fd >= 0 && !raw_read(fd, &t);
}

/* ---------------------------------------------------------------- the device */

/* The disk that calls itself so. */
static bool find_disk(const char *root, const char *where, char *ret, size_t size)
{
	char path[PATH_MAX];
	_closedir_ DIR *d = NULL;
	bool found = false;

	snprintf(path, sizeof(path), "%s/sys/class/block", root);
	d = opendir(path);
	for (struct dirent *e; d && !found && (e = readdir(d));) {
		struct blockname n;

		if (e->d_name[0] == '.')
			continue;
		blockname_read(root, e->d_name, &n);
		found = blockname_fits(where, NULL, &n) && blockname_node(e->d_name, ret, size);
	}
	return found;
}

void recover_node(const char *root, const char *where, char *ret, size_t size)
{
	static const char *const tags[][2] = {
		{ "UUID=", "uuid" },
		{ "LABEL=", "label" },
		{ "PARTUUID=", "partuuid" },
		{ "PARTLABEL=", "partlabel" },
	};

	for (size_t i = 0; i < ARRAY_LEN(tags); i++) {
		size_t n = strlen(tags[i][0]);

		if (!strncmp(where, tags[i][0], n)) {
			snprintf(ret, size, "/dev/disk/by-%s/%s", tags[i][1], where + n);
			return;
		}
	}
	if ((strncmp(where, "DISK=", 5) && strncmp(where, "MTD=", 4)) ||
	    !find_disk(root, where, ret, size))
		snprintf(ret, size, "%s", where);
}

/* ---------------------------------------------------------------- the folder */

/* With all folders above it. */
static int open_dir(const char *path)
{
	char part[PATH_MAX];
	int fd;

	if (strlen(path) >= sizeof(part))
		return -ENAMETOOLONG;
	strcpy(part, path);
	for (char *p = part + 1; *part && (p = strchr(p, '/')); p++) {
		*p = '\0';
		if (mkdir(part, 0755) < 0 && errno != EEXIST)
			return -errno;
		*p = '/';
	}
	if (mkdir(part, 0700) < 0 && errno != EEXIST)
		return -errno;
	fd = open(part, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* The target's own folder must not be a link to elsewhere. */
static int open_folder(struct recover *c)
{
	_close_ int dir = open_dir(c->dir);
	int r;

	if (dir < 0)
		return dir;
	if (mkdirat(dir, c->t.folder, 0700) < 0 && errno != EEXIST)
		return -errno;
	r = io_sync_dir(dir);
	if (r)
		return r;
	c->folder = openat(dir, c->t.folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return c->folder < 0 ? -errno : 0;
}

static bool is_there(const struct recover *c, const char *name)
{
	return !faccessat(c->folder, name, F_OK, AT_SYMLINK_NOFOLLOW);
}

/* Said before anything is written, as nothing that fails half-way helps anybody. */
static int check_space(const struct recover *c)
{
	uint64_t need = 0, have;
	struct statvfs fs;

	for (int i = 0; i < RAW_FILES; i++) {
		if (!is_there(c, c->t.file[i].name))
			need += c->t.file[i].bytes;
	}
	if (fstatvfs(c->folder, &fs) < 0)
		return -errno;
	have = (uint64_t)fs.f_bavail * fs.f_frsize;
	if (need <= have)
		return 0;
	log_err("%s: %s: no space for %s (needs %" PRIu64 " MiB, has %" PRIu64
		"); it stays on the device",
		c->dev, c->dir, c->t.folder, (need >> 20) + 1, have >> 20);
	return -ENOSPC;
}

/* ---------------------------------------------------------------- one file */

static void drop_partial(const struct recover *c, const char *name)
{
	char partial[48];

	snprintf(partial, sizeof(partial), "%.36s.partial", name);
	unlinkat(c->folder, partial, 0);
}

/* r: how the writing went. */
static int close_file(struct recover *c, struct sink_file *out, int r)
{
	if (r) {
		sink_abort(&out->base);
		return r;
	}
	r = sink_commit(&out->base);
	c->saved += !r;
	return r;
}

static int copy_bytes(const struct recover *c, const struct raw_file *f, struct sink *to,
		      uint64_t *ret_sum)
{
	_free_ char *buf = malloc(PIECE);
	struct hash sum;
	int r = 0;

	if (!buf)
		return -ENOMEM;
	hash_start(&sum);
	for (uint64_t at = 0; at < f->bytes && !r;) {
		size_t n = f->bytes - at < PIECE ? (size_t)(f->bytes - at) : PIECE;

		r = io_pread(c->fd, buf, n, f->off + at);
		if (!r)
			r = sink_put(to, at, buf, n);
		hash_add(&sum, buf, n);
		at += n;
	}
	*ret_sum = hash_value(&sum);
	return r;
}

/* name: of the copy, which is whole when it appears. */
static int copy(struct recover *c, const struct raw_file *f, const char *name)
{
	struct sink_file out;
	uint64_t sum;
	int r = sink_file_open(&out, c->folder, name, true);

	if (r)
		return r;
	r = copy_bytes(c, f, &out.base, &sum);
	if (!r && f->sum && f->sum != sum) {
		log_warn("%s: the checksum of %s is wrong: saved as %s.damaged", c->dev, f->name,
			 name);
		out.suffix = ".damaged";
	}
	return close_file(c, &out, r);
}

/* What the chunks of an unfinished vmcore tell, as a dump that opens and says it lacks pages. */
static int rebuild_from(struct recover *c, struct crash *core, const char *name)
{
	struct dump_options opt;
	struct dump_stats stats;
	struct collector want;
	struct sink_file out;
	const char *note;
	int r = sink_file_open(&out, c->folder, name, true);

	if (r)
		return r;
	collector_init(&want);
	want.codec = DUMP_ZSTD;
	options_from(&want, &opt, &note);
	opt.whole = opt.incomplete = true;
	opt.level = core->vmcore.dump_level;
	r = dump_run(core, &opt, &out.base, &stats);
	r = close_file(c, &out, r);
	if (!r)
		log_warn("%s: the dump was interrupted; %s holds the %" PRIu64 " pages that were "
			 "saved",
			 c->dev, name, stats.pages[PAGE_KEEP]);
	return r;
}

static int rebuild(struct recover *c, const char *name)
{
	_free_ struct crash *core = calloc(1, sizeof(*core));
	int r;

	if (!core)
		return -ENOMEM;
	r = crash_open_set(&c->dev, 1, VMCORE_DAMAGED, core);
	if (r == -ENOMEM || r == -EIO)
		return r;
	if (r) {
		log_warn("%s: the dump was interrupted before it had pages: %s", c->dev, core->why);
		return 0;
	}
	r = rebuild_from(c, core, name);
	crash_close(core);
	return r;
}

/* Nobody here can look into a sealed one: what there is of it is copied. */
static bool is_sealed(const struct raw_file *f)
{
	size_t len = strlen(f->name), suffix = sizeof(AGE_SUFFIX) - 1;

	return len > suffix && !strcmp(f->name + len - suffix, AGE_SUFFIX);
}

static int save_file(struct recover *c, int slot)
{
	const struct raw_file *f = &c->t.file[slot];
	char name[48];
	int r;

	if (!f->bytes)
		return 0;
	snprintf(name, sizeof(name), "%s%s", f->name,
		 f->state == RAW_FILE_WHOLE ? "" : ".incomplete");
	if (is_there(c, name)) {
		log_info("%s: %s is there already", c->dev, name);
		return 0;
	}
	r = slot == RAW_VMCORE && f->state == RAW_FILE_WRITING && !is_sealed(f) ? rebuild(c, name)
										: copy(c, f, name);
	if (!r && f->state == RAW_FILE_WRITING && is_sealed(f))
		log_warn(
			"%s: the dump was interrupted; %s is sealed: age -d opens what there is of "
			"it",
			c->dev, name);
	if (r) {
		drop_partial(c, name);
		log_err("%s: %s/%s/%s: %s; the dump stays on the device", c->dev, c->dir,
			c->t.folder, name, strerror(-r));
	}
	return r;
}

/* ---------------------------------------------------------------- all of it */

/* The log first, whatever happens to the rest. */
static int save_files(struct recover *c)
{
	static const int order[RAW_FILES] = { RAW_DMESG, RAW_VMCORE, RAW_JSON, RAW_LOG };
	int r = 0;

	for (int i = 0; i < RAW_FILES && !r; i++)
		r = save_file(c, order[i]);
	return r;
}

/* crash and file(1) find nothing on it any more, and kdump-init may use it. */
static int release(struct recover *c)
{
	int r = raw_wipe(c->fd, c->t.device_bytes);

	c->t.state = RAW_RECOVERED;
	if (!r)
		r = raw_write(c->fd, &c->t);
	if (r)
		log_err("%s: the dump was saved, but the device cannot be marked as free: %s",
			c->dev, strerror(-r));
	return r;
}

static int save(struct recover *c)
{
	int r = open_folder(c);

	if (r)
		log_err("%s: %s: %s", c->dev, c->dir, strerror(-r));
	else
		r = check_space(c);
	if (!r)
		r = save_files(c);
	if (!r)
		r = release(c);
	if (!r)
		log_info("%s: %s/%s: %u file%s saved; the device is free", c->dev, c->dir,
			 c->t.folder, c->saved, c->saved == 1 ? "" : "s");
	return r;
}

int recover_raw(const char *dev, const char *dir)
{
	_close_ int fd = open(dev, O_RDWR | O_EXCL | O_CLOEXEC);
	struct recover c = { .dev = dev, .dir = dir, .fd = fd, .folder = -1 };
	int r = fd < 0 ? -errno : raw_read(fd, &c.t);

	if (r && r != -ENODATA) {
		log_err("%s: %s", dev, strerror(-r));
		return r;
	}
	if (r || !raw_unsaved(&c.t)) {
		log_info("%s: no dump", dev);
		return -ENODATA;
	}
	r = save(&c);
	if (c.folder >= 0)
		close(c.folder);
	return r;
}
