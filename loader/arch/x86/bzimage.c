/* SPDX-License-Identifier: MIT */
/*
 * bzImage header -> struct bzimage, in the order of the kernel's own checks
 * (arch/x86/kernel/kexec-bzimage64.c), so that a file which passes here is not refused there.
 */
#include "loader/kexec/bzimage.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/bytes.h"
#include "lib/io.h"

enum {
	HEAD_BYTES = 0x270, /* up to the end of what protocol 2.15 defines */
	OFF_PE = 0x3c,
	OFF_SETUP_SECTS = 0x1f1,
	OFF_SYSSIZE = 0x1f4, /* of the rest, in 16 bytes */
	OFF_BOOT_FLAG = 0x1fe,
	OFF_MAGIC = 0x202,
	OFF_VERSION = 0x206,
	OFF_RELEASE = 0x20e, /* less 0x200 */
	OFF_LOADFLAGS = 0x211,
	OFF_ALIGNMENT = 0x230,
	OFF_XLOADFLAGS = 0x236,
	OFF_CMDLINE_SIZE = 0x238,
	OFF_PREF_ADDRESS = 0x258,
	OFF_INIT_SIZE = 0x260,

	LOADED_HIGH = 1 << 0,
	XLF_KERNEL_64 = 1 << 0,
	XLF_ABOVE_4G = 1 << 1,
	XLF_5LEVEL = 1 << 5,
	PROTOCOL_MIN = 0x20c,
	BOOT_FLAG = 0xaa55,
};

/* What a file without the bzImage magic is instead. */
static const struct other {
	const char *magic;
	uint32_t len, off;
	const char *why;
} others[] = {
	{ "\177ELF", 4, 0,
	  "is an ELF file (vmlinux): the compressed bzImage of the same build is needed" },
	{ "ARM\x64", 4, 0x38, "is an arm64 Image: this machine needs an x86 bzImage" },
	{ "MZ", 2, 0,
	  "is an EFI program without a bzImage head, such as a unified kernel image: the kernel "
	  "inside it is needed" },
	{ "\x1f\x8b", 2, 0, "is a gzip file: a bzImage is needed" },
	{ "\x28\xb5\x2f\xfd", 4, 0, "is a zstd file: a bzImage is needed" },
	{ "070701", 6, 0, "is a cpio archive: are kernel and initrd exchanged?" },
};

static const char *what_else(const uint8_t *head)
{
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (!memcmp(head + others[i].off, others[i].magic, others[i].len))
			return others[i].why;
	}
	return "is not a bzImage";
}

/* The boot sector and its followers, 4 where it does not say. */
static uint64_t setup_bytes(const uint8_t *h)
{
	return ((h[OFF_SETUP_SECTS] ? h[OFF_SETUP_SECTS] : 4u) + 1) * 512;
}

/* The first check that fails, as a sentence's end; NULL: none. */
static const char *refuse(const uint8_t *h, uint64_t file_bytes)
{
	uint64_t need = setup_bytes(h) + get_le32(h + OFF_SYSSIZE) * 16ull;

	if (memcmp(h + OFF_MAGIC, "HdrS", 4) || get_le16(h + OFF_BOOT_FLAG) != BOOT_FLAG)
		return what_else(h);
	if (get_le16(h + OFF_VERSION) < PROTOCOL_MIN)
		return "is too old: boot protocol 2.12 is needed (Linux 3.8)";
	if (!(h[OFF_LOADFLAGS] & LOADED_HIGH))
		return "is a zImage: a bzImage is needed";
	if (!(get_le16(h + OFF_XLOADFLAGS) & XLF_KERNEL_64))
		return "has no 64-bit entry: it is a 32-bit kernel";
	if (!(get_le16(h + OFF_XLOADFLAGS) & XLF_ABOVE_4G))
		return "cannot be loaded above 4 GiB (built without CONFIG_RELOCATABLE?)";
	if (need > file_bytes)
		return "is truncated";
	return NULL;
}

/* The certificate table is the fifth data directory of a PE32+ header; it may have been cut off. */
static bool has_signature(int fd, const uint8_t *h, uint64_t file_bytes)
{
	enum { NUMBER = 24 + 108, TABLE = 24 + 112 + 4 * 8, END = TABLE + 8 };
	uint32_t bytes;
	uint8_t pe[END];

	if (memcmp(h, "MZ", 2) || io_pread(fd, pe, sizeof(pe), get_le32(h + OFF_PE)) < 0)
		return false;
	if (memcmp(pe, "PE\0\0", 4) || get_le16(pe + 24) != 0x20b || get_le32(pe + NUMBER) <= 4)
		return false;
	bytes = get_le32(pe + TABLE + 4);
	return bytes && bytes_inside(get_le32(pe + TABLE), bytes, file_bytes);
}

static void read_release(int fd, const uint8_t *h, struct bzimage *b)
{
	uint16_t off = get_le16(h + OFF_RELEASE);
	char *end;

	if (!off || io_pread(fd, b->release, sizeof(b->release) - 1, off + 0x200u) < 0) {
		b->release[0] = '\0';
		return;
	}
	for (end = b->release; *end > ' ' && *end < 0x7f; end++)
		;
	*end = '\0';
	b->major = (unsigned)strtoul(b->release, &end, 10);
	if (*end == '.')
		b->minor = (unsigned)strtoul(end + 1, NULL, 10);
}

int bzimage_read(int fd, uint64_t file_bytes, struct bzimage *ret, const char **why)
{
	uint8_t h[HEAD_BYTES];
	int r = io_pread(fd, h, sizeof(h), 0);

	if (r == -ENODATA) {
		*why = file_bytes ? "is too short to be a bzImage" : "is empty";
		return -ENOEXEC;
	}
	if (r)
		return r;
	*why = refuse(h, file_bytes);
	if (*why)
		return -ENOEXEC;
	*ret = (struct bzimage){
		.cmdline_bytes = get_le32(h + OFF_CMDLINE_SIZE),
		.init_bytes = get_le32(h + OFF_INIT_SIZE),
		.align_bytes = get_le32(h + OFF_ALIGNMENT),
		.pref_address = get_le64(h + OFF_PREF_ADDRESS),
		.setup_bytes = setup_bytes(h),
		.five_level = get_le16(h + OFF_XLOADFLAGS) & XLF_5LEVEL,
		.is_signed = has_signature(fd, h, file_bytes),
	};
	read_release(fd, h, ret);
	return 0;
}
