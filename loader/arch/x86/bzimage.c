/* SPDX-License-Identifier: MIT */
/*
 * bzImage header -> struct kernel_head, in the order of the kernel's own checks
 * (arch/x86/kernel/kexec-bzimage64.c), so that a file which passes here is not refused there.
 */
#include "loader/arch/x86/bzimage.h"

#include <errno.h>
#include <string.h>

#include "lib/bytes.h"
#include "lib/io.h"

enum {
	HEAD_BYTES = 0x270, /* up to the end of what protocol 2.15 defines */
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
	{ "RSC\x05", 4, 0x38, "is a riscv Image: this machine needs an x86 bzImage" },
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

static void read_release(int fd, const uint8_t *h, struct kernel_head *ret)
{
	uint16_t off = get_le16(h + OFF_RELEASE);
	char text[sizeof(ret->release)] = "";

	if (off && io_pread(fd, text, sizeof(text) - 1, off + 0x200u) >= 0)
		kernel_head_release(ret, text);
}

int bzimage_read(int fd, uint64_t file_bytes, struct kernel_head *ret, const char **why)
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
	*ret = (struct kernel_head){
		.cmdline_bytes = get_le32(h + OFF_CMDLINE_SIZE),
		.init_bytes = get_le32(h + OFF_INIT_SIZE),
		.unpacks_itself = true,
		.align_bytes = get_le32(h + OFF_ALIGNMENT),
		.pref_address = get_le64(h + OFF_PREF_ADDRESS),
		.setup_bytes = setup_bytes(h),
		.five_level = get_le16(h + OFF_XLOADFLAGS) & XLF_5LEVEL,
		.is_signed = kernel_head_is_signed(fd, file_bytes),
	};
	read_release(fd, h, ret);
	return 0;
}
