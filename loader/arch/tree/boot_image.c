/* SPDX-License-Identifier: MIT */
#include "loader/arch/tree/boot_image.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "lib/bytes.h"
#include "lib/cleanup.h"
#include "loader/arch/tree/image_config.h"
#include "loader/arch/tree/unpack.h"

enum {
	HEAD_BYTES = 64,
	OFF_TEXT_OFFSET = 8,
	OFF_IMAGE_BYTES = 16,
	OFF_FLAGS = 24,
	OFF_MAGIC = 56,
	FLAG_BIG_ENDIAN = 1 << 0,
	FLAG_PAGE_SHIFT = 1,
	FLAG_PAGE_MASK = 3,
};

/* the longest that a kernel can be, so that sums of sizes do not wrap */
#define IMAGE_BYTES_MAX ((uint64_t)1 << 40)

/* What a file without the magic is instead. */
static const struct other {
	const char *magic;
	uint32_t len, off;
	const char *why;
} others[] = {
	{ "\177ELF", 4, 0, "is an ELF file (vmlinux): the Image of the same build is needed" },
	{ "HdrS", 4, 0x202, "is an x86 bzImage: this machine needs an Image" },
	{ "MZ", 2, 0,
	  "is an EFI program without an Image's head, such as a unified kernel image: the kernel "
	  "inside it is needed" },
	{ "070701", 6, 0, "is a cpio archive: are kernel and initrd exchanged?" },
	{ "\xd0\x0d\xfe\xed", 4, 0, "is a device tree or a FIT image: the Image in it is needed" },
	{ "\x27\x05\x19\x56", 4, 0, "is a uImage: the Image in it is needed" },
};

static const char *what_else(const struct boot_image_kind *kind, const uint8_t *data, size_t len)
{
	if (!memcmp(data + OFF_MAGIC, "ARM\x64", 4) || !memcmp(data + OFF_MAGIC, "RSC\x05", 4))
		return kind->wrong;
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		if (bytes_inside(others[i].off, others[i].len, len) &&
		    !memcmp(data + others[i].off, others[i].magic, others[i].len))
			return others[i].why;
	}
	return "is not an Image";
}

int boot_image_parse(const struct boot_image_kind *kind, const void *data, size_t len,
		     struct boot_image *ret, const char **why)
{
	const uint8_t *h = data;

	*why = NULL;
	if (len < HEAD_BYTES)
		*why = len ? "is too short to be an Image" : "is empty";
	else if (memcmp(h + OFF_MAGIC, kind->magic, 4))
		*why = what_else(kind, h, len);
	else if (get_le64(h + OFF_FLAGS) & FLAG_BIG_ENDIAN)
		*why = "is a big-endian kernel";
	else if (get_le64(h + OFF_IMAGE_BYTES) < len)
		*why = get_le64(h + OFF_IMAGE_BYTES) ? "is larger than its own image_size"
						     : "is older than Linux 3.17";
	else if (get_le64(h + OFF_IMAGE_BYTES) > IMAGE_BYTES_MAX ||
		 get_le64(h + OFF_TEXT_OFFSET) > IMAGE_BYTES_MAX)
		*why = "has a head that makes no sense";
	if (*why)
		return -ENOEXEC;
	*ret = (struct boot_image){ .text_offset = get_le64(h + OFF_TEXT_OFFSET),
				    .image_bytes = get_le64(h + OFF_IMAGE_BYTES),
				    .flags = get_le64(h + OFF_FLAGS) };
	return 0;
}

/* "Linux version 6.12.117+deb13-arm64 (…": linux_banner, the only text with a digit there. */
static void find_release(const char *data, size_t len, struct kernel_head *ret)
{
	static const char words[] = "Linux version ";
	const size_t n = sizeof(words) - 1;
	const char *end = data + len;

	for (const char *p = data; (p = memmem(p, (size_t)(end - p), words, n)); p += n) {
		char text[sizeof(ret->release)] = "";

		if ((size_t)(end - p) < n + sizeof(text) || p[n] < '0' || p[n] > '9')
			continue;
		memcpy(text, p + n, sizeof(text) - 1);
		kernel_head_release(ret, text);
		return;
	}
}

/* 1: 4 KiB, 2: 16 KiB, 3: 64 KiB. */
static uint32_t page_bytes(const struct boot_image_kind *kind, uint64_t flags)
{
	unsigned code = flags >> FLAG_PAGE_SHIFT & FLAG_PAGE_MASK;

	return kind->has_page_bytes && code ? 1024u << 2 * code : 0;
}

static int read_unpacked(const struct boot_image_kind *kind, int fd, struct kernel_head *ret,
			 const char **why)
{
	struct boot_image b;
	struct stat st;
	void *data;
	int r;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!st.st_size)
		return boot_image_parse(kind, "", 0, &b, why);
	data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (data == MAP_FAILED)
		return -errno;
	r = boot_image_parse(kind, data, (size_t)st.st_size, &b, why);
	if (!r && kernel_head_pe_bytes(fd) > (uint64_t)st.st_size) {
		*why = "is truncated";
		r = -ENOEXEC;
	}
	if (!r) {
		*ret = (struct kernel_head){ .cmdline_bytes = kind->cmdline_bytes,
					     .init_bytes = b.image_bytes,
					     .align_bytes = BOOT_IMAGE_ALIGN,
					     .page_bytes = page_bytes(kind, b.flags),
					     .is_signed = kernel_head_is_signed(
						     fd, (uint64_t)st.st_size) };
		find_release(data, (size_t)st.st_size, ret);
		ret->flat_memory = image_config_has(data, (size_t)st.st_size, "CONFIG_FLATMEM=y");
	}
	munmap(data, (size_t)st.st_size);
	return r;
}

int boot_image_read(const struct boot_image_kind *kind, int fd, uint64_t file_bytes,
		    struct kernel_head *ret, const char **why)
{
	_close_ int unpacked = -1;
	int r = unpack_kernel(fd, &unpacked, why);

	(void)file_bytes;
	if (!r)
		r = read_unpacked(kind, unpacked >= 0 ? unpacked : fd, ret, why);
	if (!r)
		ret->packed = unpack_kind(fd);
	return r;
}
