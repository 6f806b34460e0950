/* SPDX-License-Identifier: MIT */
#include "mkinitrd/kernel/kfile.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <sys/stat.h>

#include "lib/cleanup.h"
#include "tests/unit/fake/tree.h"
#include "tests/unit/test.h"

#define LEN 700000

/* A file that begins as ELF and ends in a signature's marker. */
static const char *sample(void)
{
	static char data[LEN];

	for (size_t i = 0; i < LEN; i++)
		data[i] = (char)(i * i >> 7);
	memcpy(data, "\177ELF", 4);
	memcpy(data + LEN - 28, "~Module signature appended~\n", 28);
	return data;
}

/* filter: ARCHIVE_FILTER_… */
static void put(const struct tree *t, const char *path, int filter)
{
	struct archive *a = archive_write_new();
	struct archive_entry *e = archive_entry_new();

	archive_write_set_format_raw(a);
	CHECK_EQ(archive_write_add_filter(a, filter), ARCHIVE_OK);
	CHECK_EQ(archive_write_open_filename(a, tree_path(t, path)), ARCHIVE_OK);
	archive_entry_set_filetype(e, S_IFREG);
	archive_entry_set_size(e, LEN);
	archive_write_header(a, e);
	CHECK_EQ(archive_write_data(a, sample(), LEN), LEN);
	CHECK_EQ(archive_write_close(a), ARCHIVE_OK);
	archive_entry_free(e);
	archive_write_free(a);
}

TEST(plain_and_compressed)
{
	static const struct {
		const char *file;
		int filter;
	} cases[] = {
		{ "/a.ko", ARCHIVE_FILTER_NONE },
		{ "/a.ko.gz", ARCHIVE_FILTER_GZIP },
		{ "/a.ko.xz", ARCHIVE_FILTER_XZ },
		{ "/a.ko.zst", ARCHIVE_FILTER_ZSTD },
	};
	_cleanup_(tree_remove) struct tree t = tree_make();

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_free_ char *data = NULL;
		size_t len = 0;
		struct fault f = { 0 };

		put(&t, cases[i].file, cases[i].filter);
		CHECK_EQ(kfile_load(tree_path(&t, cases[i].file), &data, &len, &f), 0);
		CHECK_STR(f.text, "");
		CHECK_EQ(len, LEN);
		CHECK(len == LEN && !memcmp(data, sample(), LEN));
	}
}

TEST(broken)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	char *data = NULL;
	struct fault f = { 0 };
	size_t len;

	CHECK_EQ(kfile_load(tree_path(&t, "/absent.ko"), &data, &len, &f), -EIO);
	CHECK(strstr(f.text, "/absent.ko"));
	tree_text(&t, "/text.ko",
		  "this is no module, but it is long enough to hold an ELF header, or more");
	CHECK_EQ(kfile_load(tree_path(&t, "/text.ko"), &data, &len, &f), -ENOEXEC);
	tree_text(&t, "/empty.ko", "");
	CHECK(kfile_load(tree_path(&t, "/empty.ko"), &data, &len, &f) < 0);
	put(&t, "/cut.ko.xz", ARCHIVE_FILTER_XZ);
	CHECK_EQ(truncate(tree_path(&t, "/cut.ko.xz"), 1000), 0);
	CHECK_EQ(kfile_load(tree_path(&t, "/cut.ko.xz"), &data, &len, &f), -EIO);
	CHECK(strstr(f.text, "/cut.ko.xz"));
	CHECK(!data);
}

TEST(firmware)
{
	static const char info[] = "license=GPL\0firmware=tigon/tg3.bin\0firmware=b\0alias=x";
	static const char cut[] = { 'x', 0, 'f', 'i', 'r', 'm', 'w', 'a', 'r', 'e', '=', 'a' };

	const char *name = kfile_firmware(info, sizeof(info), NULL);

	CHECK_STR(name, "tigon/tg3.bin");
	name = kfile_firmware(info, sizeof(info), name);
	CHECK_STR(name, "b");
	CHECK(!kfile_firmware(info, sizeof(info), name));
	CHECK(!kfile_firmware(info, 12, NULL));
	CHECK(!kfile_firmware(cut, sizeof(cut), NULL));
	CHECK(!kfile_firmware("nofirmware=x", 13, NULL));
}
