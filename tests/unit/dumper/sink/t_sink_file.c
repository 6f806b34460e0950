/* SPDX-License-Identifier: MIT */
/*
 * The file sink: nothing under the final name before commit, and what a full disk or a broken
 * one leaves.
 */
#include "dumper/sink/sink_file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/io.h"
#include "tests/unit/test.h"

struct folder {
	char path[64];
	int fd;
};

static void folder_open(struct folder *f)
{
	strcpy(f->path, "/tmp/t_sink_file.XXXXXX");
	CHECK(mkdtemp(f->path) != NULL);
	f->fd = open(f->path, O_RDONLY | O_DIRECTORY);
	CHECK(f->fd >= 0);
}

static void folder_close(struct folder *f)
{
	unlinkat(f->fd, "dump", 0);
	unlinkat(f->fd, "dump.partial", 0);
	close(f->fd);
	CHECK_EQ(rmdir(f->path), 0);
}

static long size_of(const struct folder *f, const char *name)
{
	struct stat st;

	return fstatat(f->fd, name, &st, 0) ? -1 : (long)st.st_size;
}

TEST(named_by_commit)
{
	for (int durable = 0; durable < 2; durable++) {
		struct sink_file s;
		struct folder f;
		struct stat st;
		char buf[8];

		folder_open(&f);
		CHECK_EQ(sink_file_open(&s, f.fd, "dump", durable), 0);
		CHECK(s.base.rewrites);
		CHECK_EQ(size_of(&f, "dump.partial"), 0);
		CHECK_EQ(sink_put(&s.base, 4, "data", 4), 0);
		CHECK_EQ(sink_put(&s.base, 0, "head", 4), 0);
		CHECK_EQ(s.base.get(&s.base, 2, buf, 4), 0);
		CHECK(!memcmp(buf, "adda", 4));
		CHECK_EQ(s.base.get(&s.base, 6, buf, 4), -ENODATA);
		CHECK_EQ(size_of(&f, "dump"), -1);
		CHECK_EQ(sink_commit(&s.base), 0);
		CHECK_EQ(size_of(&f, "dump"), 8);
		CHECK_EQ(size_of(&f, "dump.partial"), -1);
		CHECK(!fstatat(f.fd, "dump", &st, 0) && (st.st_mode & 0777) == 0600);
		CHECK_EQ(s.fd, -1);
		folder_close(&f);
	}
}

TEST(abort_leaves_the_partial_file)
{
	struct sink_file s;
	struct folder f;

	folder_open(&f);
	CHECK_EQ(sink_file_open(&s, f.fd, "dump", true), 0);
	CHECK_EQ(sink_put(&s.base, 0, "12345", 5), 0);
	sink_abort(&s.base);
	sink_abort(&s.base);
	CHECK_EQ(size_of(&f, "dump"), -1);
	CHECK_EQ(size_of(&f, "dump.partial"), 5);
	/* the next attempt begins anew */
	CHECK_EQ(sink_file_open(&s, f.fd, "dump", true), 0);
	CHECK_EQ(size_of(&f, "dump.partial"), 0);
	CHECK_EQ(sink_commit(&s.base), 0);
	CHECK_EQ(size_of(&f, "dump"), 0);
	folder_close(&f);
}

/* A link where the partial file should be is not followed. */
TEST(links_are_not_followed)
{
	struct sink_file s;
	struct folder f;

	folder_open(&f);
	CHECK_EQ(symlinkat("dump", f.fd, "dump.partial"), 0);
	CHECK_EQ(sink_file_open(&s, f.fd, "dump", false), 0);
	CHECK_EQ(sink_put(&s.base, 0, "x", 1), 0);
	sink_abort(&s.base);
	CHECK_EQ(size_of(&f, "dump"), -1);
	CHECK_EQ(size_of(&f, "dump.partial"), 1);
	folder_close(&f);
}

