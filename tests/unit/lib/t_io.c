/* SPDX-License-Identifier: MIT */
/*
 * Whole reads and writes: short counts, ends of files, and files larger than allowed.
 */
#include "lib/io.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/unit/test.h"

static int file_of(const char *text, char path[40])
{
	int fd = memfd_create("file", MFD_CLOEXEC);

	CHECK_EQ(io_write(fd, text, strlen(text)), 0);
	snprintf(path, 40, "/proc/self/fd/%d", fd);
	return fd;
}

TEST(positions)
{
	char path[40], buf[16] = "";
	int fd = file_of("0123456789", path);

	CHECK_EQ(io_pwrite(fd, "xyz", 3, 4), 0);
	CHECK_EQ(lseek(fd, 0, SEEK_CUR), 10);
	CHECK_EQ(io_pread(fd, buf, 10, 0), 0);
	CHECK_STR(buf, "0123xyz789");
	CHECK_EQ(io_pread(fd, buf, 1, 10), -ENODATA);
	CHECK_EQ(io_pread(fd, buf, 5, 8), -ENODATA);
	CHECK_EQ(io_pread(fd, buf, 0, 1 << 20), 0);
	CHECK(io_pread(fd, buf, 1, 1ull << 63) < 0);
	close(fd);
	CHECK_EQ(io_pread(-1, buf, 1, 0), -EBADF);
	CHECK_EQ(io_write(-1, buf, 1), -EBADF);
	CHECK_EQ(io_pwrite(-1, buf, 1, 0), -EBADF);
}

static char big[1 << 20];

static void *drain(void *ctx)
{
	int fd = *(int *)ctx;
	size_t n = 0;
	ssize_t r;

	/* the pipe takes 64 KiB at once: the writer sees short counts */
	while ((r = read(fd, big, 1000)) > 0)
		n += (size_t)r;
	return (void *)n;
}

TEST(short_writes)
{
	static char out[1 << 20];
	pthread_t reader;
	void *n = NULL;
	int fd[2];

	CHECK_EQ(pipe(fd), 0);
	CHECK_EQ(pthread_create(&reader, NULL, drain, &fd[0]), 0);
	CHECK_EQ(io_write(fd[1], out, sizeof(out)), 0);
	close(fd[1]);
	pthread_join(reader, &n);
	CHECK_EQ((size_t)n, sizeof(out));
	close(fd[0]);
}

TEST(small_files)
{
	char path[40], buf[8];
	size_t len = 99;
	int fd = file_of("1234567", path);

	CHECK_EQ(io_read_file(AT_FDCWD, path, buf, 8, &len), 0);
	CHECK_EQ(len, 7);
	CHECK_STR(buf, "1234567");
	CHECK_EQ(io_read_file(AT_FDCWD, path, buf, 7, &len), -EFBIG);
	CHECK_EQ(io_read_file(AT_FDCWD, "/nonexistent", buf, 8, &len), -ENOENT);
	CHECK_EQ(io_read_file(AT_FDCWD, "/", buf, 8, &len), -EISDIR);
	CHECK_EQ(ftruncate(fd, 0), 0);
	CHECK_EQ(io_read_file(AT_FDCWD, path, buf, 1, NULL), 0);
	CHECK_STR(buf, "");
	close(fd);
}

TEST(loaded_files)
{
	char path[40], *text = NULL;
	size_t len = 0;
	int fd = file_of("some text", path);

	CHECK_EQ(io_load_file(AT_FDCWD, path, 9, &text, &len), 0);
	CHECK_EQ(len, 9);
	CHECK_STR(text, "some text");
	free(text);
	text = NULL;
	CHECK_EQ(io_load_file(AT_FDCWD, path, 8, &text, &len), -EFBIG);
	CHECK(!text);
	CHECK_EQ(io_load_file(AT_FDCWD, "/nonexistent", 8, &text, &len), -ENOENT);
	close(fd);
	/* without a size of its own */
	CHECK_EQ(io_load_file(AT_FDCWD, "/proc/self/status", 1 << 20, &text, NULL), 0);
	CHECK(strstr(text, "VmRSS") != NULL);
	free(text);
	CHECK_EQ(io_load_file(AT_FDCWD, "/dev/zero", 100000, &text, NULL), -EFBIG);
}

/* A file of a TiB is refused without being read. */
TEST(huge_files_cost_nothing)
{
	char path[40], *text = NULL;
	struct rusage before, after;
	int fd = file_of("x", path);

	CHECK_EQ(ftruncate(fd, 1ll << 30), 0);
	getrusage(RUSAGE_SELF, &before);
	CHECK_EQ(io_load_file(AT_FDCWD, path, 1 << 16, &text, NULL), -EFBIG);
	getrusage(RUSAGE_SELF, &after);
	CHECK(after.ru_maxrss - before.ru_maxrss < 64 << 10);
	CHECK_EQ(ftruncate(fd, 1ll << 40), 0);
	CHECK_EQ(io_load_file(AT_FDCWD, path, 1 << 16, &text, NULL), -EFBIG);
	close(fd);
}

/* Of what the buffer had to give away before, fflush() says nothing. */
TEST(output_that_nothing_takes)
{
	FILE *full = fopen("/dev/full", "we"), *null = fopen("/dev/null", "we");

	CHECK(full && null);
	CHECK_EQ(io_flush(full), 0);
	fputs("some", full);
	CHECK_EQ(io_flush(full), -ENOSPC);
	fclose(full);
	for (int i = 0; i < 10000; i++)
		fputs("more than its buffer has", null);
	CHECK_EQ(io_flush(null), 0);
	fclose(null);
	full = fopen("/dev/full", "we");
	setvbuf(full, NULL, _IONBF, 0);
	fputs("some", full);
	CHECK_EQ(fflush(full), 0);
	CHECK_EQ(io_flush(full), -EIO);
	fclose(full);
}

TEST(folders)
{
	int fd = open("/tmp", O_RDONLY | O_DIRECTORY);

	CHECK_EQ(io_sync_dir(fd), 0);
	close(fd);
	CHECK_EQ(io_sync_dir(-1), -EBADF);
}
