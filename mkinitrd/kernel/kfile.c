/* SPDX-License-Identifier: MIT */
#include "mkinitrd/kernel/kfile.h"

#include <archive.h>
#include <archive_entry.h>
#include <elf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"

#define MODULE_MAX_BYTES (256u << 20)

static void cleanup_reader(struct archive **a)
{
	archive_read_free(*a);
}

/* libarchive's raw format is a file that is compressed and nothing more. */
static struct archive *new_raw(void)
{
	struct archive *a = archive_read_new();

	if (!a)
		return NULL;
	archive_read_support_format_raw(a);
	archive_read_support_filter_gzip(a);
	archive_read_support_filter_xz(a);
	archive_read_support_filter_zstd(a);
	return a;
}

static int open_raw(struct archive *a, const char *path)
{
	struct archive_entry *e;

	if (archive_read_open_filename(a, path, 128 << 10) != ARCHIVE_OK)
		return -EIO;
	return archive_read_next_header(a, &e) == ARCHIVE_OK ? 0 : -EIO;
}

/*
 * Reads until the end; 0, or -EIO with the reason in the archive. What was read before an error
 * counts as the whole where the caller says that it may (whole false).
 */
static int read_all(struct archive *a, bool whole, char **ret, size_t *ret_len)
{
	_free_ char *buf = NULL;
	size_t size = 0, len = 0;
	ssize_t n;

	do {
		if (size - len < 64 << 10) {
			char *bigger = realloc(buf, size = size * 2 + (256 << 10));

			if (!bigger)
				return -ENOMEM;
			buf = bigger;
		}
		n = archive_read_data(a, buf + len, size - len);
		if (n < 0 && (whole || !len))
			return -EIO;
		if (n < 0)
			break;
		len += (size_t)n;
		if (len > MODULE_MAX_BYTES)
			return -EFBIG;
	} while (n);
	*ret = keep_ptr(buf);
	*ret_len = len;
	return 0;
}

int kfile_read(const char *path, char **ret, size_t *ret_len, struct fault *f)
{
	_cleanup_(cleanup_reader) struct archive *a = new_raw();
	_free_ char *buf = NULL;
	size_t len = 0;
	int r;

	if (!a)
		return -ENOMEM;
	r = open_raw(a, path);
	r = r ? r : read_all(a, true, &buf, &len);
	if (r == -EIO)
		return fault_set(f, r, "%s: %s", path, archive_error_string(a));
	if (r)
		return fault_set(f, r, "%s: %s", path, strerror(-r));
	*ret = keep_ptr(buf);
	*ret_len = len;
	return 0;
}

int kfile_load(const char *path, char **ret, size_t *ret_len, struct fault *f)
{
	_free_ char *buf = NULL;
	size_t len;
	int r = kfile_read(path, &buf, &len, f);

	if (r)
		return r;
	if (len < sizeof(Elf64_Ehdr) || memcmp(buf, ELFMAG, SELFMAG))
		return fault_set(f, -ENOEXEC, "%s is no kernel module", path);
	*ret = keep_ptr(buf);
	*ret_len = len;
	return 0;
}

int kfile_unpack(const char *data, size_t len, char **ret, size_t *ret_len)
{
	_cleanup_(cleanup_reader) struct archive *a = new_raw();
	struct archive_entry *e;

	if (!a)
		return -ENOMEM;
	if (archive_read_open_memory(a, data, len) != ARCHIVE_OK ||
	    archive_read_next_header(a, &e) != ARCHIVE_OK ||
	    archive_filter_code(a, 0) == ARCHIVE_FILTER_NONE)
		return -EIO;
	return read_all(a, false, ret, ret_len);
}

/* .modinfo holds NUL-terminated "key=value" strings. */
const char *kfile_firmware(const char *data, size_t len, const char *before)
{
	static const char key[] = "\0firmware=";
	const char *from = before ? before : data;
	const char *at = memmem(from, len - (size_t)(from - data), key, sizeof(key) - 1);

	if (!at)
		return NULL;
	at += sizeof(key) - 1;
	return memchr(at, '\0', len - (size_t)(at - data)) ? at : NULL;
}