TEST(cannot_be_created)
{
	char name[300];
	struct sink_file s;
	struct folder f;

	folder_open(&f);
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	CHECK_EQ(sink_file_open(&s, f.fd, name, false), -ENAMETOOLONG);
	name[255] = '\0';
	CHECK_EQ(sink_file_open(&s, f.fd, name, false), -ENAMETOOLONG);
	CHECK_EQ(sink_file_open(&s, f.fd, "no/dump", false), -ENOENT);
	CHECK_EQ(mkdirat(f.fd, "dump.partial", 0700), 0);
	CHECK(sink_file_open(&s, f.fd, "dump", false) < 0);
	CHECK_EQ(unlinkat(f.fd, "dump.partial", AT_REMOVEDIR), 0);
	folder_close(&f);
}

/* The final name is taken by a folder: rename fails, the data stays under the partial one. */
TEST(rename_that_fails)
{
	struct sink_file s;
	struct folder f;

	folder_open(&f);
	CHECK_EQ(mkdirat(f.fd, "dump", 0700), 0);
	CHECK_EQ(sink_file_open(&s, f.fd, "dump", true), 0);
	CHECK_EQ(sink_put(&s.base, 0, "12345", 5), 0);
	CHECK_EQ(sink_commit(&s.base), -EISDIR);
	CHECK_EQ(size_of(&f, "dump.partial"), 5);
	CHECK_EQ(s.fd, -1);
	CHECK_EQ(unlinkat(f.fd, "dump", AT_REMOVEDIR), 0);
	folder_close(&f);
}

/* A limit of the file's size stands for the full disk: the error comes from the put it hits. */
TEST(no_room)
{
	struct rlimit old, limit;
	static char block[65536];
	struct sink_file s;
	struct folder f;

	folder_open(&f);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	limit = old;
	limit.rlim_cur = 100000;
	CHECK_EQ(sink_file_open(&s, f.fd, "dump", true), 0);
	setrlimit(RLIMIT_FSIZE, &limit);
	CHECK_EQ(sink_put(&s.base, 0, block, sizeof(block)), 0);
	CHECK_EQ(sink_put(&s.base, 65536, block, sizeof(block)), -EFBIG);
	setrlimit(RLIMIT_FSIZE, &old);
	sink_abort(&s.base);
	CHECK_EQ(size_of(&f, "dump"), -1);
	CHECK_EQ(size_of(&f, "dump.partial"), 100000);
	folder_close(&f);
}

TEST(full_device)
{
	struct sink_file s;
	int fd = open("/dev/full", O_RDWR);

	CHECK(fd >= 0);
	sink_file_adopt(&s, fd, false);
	CHECK_EQ(sink_put(&s.base, 0, "x", 1), -ENOSPC);
	sink_abort(&s.base);
	/* borrowed: still open */
	CHECK_EQ(close(fd), 0);
}

TEST(adopted_descriptor)
{
	struct sink_file s;
	struct folder f;
	int fd;

	folder_open(&f);
	fd = openat(f.fd, "dump", O_RDWR | O_CREAT, 0600);
	sink_file_adopt(&s, fd, true);
	CHECK_EQ(sink_put(&s.base, 3, "abc", 3), 0);
	CHECK_EQ(sink_commit(&s.base), 0);
	CHECK_EQ(size_of(&f, "dump"), 6);
	CHECK_EQ(close(fd), 0);
	folder_close(&f);
}

/* Bounded write-back drops what is written from the cache; the bytes must be there all the same. */
TEST(write_back_keeps_the_bytes)
{
	static uint8_t block[1 << 20], back[1 << 20];
	struct sink_file s;
	struct folder f;

	folder_open(&f);
	CHECK_EQ(sink_file_open(&s, f.fd, "dump", true), 0);
	for (uint64_t i = 0; i < 24; i++) {
		memset(block, (int)i + 1, sizeof(block));
		CHECK_EQ(sink_put(&s.base, 4096 + i * sizeof(block), block, sizeof(block)), 0);
	}
	CHECK(s.dropped >= 12 << 20 && s.started >= s.dropped);
	/* far ahead, and back to the start */
	CHECK_EQ(sink_put(&s.base, 100 << 20, block, 4096), 0);
	CHECK_EQ(sink_put(&s.base, 0, block, 4096), 0);
	for (uint64_t i = 0; i < 24; i++) {
		memset(block, (int)i + 1, sizeof(block));
		CHECK_EQ(s.base.get(&s.base, 4096 + i * sizeof(block), back, sizeof(back)), 0);
		CHECK(!memcmp(block, back, sizeof(block)));
	}
	CHECK_EQ(sink_commit(&s.base), 0);
	CHECK_EQ(size_of(&f, "dump"), (100 << 20) + 4096);
	folder_close(&f);
}

