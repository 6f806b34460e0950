/* SPDX-License-Identifier: MIT */
/*
 * Open files and their identity.
 */
#include "loader/kexec/image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/bytes.h"
#include "lib/cleanup.h"
#include "lib/io.h"

/* Documentation/driver-api/early-userspace/buffer-format.rst and the kernel's lib/decompress.c. */
static const struct magic {
	const char *bytes;
	uint32_t len;
	const char *kind; /* NULL: a kernel does not unpack it, because: */
	const char *why;
} magics[] = {
	{ "\x28\xb5\x2f\xfd", 4, "zstd", NULL },
	{ "\x1f\x8b", 2, "gzip", NULL },
	{ "\3757zXZ", 5, "xz", NULL },
	{ "\x02\x21\x4c\x18", 4, "lz4", NULL },
	{ "070701", 6, "cpio", NULL },
	{ "070702", 6, "cpio", NULL },
	{ "BZh", 3, "bzip2", NULL },
	{ "\x89LZO", 4, "lzo", NULL },
	{ "\x5d\0\0", 3, "lzma", NULL },
	{ "\x04\x22\x4d\x18", 4, NULL,
	  "is in lz4's frame format: the kernel unpacks only the legacy one (lz4 -l)" },
	{ "070707", 6, NULL,
	  "is a cpio archive of the old kind: the kernel unpacks only newc (cpio -H newc)" },
	{ "MZ", 2, NULL, "is a kernel or an EFI program: are kernel and initrd exchanged?" },
};

static struct image_id id_of(const struct stat *st)
{
	return (struct image_id){
		.dev = st->st_dev,
		.ino = st->st_ino,
		.bytes = (uint64_t)st->st_size,
		.mtime_ns = (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec,
	};
}

int image_open(int dirfd, const char *path, struct image *ret)
{
	_close_ int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	int r = fd < 0 ? -errno : 0;
	char link[40];
	struct stat st;
	ssize_t n;

	*ret = (struct image){ .fd = -1 };
	snprintf(ret->path, sizeof(ret->path), "%s", path);
	if (r)
		return r;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	ret->id = id_of(&st);
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, ret->path, sizeof(ret->path) - 1);
	if (n > 0)
		ret->path[n] = '\0';
	ret->fd = keep_fd(&fd);
	return 0;
}

void image_close(struct image *img)
{
	cleanup_close(&img->fd);
	img->fd = -1;
	if (img->has_inner)
		close(img->inner_fd);
	img->has_inner = false;
}

/* The section of an EFI program that the kernel is in; see the PE format. -ENOENT: it has none. */
static int find_linux_section(const struct image *img, uint32_t *ret_off, uint32_t *ret_bytes)
{
	enum { PE_AT = 0x3c, N_SECTIONS = 6, OPTIONAL_BYTES = 20, HEAD = 24, SECTION = 40 };
	uint8_t dos[64], pe[HEAD], s[SECTION];
	uint64_t at;

	if (io_pread(img->fd, dos, sizeof(dos), 0) || memcmp(dos, "MZ", 2))
		return -ENOENT;
	at = get_le32(dos + PE_AT);
	if (io_pread(img->fd, pe, sizeof(pe), at) || memcmp(pe, "PE\0\0", 4))
		return -ENOENT;
	at += HEAD + get_le16(pe + OPTIONAL_BYTES);
	for (unsigned i = 0; i < get_le16(pe + N_SECTIONS); i++, at += SECTION) {
		if (io_pread(img->fd, s, sizeof(s), at))
			return -ENOENT;
		if (memcmp(s, ".linux\0\0", 8))
			continue;
		/* what is used of it; on the disk it is padded */
		*ret_bytes =
			get_le32(s + 8) < get_le32(s + 16) ? get_le32(s + 8) : get_le32(s + 16);
		*ret_off = get_le32(s + 20);
		return bytes_inside(*ret_off, *ret_bytes, img->id.bytes) ? 0 : -EBADMSG;
	}
	return -ENOENT;
}

int image_unpack(struct image *img)
{
	uint32_t off, bytes;
	_close_ int fd = -1;
	off_t pos;
	int r = find_linux_section(img, &off, &bytes);

	if (r)
		return r == -ENOENT ? 0 : r;
	fd = memfd_create("kernel", MFD_CLOEXEC);
	if (fd < 0)
		return -errno;
	pos = off;
	while ((uint64_t)pos < (uint64_t)off + bytes) {
		ssize_t n = sendfile(fd, img->fd, &pos, off + (size_t)bytes - (size_t)pos);

		if (n <= 0)
			return n < 0 ? -errno : -EBADMSG;
	}
	img->has_inner = true;
	img->inner_bytes = bytes;
	img->inner_fd = keep_fd(&fd);
	return 0;
}

void image_pair_close(struct image_pair *pair)
{
	image_close(&pair->kernel);
	image_close(&pair->initrd);
}

bool image_same(const struct image_id *a, const struct image_id *b)
{
	return a->dev == b->dev && a->ino == b->ino && a->bytes == b->bytes &&
	       a->mtime_ns == b->mtime_ns;
}

int image_unchanged(const char *path, const struct image_id *id)
{
	struct image_id now;
	struct stat st;

	if (stat(path, &st) < 0)
		return -errno;
	now = id_of(&st);
	return image_same(&now, id);
}

bool image_is_written(const struct image *img)
{
	/* a read lease is given only while nobody writes */
	if (fcntl(img->fd, F_SETLEASE, F_RDLCK) < 0)
		return errno == EAGAIN;
	fcntl(img->fd, F_SETLEASE, F_UNLCK);
	return false;
}

const char *image_initrd_kind(const struct image *img, const char **why)
{
	char head[6];
	int r = io_pread(img->fd, head, sizeof(head), 0);

	if (r) {
		*why = !img->id.bytes  ? "is empty"
		       : r == -ENODATA ? "is too short"
				       : "cannot be read";
		return NULL;
	}
	for (size_t i = 0; i < ARRAY_LEN(magics); i++) {
		if (memcmp(head, magics[i].bytes, magics[i].len))
			continue;
		*why = magics[i].why;
		return magics[i].kind;
	}
	*why = "is neither a cpio archive nor compressed in a way the kernel knows";
	return NULL;
}
