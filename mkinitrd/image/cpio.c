/* SPDX-License-Identifier: MIT */
#include "mkinitrd/image/cpio.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zstd.h>

#include "lib/cleanup.h"

/*
 * The kernel allocates the window while it unpacks, out of a reservation that may be 24 MB. For a
 * 890 KiB image with a 744 KiB program 32 KiB give 369 KiB at level 19, 128 KiB 359, 256 KiB 343,
 * 1 MiB 341 and 8 MiB 341: more than 256 KiB buys nothing. Level 12 gives 377 in a tenth of the
 * time; an image with xfs (10.9 MiB) takes 3.8 s for 2075 KiB at level 19, 0.4 s for 2161 at 12.
 */
#define WINDOW_LOG  18
#define LEVEL_SMALL 19
#define LEVEL_LARGE 12
#define LARGE_BYTES (3u << 20)

static ssize_t append_data(struct archive *a, void *ctx, const void *data, size_t len)
{
	struct cpio *c = ctx;

	if (len > c->size - c->len) {
		size_t size = c->size + (c->size > len ? c->size : len) + (64 << 10);
		char *bigger = realloc(c->buf, size);

		if (!bigger) {
			archive_set_error(a, ENOMEM, "out of memory");
			return -1;
		}
		c->buf = bigger;
		c->size = size;
	}
	memcpy(c->buf + c->len, data, len);
	c->len += len;
	return (ssize_t)len;
}

int cpio_open(struct cpio *ret)
{
	*ret = (struct cpio){ .a = archive_write_new() };
	return ret->a ? 0 : -ENOMEM;
}

static int set_fault(struct cpio *c, const char *path, struct fault *f)
{
	return fault_set(f, -EIO, "%s: cannot be packed: %s", path, archive_error_string(c->a));
}

/* The writer is set up with the first entry: it keeps the address of *c. */
static int begin_archive(struct cpio *c)
{
	if (archive_write_set_format_cpio_newc(c->a) != ARCHIVE_OK ||
	    archive_write_set_bytes_per_block(c->a, 0) != ARCHIVE_OK ||
	    archive_write_set_bytes_in_last_block(c->a, 1) != ARCHIVE_OK)
		return -EIO;
	return archive_write_open(c->a, c, NULL, append_data, NULL) == ARCHIVE_OK ? 0 : -EIO;
}

static void cleanup_entry(struct archive_entry **e)
{
	archive_entry_free(*e);
}

int cpio_add(struct cpio *c, const char *path, mode_t mode, dev_t dev, const void *data, size_t len,
	     struct fault *f)
{
	_cleanup_(cleanup_entry) struct archive_entry *e = archive_entry_new();

	if (!e)
		return -ENOMEM;
	if (!c->ino++ && begin_archive(c))
		return set_fault(c, path, f);
	archive_entry_set_pathname(e, path);
	archive_entry_set_mode(e, mode);
	archive_entry_set_rdev(e, dev);
	archive_entry_set_ino64(e, c->ino);
	archive_entry_set_nlink(e, S_ISDIR(mode) ? 2 : 1);
	archive_entry_set_mtime(e, 0, 0);
	archive_entry_set_uid(e, 0);
	archive_entry_set_gid(e, 0);
	archive_entry_set_size(e, (la_int64_t)len);
	if (archive_write_header(c->a, e) != ARCHIVE_OK ||
	    (len && archive_write_data(c->a, data, len) != (la_ssize_t)len))
		return set_fault(c, path, f);
	return 0;
}

int cpio_finish(struct cpio *c, struct fault *f)
{
	return archive_write_close(c->a) == ARCHIVE_OK ? 0 : set_fault(c, "the image", f);
}

static void cleanup_zstd(ZSTD_CCtx **z)
{
	ZSTD_freeCCtx(*z);
}

int cpio_compress(const struct cpio *c, char **ret, size_t *ret_len, struct fault *f)
{
	_cleanup_(cleanup_zstd) ZSTD_CCtx *z = ZSTD_createCCtx();
	size_t size = ZSTD_compressBound(c->len), n;
	_free_ char *buf = malloc(size);

	if (!z || !buf)
		return -ENOMEM;
	ZSTD_CCtx_setParameter(z, ZSTD_c_compressionLevel,
			       c->len < LARGE_BYTES ? LEVEL_SMALL : LEVEL_LARGE);
	ZSTD_CCtx_setParameter(z, ZSTD_c_windowLog, WINDOW_LOG);
	ZSTD_CCtx_setParameter(z, ZSTD_c_checksumFlag, 1);
	n = ZSTD_compress2(z, buf, size, c->buf, c->len);
	if (ZSTD_isError(n))
		return fault_set(f, -EIO, "the image cannot be compressed: %s",
				 ZSTD_getErrorName(n));
	*ret = keep_ptr(buf);
	*ret_len = n;
	return 0;
}

void cpio_free(struct cpio *c)
{
	archive_write_free(c->a);
	free(c->buf);
	*c = (struct cpio){ .a = NULL };
}
