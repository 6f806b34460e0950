/* SPDX-License-Identifier: MIT */
#include "loader/arch/tree/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <zlib.h>
#include <zstd.h>

#include "lib/bytes.h"
#include "lib/cleanup.h"
#include "lib/io.h"
#include "lib/kernel_file.h"

enum {
	PIECE_BYTES = 256 << 10,
	IMAGE_MAX = 1 << 30,
	GZIP_WINDOW = 15 + 16, /* zlib's words for a gzip file */
};

/* What is to be unpacked, and where it goes. */
struct work {
	const uint8_t *in;
	size_t in_bytes;
	int out;
	uint64_t out_bytes;
	uint8_t *piece; /* of PIECE_BYTES */
};

static int put_piece(struct work *w, size_t len)
{
	int r = w->out_bytes + len > IMAGE_MAX ? -EFBIG : io_write(w->out, w->piece, len);

	w->out_bytes += len;
	return r;
}

/* -EBADMSG: damaged. */
static int unpack_gzip(struct work *w)
{
	z_stream z = { .next_in = (uint8_t *)(uintptr_t)w->in, .avail_in = (unsigned)w->in_bytes };
	int r = 0, said = Z_OK;

	if (inflateInit2(&z, GZIP_WINDOW) != Z_OK)
		return -ENOMEM;
	while (!r && said == Z_OK) {
		z.next_out = w->piece;
		z.avail_out = PIECE_BYTES;
		said = inflate(&z, Z_NO_FLUSH);
		r = put_piece(w, PIECE_BYTES - z.avail_out);
	}
	inflateEnd(&z);
	return r ? r : said == Z_STREAM_END ? 0 : -EBADMSG;
}

/* One frame: behind it the kernel's build has the size once more. */
static int unpack_zstd(struct work *w)
{
	ZSTD_inBuffer in = { w->in, w->in_bytes, 0 };
	ZSTD_DStream *z = ZSTD_createDStream();
	size_t left = 1, had = 1;
	int r = z ? 0 : -ENOMEM;

	while (!r && left && had) {
		ZSTD_outBuffer out = { w->piece, PIECE_BYTES, 0 };
		size_t before = in.pos;

		left = ZSTD_decompressStream(z, &out, &in);
		if (ZSTD_isError(left))
			break;
		r = put_piece(w, out.pos);
		had = out.pos + (in.pos - before);
	}
	ZSTD_freeDStream(z);
	return r ? r : left ? -EBADMSG : 0;
}

static const struct method {
	const char *zboot; /* what the header of an EFI program calls it */
	const char *magic; /* of a file that is packed as a whole; NULL: there are none */
	size_t magic_len;
	const char *kind;
	int (*unpack)(struct work *w);
} methods[] = {
	{ "gzip", "\x1f\x8b\x08", 3, "gzip", unpack_gzip },
	{ "zstd", "\x28\xb5\x2f\xfd", 4, "zstd", unpack_zstd },
	/* up to 6.12 */
	{ "zstd22", NULL, 0, "zstd", unpack_zstd },
};

/* NULL: not packed, or in a way that is not known here. */
static const struct method *find_method(const uint8_t *head)
{
	for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
		const struct method *m = &methods[i];

		if (zboot_is(head) ? zboot_packed_by(head, m->zboot)
				   : m->magic && !memcmp(head, m->magic, m->magic_len))
			return m;
	}
	return NULL;
}

/* The packed bytes in a file of len bytes. */
static int find_payload(const uint8_t *file, size_t len, struct work *w)
{
	size_t off = 0;

	w->in_bytes = len;
	if (zboot_is(file) && zboot_payload(file, len, &off, &w->in_bytes))
		return -EBADMSG;
	w->in = file + off;
	return 0;
}

/* The kernel refuses a file that is open for writing. */
static int reopen(int *fd)
{
	char path[40];
	int fresh;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", *fd);
	fresh = open(path, O_RDONLY | O_CLOEXEC);
	if (fresh < 0)
		return -errno;
	close(*fd);
	*fd = fresh;
	return 0;
}

static int unpack(const struct method *m, const uint8_t *file, size_t len, int *ret_fd)
{
	_close_ int fd = memfd_create("kernel", MFD_CLOEXEC);
	_free_ uint8_t *piece = malloc(PIECE_BYTES);
	struct work w = { .out = fd, .piece = piece };
	int r = fd < 0 ? -errno : piece ? find_payload(file, len, &w) : -ENOMEM;

	if (!r)
		r = m->unpack(&w);
	if (!r)
		r = reopen(&fd);
	if (!r)
		*ret_fd = keep_fd(&fd);
	return r;
}

static int map_and_unpack(const struct method *m, int fd, int *ret_fd)
{
	struct stat st;
	void *file;
	int r;

	if (fstat(fd, &st) < 0)
		return -errno;
	file = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (file == MAP_FAILED)
		return -errno;
	r = unpack(m, file, (size_t)st.st_size, ret_fd);
	munmap(file, (size_t)st.st_size);
	return r;
}

int unpack_kernel(int fd, int *ret_fd, const char **why)
{
	const struct method *m;
	uint8_t head[ZBOOT_HEAD_BYTES];
	int r;

	*ret_fd = -1;
	/* what is too short is for others to say */
	if (io_pread(fd, head, sizeof(head), 0))
		return 0;
	m = find_method(head);
	if (!m && zboot_is(head)) {
		*why = "is an EFI zboot image that is packed neither by gzip nor by zstd";
		return -ENOEXEC;
	}
	r = m ? map_and_unpack(m, fd, ret_fd) : 0;
	if (r != -EBADMSG && r != -EFBIG)
		return r;
	*why = r == -EFBIG ? "unpacks to more than 1 GiB" : "is damaged: it does not unpack";
	return -ENOEXEC;
}

const char *unpack_kind(int fd)
{
	const struct method *m;
	uint8_t head[ZBOOT_HEAD_BYTES];

	if (io_pread(fd, head, sizeof(head), 0))
		return NULL;
	m = find_method(head);
	return !m ? NULL : zboot_is(head) ? "zboot" : m->kind;
}
