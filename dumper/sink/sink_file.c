/* SPDX-License-Identifier: MIT */
/*
 * The file sink.
 */
#include "dumper/sink/sink_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/io.h"

#define PIECE_MIN  (128u << 10)
#define PIECE_MAX  (4u << 20)
#define PIECE_UNIT (64u << 10)
#define WAIT_BYTES (256u << 10)

static void partial_name(const struct sink_file *f, char buf[sizeof(f->name) + 8])
{
	snprintf(buf, sizeof(f->name) + 8, "%s.partial", f->name);
}

/*
 * What write-back begins at once; twice as much and a put may be dirty, and stays so where the disk
 * hangs. The kernel stops all writers, of other disks too, where the dirty bytes of all disks come
 * near a part of the free memory (vm.dirty_ratio, by default a fifth; mm/page-writeback.c).
 */
static uint32_t piece_bytes(void)
{
	struct sysinfo si;
	uint64_t part;

	if (sysinfo(&si) < 0)
		return PIECE_MIN;
	part = (uint64_t)si.freeram * si.mem_unit / 32;
	if (part < PIECE_MIN)
		return PIECE_MIN;
	return part > PIECE_MAX ? PIECE_MAX : (uint32_t)part / PIECE_UNIT * PIECE_UNIT;
}

/* An error is told once for each descriptor: what is not heard here fsync does not say again. */
static int sync_range(int fd, uint64_t from, uint64_t len, unsigned flags)
{
	if (!sync_file_range(fd, (off_t)from, (off_t)len, flags))
		return 0;
	/* no such thing on this kernel, or for this kind of file: fsync does all */
	return errno == ENOSYS || errno == ESPIPE ? 0 : -errno;
}

/* In steps, each of which is told of: a server far away takes its time for a whole piece. */
static int await_range(struct sink_file *f, uint64_t from, uint64_t to)
{
	const unsigned all =
		SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;

	while (from < to) {
		uint64_t len = to - from < WAIT_BYTES ? to - from : WAIT_BYTES;
		int r = sync_range(f->fd, from, len, all);

		if (r)
			return r;
		if (f->moved)
			atomic_fetch_add(f->moved, len);
		from += len;
	}
	return 0;
}

/*
 * Keeps at most two pieces dirty: starts the write-back of the newest, waits for the one before
 * it and drops it from the cache.
 */
static int write_back(struct sink_file *f, uint64_t end)
{
	while (end - f->started >= f->piece) {
		uint64_t len = f->started - f->dropped;
		int r = sync_range(f->fd, f->started, f->piece, SYNC_FILE_RANGE_WRITE);

		r = r ? r : await_range(f, f->dropped, f->started);
		if (r)
			return r;
		if (len)
			posix_fadvise(f->fd, (off_t)f->dropped, (off_t)len, POSIX_FADV_DONTNEED);
		f->dropped = f->started;
		f->started += f->piece;
	}
	return 0;
}

static int file_put(struct sink *s, uint64_t off, const void *buf, size_t len)
{
	struct sink_file *f = container_of(s, struct sink_file, base);
	int r = io_pwrite(f->fd, buf, len, off);

	if (!r && off + len > f->end)
		f->end = off + len;
	if (!r && f->durable && off + len > f->started)
		r = write_back(f, off + len);
	return r;
}

static int file_get(struct sink *s, uint64_t off, void *buf, size_t len)
{
	return io_pread(container_of(s, struct sink_file, base)->fd, buf, len, off);
}

static int file_cut(struct sink *s, uint64_t off)
{
	struct sink_file *f = container_of(s, struct sink_file, base);

	if (ftruncate(f->fd, (off_t)off) < 0)
		return -errno;
	f->end = f->end < off ? f->end : off;
	f->started = f->started < off ? f->started : off / f->piece * f->piece;
	f->dropped = f->dropped < f->started ? f->dropped : f->started;
	return 0;
}

static void file_abort(struct sink *s)
{
	struct sink_file *f = container_of(s, struct sink_file, base);

	if (f->dirfd != -1 && f->fd >= 0)
		close(f->fd);
	f->fd = -1;
}

static int file_commit(struct sink *s)
{
	struct sink_file *f = container_of(s, struct sink_file, base);
	char partial[sizeof(f->name) + 8], name[sizeof(f->name) + 16];
	int r = f->durable ? await_range(f, f->dropped, f->end) : 0;

	if (f->durable && fsync(f->fd) < 0 && !r)
		r = -errno;
	if (f->dirfd == -1)
		return r;
	/* a network file system may say only now that it has lost the data */
	if (close(f->fd) < 0 && !r && errno != EINTR)
		r = -errno;
	f->fd = -1;
	partial_name(f, partial);
	snprintf(name, sizeof(name), "%s%s", f->name, f->suffix ? f->suffix : "");
	if (!r && renameat(f->dirfd, partial, f->dirfd, name) < 0)
		r = -errno;
	return r || !f->durable ? r : io_sync_dir(f->dirfd);
}

void sink_file_adopt(struct sink_file *s, int fd, bool durable)
{
	*s = (struct sink_file){
		.base = { .put = file_put,
			  .commit = file_commit,
			  .abort = file_abort,
			  .get = file_get,
			  .rewrites = true },
		.fd = fd,
		.dirfd = -1,
		.piece = piece_bytes(),
		.durable = durable,
	};
}

int sink_file_open(struct sink_file *s, int dirfd, const char *name, bool durable)
{
	char partial[sizeof(s->name) + 8];

	if (strlen(name) >= sizeof(s->name))
		return -ENAMETOOLONG;
	sink_file_adopt(s, -1, durable);
	s->dirfd = dirfd;
	s->base.cut = file_cut;
	snprintf(s->name, sizeof(s->name), "%s", name);
	partial_name(s, partial);
	if (unlinkat(dirfd, partial, 0) < 0 && errno != ENOENT)
		return -errno;
	s->base.zeros = true;
	s->fd = openat(dirfd, partial, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	return s->fd < 0 ? -errno : 0;
}