static int range_error; /* of the next wait in sync_file_range(), which tells it once */

/* In place of libc's. */
int sync_file_range(int fd, off64_t from, off64_t len, unsigned flags)
{
	if (range_error && flags & SYNC_FILE_RANGE_WAIT_AFTER) {
		errno = range_error;
		range_error = 0;
		return -1;
	}
	return (int)syscall(SYS_sync_file_range, fd, from, len, flags);
}

/* The kernel tells a descriptor of a failed write once, and not fsync where another call heard it. */
TEST(error_of_write_back)
{
	static char data[9 << 20];
	struct sink_file s;
	struct folder f;

	folder_open(&f);
	CHECK_EQ(sink_file_open(&s, f.fd, "dump", true), 0);
	range_error = EIO;
	CHECK_EQ(sink_put(&s.base, 0, data, sizeof(data)), -EIO);
	CHECK_EQ(range_error, 0);
	sink_abort(&s.base);
	/* a kernel or a file without it is no error */
	CHECK_EQ(sink_file_open(&s, f.fd, "dump", true), 0);
	range_error = ENOSYS;
	CHECK_EQ(sink_put(&s.base, 0, data, sizeof(data)), 0);
	CHECK_EQ(range_error, 0);
	CHECK_EQ(sink_commit(&s.base), 0);
	folder_close(&f);
}

TEST(a_name_that_says_what_is_missing)
{
	struct sink_file s;
	struct folder f;

	folder_open(&f);
	CHECK_EQ(sink_file_open(&s, f.fd, "dump", true), 0);
	CHECK_EQ(sink_put(&s.base, 0, "data", 4), 0);
	s.suffix = ".incomplete";
	CHECK_EQ(sink_commit(&s.base), 0);
	CHECK_EQ(size_of(&f, "dump"), -1);
	CHECK_EQ(size_of(&f, "dump.incomplete"), 4);
	CHECK_EQ(unlinkat(f.fd, "dump.incomplete", 0), 0);
	folder_close(&f);
}

/* Also back over what was written back and dropped already. */
TEST(cut_and_written_anew)
{
	static char data[9 << 20];
	struct sink_file s;
	struct folder f;
	char got[4];

	folder_open(&f);
	CHECK_EQ(sink_file_open(&s, f.fd, "dump", true), 0);
	memset(data, 'x', sizeof(data));
	CHECK_EQ(sink_put(&s.base, 0, data, sizeof(data)), 0);
	CHECK_EQ(sink_cut(&s.base, 5000), 0);
	CHECK_EQ(size_of(&f, "dump.partial"), 5000);
	CHECK_EQ(sink_put(&s.base, 5000, "tail", 4), 0);
	CHECK_EQ(sink_put(&s.base, 5004, data, sizeof(data)), 0);
	CHECK(!s.base.get(&s.base, 5000, got, 4) && !memcmp(got, "tail", 4));
	CHECK(s.dropped <= s.started && s.started <= sizeof(data) + 5004);
	CHECK_EQ(sink_commit(&s.base), 0);
	folder_close(&f);
}

/* Who waits sees each step that the disk has taken, and at the end all of it. */
TEST(what_the_disk_takes_is_told)
{
	static char block[1 << 20];
	_Atomic uint64_t moved = 0;
	struct sink_file s;
	struct folder f;

	folder_open(&f);
	CHECK_EQ(sink_file_open(&s, f.fd, "dump", true), 0);
	s.moved = &moved;
	for (uint64_t off = 4096; off < 24 << 20; off += sizeof(block)) {
		CHECK_EQ(sink_put(&s.base, off, block, sizeof(block)), 0);
		CHECK_EQ(moved, s.dropped);
	}
	CHECK(moved >= 12 << 20);
	CHECK_EQ(sink_put(&s.base, 0, block, 4096), 0);
	CHECK_EQ(sink_commit(&s.base), 0);
	CHECK_EQ(moved, 4096 + (24 << 20));
	folder_close(&f);
}
