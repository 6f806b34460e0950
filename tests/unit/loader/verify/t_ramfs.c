/* SPDX-License-Identifier: MIT */
/*
 * What is written is an archive that libarchive reads.
 */
#include "loader/verify/ramfs.h"

#include <archive.h>
#include <archive_entry.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/test.h"

static int file_of(const char *text, size_t len)
{
	int fd = memfd_create("file", MFD_CLOEXEC);

	if (fd < 0 || write(fd, text, len) != (ssize_t)len)
		abort();
	return fd;
}

TEST(files_of_any_length)
{
	static const char text[] = "0123456789";
	struct ramfs a = { .fd = memfd_create("cpio", MFD_CLOEXEC) };
	struct archive *in = archive_read_new();
	struct archive_entry *e;
	char name[16], got[16];

	CHECK_EQ(ramfs_console(&a), 0);
	for (size_t n = 0; n <= 9; n++) {
		int from = file_of(text, n);

		snprintf(name, sizeof(name), "f%.*s", (int)n, text);
		CHECK_EQ(ramfs_file(&a, name, 0755, from), 0);
		/* from its beginning each time, wherever the descriptor stands */
		snprintf(name, sizeof(name), "t%zu", n);
		CHECK_EQ(ramfs_text(&a, name, text, n), 0);
		close(from);
	}
	CHECK_EQ(ramfs_finish(&a), 0);
	CHECK_EQ(lseek(a.fd, 0, SEEK_SET), 0);
	archive_read_support_format_cpio(in);
	CHECK_EQ(archive_read_open_fd(in, a.fd, 512), ARCHIVE_OK);
	CHECK_EQ(archive_read_next_header(in, &e), ARCHIVE_OK);
	CHECK_STR(archive_entry_pathname(e), "dev");
	CHECK_EQ(archive_read_next_header(in, &e), ARCHIVE_OK);
	CHECK_STR(archive_entry_pathname(e), "dev/console");
	CHECK(S_ISCHR(archive_entry_mode(e)));
	for (size_t i = 0; i < 20; i++) {
		size_t n = i / 2;

		CHECK_EQ(archive_read_next_header(in, &e), ARCHIVE_OK);
		CHECK_EQ(archive_entry_size(e), n);
		CHECK_EQ(archive_entry_mode(e), S_IFREG | (i % 2 ? 0600 : 0755));
		CHECK_EQ(archive_read_data(in, got, sizeof(got)), n);
		CHECK(!memcmp(got, text, n));
	}
	CHECK_EQ(archive_read_next_header(in, &e), ARCHIVE_EOF);
	archive_read_free(in);
	close(a.fd);
}
