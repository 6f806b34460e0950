/* SPDX-License-Identifier: MIT */
#include "mkinitrd/image/cpio.h"

#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <zstd.h>

#include "lib/cleanup.h"
#include "tests/unit/test.h"

static struct fault fault;

static void build(struct cpio *c, char fill, size_t len)
{
	_free_ char *data = malloc(len);

	memset(data, fill, len);
	CHECK_EQ(cpio_open(c), 0);
	CHECK_EQ(cpio_add(c, "dev", S_IFDIR | 0755, 0, NULL, 0, &fault), 0);
	CHECK_EQ(cpio_add(c, "dev/console", S_IFCHR | 0600, makedev(5, 1), NULL, 0, &fault), 0);
	CHECK_EQ(cpio_add(c, "init", S_IFREG | 0755, 0, data, len, &fault), 0);
	CHECK_EQ(cpio_add(c, "empty", S_IFREG | 0644, 0, NULL, 0, &fault), 0);
	CHECK_EQ(cpio_finish(c, &fault), 0);
	CHECK_STR(fault.text, "");
}

static void check_entry(struct archive *a, const char *path, mode_t mode, unsigned ino, size_t len)
{
	struct archive_entry *e;

	CHECK_EQ(archive_read_next_header(a, &e), ARCHIVE_OK);
	CHECK_STR(archive_entry_pathname(e), path);
	CHECK_EQ(archive_entry_mode(e), mode);
	CHECK_EQ(archive_entry_ino64(e), ino);
	CHECK_EQ(archive_entry_size(e), len);
	CHECK_EQ(archive_entry_mtime(e), 0);
	CHECK_EQ(archive_entry_uid(e), 0);
	CHECK_EQ(archive_entry_gid(e), 0);
}

TEST(read_back)
{
	_cleanup_(cpio_free) struct cpio c;
	struct archive *a = archive_read_new();
	struct archive_entry *e;
	char data[300];

	build(&c, 'x', 257);
	CHECK(c.len % 4 == 0 && !memcmp(c.buf, "070701", 6));
	archive_read_support_format_cpio(a);
	CHECK_EQ(archive_read_open_memory(a, c.buf, c.len), ARCHIVE_OK);
	check_entry(a, "dev", S_IFDIR | 0755, 1, 0);
	check_entry(a, "dev/console", S_IFCHR | 0600, 2, 0);
	check_entry(a, "init", S_IFREG | 0755, 3, 257);
	CHECK_EQ(archive_read_data(a, data, sizeof(data)), 257);
	CHECK(data[0] == 'x' && data[256] == 'x');
	check_entry(a, "empty", S_IFREG | 0644, 4, 0);
	CHECK_EQ(archive_read_next_header(a, &e), ARCHIVE_EOF);
	archive_read_free(a);
}

TEST(the_same_calls_give_the_same_bytes)
{
	_cleanup_(cpio_free) struct cpio a, b;
	_free_ char *za = NULL, *zb = NULL;
	size_t la = 0, lb = 0;

	build(&a, 'x', 100000);
	build(&b, 'x', 100000);
	CHECK_EQ(a.len, b.len);
	CHECK(!memcmp(a.buf, b.buf, a.len));
	CHECK_EQ(cpio_compress(&a, &za, &la, &fault), 0);
	CHECK_EQ(cpio_compress(&b, &zb, &lb, &fault), 0);
	CHECK_EQ(la, lb);
	CHECK(!memcmp(za, zb, la));
	cpio_free(&b);
}

TEST(compressed_frame)
{
	_cleanup_(cpio_free) struct cpio c;
	_free_ char *z = NULL, *back = NULL;
	ZSTD_DCtx *d = ZSTD_createDCtx();
	size_t len = 0;

	/* larger than the step to the lower level */
	build(&c, 'y', 5 << 20);
	CHECK_EQ(cpio_compress(&c, &z, &len, &fault), 0);
	CHECK_EQ(ZSTD_getFrameContentSize(z, len), c.len);
	CHECK_EQ(ZSTD_findFrameCompressedSize(z, len), len);
	back = malloc(c.len);
	/* a reader that allows no window above 256 KiB takes it */
	ZSTD_DCtx_setParameter(d, ZSTD_d_windowLogMax, 18);
	ZSTD_outBuffer out = { back, c.len, 0 };
	ZSTD_inBuffer in = { z, len, 0 };
	CHECK_EQ(ZSTD_decompressStream(d, &out, &in), 0);
	CHECK_EQ(out.pos, c.len);
	CHECK(!memcmp(back, c.buf, c.len));
	ZSTD_freeDCtx(d);
}
