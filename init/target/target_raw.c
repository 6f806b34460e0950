/* SPDX-License-Identifier: MIT */
/*
 * A bare device (lib/block/raw_format.h): the vmcore at its start, the small files and the trailer at
 * its end. Each file is written by a child of its own; what they know of each other is in the
 * trailer.
 */
#include "init/target/target.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "dumper/sink/sink_file.h"
#include "init/device/device.h"
#include "init/system/child.h"
#include "init/target/target_device.h"
#include "lib/block/raw.h"
#include "lib/block/signature.h"
#include "lib/bytes.h"
#include "lib/cleanup.h"
#include "lib/clock.h"
#include "lib/hash.h"
#include "lib/io.h"

/*
 * How often a growing vmcore's size is noted in the trailer. On flash that erases a block: each pause is
 * twice as long as the one before, up to the second.
 */
enum { NOTE_MS = 1000, NOTE_MTD_MS = 20000 };

/* A file in its room of the device. */
struct raw_sink {
	struct sink base;
	struct sink_file device;
	int fd;
	struct raw_trailer t;
	struct raw_file *file; /* in t */
	uint64_t end;	       /* of what was put */
	uint64_t noted_ms;
	unsigned note_ms, note_most_ms; /* the pause before the next note, and the longest one */
	bool incomplete;
	bool in_order; /* each put behind the one before: sum is the file's */
	struct hash sum;
};

/* ---------------------------------------------------------------- the device */

/* O_EXCL: not while it is mounted, or part of another device. */
static int open_device(const char *node, struct child *self)
{
	int fd = open(node, O_RDWR | O_EXCL | O_CLOEXEC), r;

	if (fd >= 0)
		return fd;
	r = -errno;
	child_why(self, "%s: %s", node, r == -EBUSY ? "in use" : strerror(-r));
	return r;
}

/* May it be written over? A dump that was not recovered counts as much as a file system. */
static int check_free(const struct target *t, int fd, struct child *self)
{
	struct raw_trailer old;
	const char *what;
	int r;

	if (t->spec->overwrite)
		return 0;
	r = raw_read(fd, &old);
	if (!r && raw_unsaved(&old)) {
		child_why(self,
			  "it holds the dump %.100s, which was not recovered (kdump-dumper "
			  "--recover; `overwrite` gives it up)",
			  old.folder);
		return -EEXIST;
	}
	if (r && r != -ENODATA)
		return r;
	r = signature_find(fd, &what);
	if (r || !what)
		return r;
	child_why(self, "it holds %s; write `overwrite` behind the device if that may be lost",
		  what);
	return -EEXIST;
}

static int raw_open(const struct target *t, char *what, size_t size, struct child *self)
{
	struct raw_trailer new;
	_close_ int fd = -1;
	struct device d;
	uint64_t bytes;
	int r = target_device_wait(t, &d, self);

	if (r)
		return r;
	if (!strcmp(t->spec->where, d.node))
		snprintf(what, size, "%s (raw)", d.node);
	else
		snprintf(what, size, "%s (%s, raw)", t->spec->where, d.node);
	fd = open_device(d.node, self);
	if (fd < 0)
		return fd;
	r = raw_device_bytes(fd, &bytes);
	if (!r)
		r = check_free(t, fd, self);
	if (r)
		return r;
	r = raw_layout(bytes, &new);
	if (r)
		child_why(self, "%" PRIu64 " KiB are too small for a dump", bytes >> 10);
	return r;
}

/* ---------------------------------------------------------------- a file on it */

/* The vmcore has its room to the last block; it is the writer's to do with less. */
static int raw_put(struct sink *s, uint64_t off, const void *buf, size_t len)
{
	struct raw_sink *w = container_of(s, struct raw_sink, base);
	int r;

	if (!bytes_inside(off, len, w->file->room))
		return -ENOSPC;
	r = sink_put(&w->device.base, w->file->off + off, buf, len);
	if (r)
		return r;
	w->in_order &= off == w->end;
	if (w->in_order)
		hash_add(&w->sum, buf, len);
	w->end = off + len > w->end ? off + len : w->end;
	if (w->device.dropped <= w->file->off + w->file->bytes ||
	    clock_boot_ms() < w->noted_ms + w->note_ms)
		return 0;
	/* so much is found if this is the last that is heard of us */
	w->file->bytes = w->device.dropped - w->file->off;
	w->noted_ms = clock_boot_ms();
	w->note_ms = w->note_ms * 2 < w->note_most_ms ? w->note_ms * 2 : w->note_most_ms;
	return raw_write(w->fd, &w->t);
}

static int raw_get(struct sink *s, uint64_t off, void *buf, size_t len)
{
	struct raw_sink *w = container_of(s, struct raw_sink, base);

	if (!bytes_inside(off, len, w->file->room))
		return -ENODATA;
	return w->device.base.get(&w->device.base, w->file->off + off, buf, len);
}

/* What is noted of the bytes behind it is not true any more. */
static int raw_cut(struct sink *s, uint64_t off)
{
	struct raw_sink *w = container_of(s, struct raw_sink, base);

	w->end = w->end < off ? w->end : off;
	w->in_order = false;
	if (w->file->bytes <= off)
		return 0;
	w->file->bytes = off;
	return raw_write(w->fd, &w->t);
}

static int finish(struct raw_sink *w, enum raw_file_state state)
{
	int r = sink_commit(&w->device.base);

	if (r)
		return r;
	w->file->bytes = w->end;
	w->file->state = state;
	w->file->sum = w->in_order && state == RAW_FILE_WHOLE ? hash_value(&w->sum) : 0;
	if (w->file == &w->t.file[RAW_VMCORE] && state == RAW_FILE_WHOLE)
		w->t.state = RAW_COMPLETE;
	return raw_write(w->fd, &w->t);
}

static void raw_free(struct raw_sink *w)
{
	close(w->fd);
	w->fd = -1;
}

static int raw_commit(struct sink *s)
{
	struct raw_sink *w = container_of(s, struct raw_sink, base);
	int r = finish(w, w->incomplete ? RAW_FILE_INCOMPLETE : RAW_FILE_WHOLE);

	raw_free(w);
	return r;
}

/* What was written stays, and the trailer says how much that is. */
static void raw_abort(struct sink *s)
{
	struct raw_sink *w = container_of(s, struct raw_sink, base);

	finish(w, RAW_FILE_WRITING);
	raw_free(w);
}

static int sink_open(struct raw_sink *w, int slot, const char *name)
{
	w->file = &w->t.file[slot];
	w->file->bytes = w->file->sum = 0;
	w->file->state = RAW_FILE_WRITING;
	snprintf(w->file->name, sizeof(w->file->name), "%s", name);
	w->base = (struct sink){ .put = raw_put,
				 .commit = raw_commit,
				 .abort = raw_abort,
				 .get = raw_get,
				 .cut = raw_cut,
				 .rewrites = true };
	sink_file_adopt(&w->device, w->fd, true);
	w->device.started = w->device.dropped = w->file->off;
	w->in_order = true;
	hash_start(&w->sum);
	w->noted_ms = clock_boot_ms();
	return raw_write(w->fd, &w->t);
}

/* The trailer of this dump. The first file of the dump finds another's, or none. */
static int own_trailer(const struct target *t, int fd, struct raw_trailer *ret)
{
	struct raw_trailer old;
	uint64_t bytes;
	int r = raw_read(fd, &old);

	if (r && r != -ENODATA)
		return r;
	if (!r && old.state != RAW_RECOVERED && !strcmp(old.folder, t->folder)) {
		*ret = old;
		return 0;
	}
	r = raw_device_bytes(fd, &bytes);
	if (!r)
		r = raw_layout(bytes, ret);
	if (!r)
		r = raw_wipe(fd, bytes);
	snprintf(ret->folder, sizeof(ret->folder), "%s", t->folder);
	ret->time_s = (uint64_t)time(NULL);
	return r;
}

/* The header of a dump that did not become whole must not meet the data of this one. */
static int forget_header(int fd)
{
	static const char zeros[RAW_BLOCK];

	return io_pwrite(fd, zeros, sizeof(zeros), 0);
}

static void raw_incomplete(struct target_file *f)
{
	container_of(f->sink, struct raw_sink, base)->incomplete = true;
}

static int raw_create(const struct target *t, const char *name, struct target_file *ret,
		      struct child *self)
{
	_free_ struct raw_sink *w = calloc(1, sizeof(*w));
	int slot = raw_slot(name), r;
	_close_ int fd = -1;
	struct device d;

	if (!w || slot < 0)
		return w ? -EINVAL : -ENOMEM;
	r = target_device_wait(t, &d, self);
	if (r)
		return r;
	fd = open_device(d.node, self);
	if (fd < 0)
		return fd;
	r = own_trailer(t, fd, &w->t);
	if (!r && slot == RAW_VMCORE)
		r = forget_header(fd);
	w->fd = fd;
	w->note_ms = NOTE_MS;
	w->note_most_ms = strncmp(t->spec->where, "MTD=", 4) ? NOTE_MS : NOTE_MTD_MS;
	if (!r)
		r = sink_open(w, slot, name);
	if (r)
		return r;
	w->device.moved = &self->moved;
	*ret = (struct target_file){ .sink = &w->base, .incomplete = raw_incomplete, .own = w };
	keep_fd(&fd);
	keep_ptr(w);
	return 0;
}

/* Each file is on the device already; what the device stands on is taken down behind this. */
static int raw_close(const struct target *t, struct child *self)
{
	(void)t, (void)self;
	return 0;
}

const struct target_kind target_raw = {
	.ready = "opened",
	.open = raw_open,
	.create = raw_create,
	.close = raw_close,
};
