/* SPDX-License-Identifier: MIT */
/*
 * Heads of Images, and Images that are packed.
 */
#include "loader/arch/tree/boot_image.h"

#include <errno.h>
#include <sys/mman.h>
#include <zlib.h>
#include <zstd.h>

#include "lib/cleanup.h"
#include "loader/arch/tree/unpack.h"
#include "loader/kexec/arch.h"
#include "tests/unit/fake/treemachine.h"
#include "tests/unit/test.h"

enum { PACKED_MAX = 2 * TREEMACHINE_IMAGE_BYTES };

static unsigned char img[TREEMACHINE_IMAGE_BYTES];
static unsigned char packed[PACKED_MAX];

static int file_of(const void *data, size_t len)
{
	int fd = memfd_create("img", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, len) != (ssize_t)len)
		abort();
	return fd;
}

static int read_bytes(const struct kexec_arch *a, const void *data, size_t len,
		      struct kernel_head *h, const char **why)
{
	_close_ int fd = file_of(data, len);

	*why = NULL;
	return a->read_kernel(fd, len, h, why);
}

static bool refused(const struct kexec_arch *a, const void *data, size_t len, const char *words)
{
	struct kernel_head h;
	const char *why;
	int r = read_bytes(a, data, len, &h, &why);

	if (r != -ENOEXEC || !why || !strstr(why, words))
		printf("%d, %s\n", r, why ? why : "-");
	return r == -ENOEXEC && why && strstr(why, words);
}

TEST(heads)
{
	struct kernel_head h;
	const char *why;

	treemachine_image(img, "ARM\x64", 0);
	CHECK_EQ(read_bytes(&kexec_arch_aarch64, img, sizeof(img), &h, &why), 0);
	CHECK_EQ(h.init_bytes, TREEMACHINE_IN_MEMORY);
	CHECK_EQ(h.align_bytes, 2 << 20);
	CHECK_EQ(h.page_bytes, 4096);
	CHECK_EQ(h.cmdline_bytes, 2047);
	CHECK(!h.unpacks_itself && !h.is_signed && !h.packed);
	CHECK_STR(h.release, "6.12.117+deb13-arm64");
	CHECK(h.major == 6 && h.minor == 12);
	treemachine_image(img, "RSC\x05", 0x200000);
	CHECK_EQ(read_bytes(&kexec_arch_riscv64, img, sizeof(img), &h, &why), 0);
	/* its flags have no page size */
	CHECK_EQ(h.page_bytes, 0);
	CHECK_EQ(h.cmdline_bytes, 1023);
	/* no release is no fault */
	memset(img + 200000, 0, 100);
	CHECK_EQ(read_bytes(&kexec_arch_riscv64, img, sizeof(img), &h, &why), 0);
	CHECK_STR(h.release, "");
}

TEST(what_is_no_image)
{
	const struct kexec_arch *arm = &kexec_arch_aarch64, *riscv = &kexec_arch_riscv64;

	CHECK(refused(arm, "", 0, "is empty"));
	CHECK(refused(arm, "ab", 2, "is too short"));
	treemachine_image(img, "RSC\x05", 0);
	CHECK(refused(arm, img, sizeof(img), "is a riscv Image: this machine needs an arm64 one"));
	treemachine_image(img, "ARM\x64", 0);
	CHECK(refused(riscv, img, sizeof(img), "is an arm64 Image: this machine needs a riscv"));
	img[24] |= 1;
	CHECK(refused(arm, img, sizeof(img), "big-endian"));
	treemachine_image(img, "ARM\x64", 0);
	machine_le(img + 16, 8, sizeof(img) - 1);
	CHECK(refused(arm, img, sizeof(img), "is larger than its own image_size"));
	machine_le(img + 16, 8, 0);
	CHECK(refused(arm, img, sizeof(img), "is older than Linux 3.17"));
	machine_le(img + 16, 8, ~0ull);
	CHECK(refused(arm, img, sizeof(img), "makes no sense"));
	treemachine_image(img, "none", 0);
	CHECK(refused(arm, img, sizeof(img), "is not an Image"));
	memcpy(img, "MZ", 2);
	CHECK(refused(arm, img, sizeof(img), "such as a unified kernel image"));
	memcpy(img, "\177ELF", 4);
	CHECK(refused(riscv, img, sizeof(img), "is an ELF file (vmlinux)"));
	memcpy(img, "0707", 4);
	memcpy(img, "070701", 6);
	CHECK(refused(riscv, img, sizeof(img), "are kernel and initrd exchanged"));
}

/* A PE header with two sections, the second of which ends at end. */
static void put_pe(uint32_t end)
{
	memcpy(img, "MZ", 2);
	machine_le(img + 0x3c, 4, 0x40);
	memcpy(img + 0x40, "PE\0\0", 4);
	machine_le(img + 0x46, 2, 2);
	machine_le(img + 0x54, 2, 160);
	machine_le(img + 0x58, 2, 0x20b);
	machine_le(img + 0x58 + 108, 4, 6);
	machine_le(img + 0x58 + 112 + 32, 8, 0);
	machine_le(img + 0x58 + 160 + 16, 4, 0x1000);
	machine_le(img + 0x58 + 160 + 20, 4, 0x1000);
	machine_le(img + 0x58 + 200 + 16, 4, end - 0x2000);
	machine_le(img + 0x58 + 200 + 20, 4, 0x2000);
}

TEST(truncated_and_signed)
{
	struct kernel_head h;
	const char *why;

	treemachine_image(img, "ARM\x64", 0);
	put_pe(sizeof(img));
	/* the first words of an EFI Image are its MS-DOS header */
	machine_le(img + 8, 8, 0);
	CHECK_EQ(read_bytes(&kexec_arch_aarch64, img, sizeof(img), &h, &why), 0);
	CHECK(!h.is_signed);
	CHECK(refused(&kexec_arch_aarch64, img, sizeof(img) - 1, "is truncated"));
	machine_le(img + 0x58 + 112 + 32, 4, 0x3000);
	machine_le(img + 0x58 + 112 + 36, 4, 0x100);
	CHECK_EQ(read_bytes(&kexec_arch_aarch64, img, sizeof(img), &h, &why), 0);
	CHECK(h.is_signed);
}

static size_t pack_gzip(unsigned char *to)
{
	z_stream z = {
		.next_in = img, .avail_in = sizeof(img), .next_out = to, .avail_out = PACKED_MAX / 2
	};

	if (deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) != Z_OK ||
	    deflate(&z, Z_FINISH) != Z_STREAM_END)
		abort();
	deflateEnd(&z);
	return z.total_out;
}

/* A kernel's configuration as it lies in an Image: packed, between two marks. */
static bool is_flat(const char *config, int damage)
{
	unsigned char *at = img + 100001;
	z_stream z = { .next_in = (uint8_t *)(uintptr_t)config,
		       .avail_in = (unsigned)strlen(config),
		       .next_out = at + 8,
		       .avail_out = 50000 };
	struct kernel_head h;
	const char *why;

	treemachine_image(img, "RSC\x05", 0);
	memcpy(at, "IKCFG_ST", 8);
	if (deflateInit2(&z, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) != Z_OK ||
	    deflate(&z, Z_FINISH) != Z_STREAM_END)
		abort();
	deflateEnd(&z);
	at[8 + z.total_out / 2] ^= (unsigned char)damage;
	memcpy(at + 8 + z.total_out, "IKCFG_ED", 8);
	CHECK_EQ(read_bytes(&kexec_arch_riscv64, img, sizeof(img), &h, &why), 0);
	return h.flat_memory;
}

TEST(a_memory_map_without_sections)
{
	struct kernel_head h;
	const char *why;

	CHECK(is_flat("CONFIG_64BIT=y\nCONFIG_FLATMEM=y\nCONFIG_MMU=y\n", 0));
	CHECK(is_flat("CONFIG_FLATMEM=y", 0));
	CHECK(!is_flat("CONFIG_ARCH_FLATMEM=y\nCONFIG_FLATMEM=y_\nCONFIG_SPARSEMEM=y\n", 0));
	CHECK(!is_flat("# CONFIG_FLATMEM is not set\nCONFIG_SPARSEMEM=y\n", 0));
	CHECK(!is_flat("", 0));
	/* what cannot be read says nothing: the kernel is taken for one that needs more */
	CHECK(!is_flat("CONFIG_64BIT=y\nCONFIG_FLATMEM=y\nCONFIG_MMU=y\n", 0xff));
	treemachine_image(img, "RSC\x05", 0);
	CHECK_EQ(read_bytes(&kexec_arch_riscv64, img, sizeof(img), &h, &why), 0);
	CHECK(!h.flat_memory);
	memcpy(img + sizeof(img) - 8, "IKCFG_ST", 8);
	CHECK_EQ(read_bytes(&kexec_arch_riscv64, img, sizeof(img), &h, &why), 0);
	CHECK(!h.flat_memory);
}

static size_t pack_zstd(unsigned char *to)
{
	size_t n = ZSTD_compress(to, PACKED_MAX / 2, img, sizeof(img), 3);

	if (ZSTD_isError(n))
		abort();
	/* the kernel's build puts the size behind it */
	memcpy(to + n, "\0\0\5\0", 4);
	return n + 4;
}

/* An EFI program with n packed bytes, which are in it from 512 on. */
static size_t zboot_head(const char *method, size_t n)
{
	memset(packed, 0, 512);
	memcpy(packed, "MZ\0\0zimg", 8);
	machine_le(packed + 8, 4, 512);
	machine_le(packed + 12, 4, n);
	strcpy((char *)packed + 24, method);
	return 512 + n;
}

static bool unpacks_to_image(size_t len, const char *kind)
{
	_close_ int fd = file_of(packed, len), out = -1;
	_free_ unsigned char *got = malloc(sizeof(img) + 1);
	struct kernel_head h;
	const char *why = NULL;
	ssize_t n;

	if (unpack_kernel(fd, &out, &why) || out < 0)
		return false;
	n = pread(out, got, sizeof(img) + 1, 0);
	/* kexec_file_load refuses what anybody may write to */
	CHECK(write(out, "x", 1) < 0);
	CHECK_EQ(read_bytes(&kexec_arch_aarch64, packed, len, &h, &why), 0);
	CHECK_STR(h.packed, kind);
	CHECK_STR(h.release, "6.12.117+deb13-arm64");
	return n == sizeof(img) && !memcmp(got, img, sizeof(img));
}

TEST(packed)
{
	treemachine_image(img, "ARM\x64", 0);
	CHECK(unpacks_to_image(pack_gzip(packed), "gzip"));
	CHECK(unpacks_to_image(pack_zstd(packed), "zstd"));
	CHECK(unpacks_to_image(zboot_head("gzip", pack_gzip(packed + 512)), "zboot"));
	CHECK(unpacks_to_image(zboot_head("zstd", pack_zstd(packed + 512)), "zboot"));
	CHECK(unpacks_to_image(zboot_head("zstd22", pack_zstd(packed + 512)), "zboot"));
}

TEST(not_packed)
{
	_close_ int fd = -1;
	const char *why;
	int out = 5;

	treemachine_image(img, "ARM\x64", 0);
	fd = file_of(img, sizeof(img));
	CHECK_EQ(unpack_kernel(fd, &out, &why), 0);
	CHECK_EQ(out, -1);
}

TEST(packed_and_damaged)
{
	const struct kexec_arch *arm = &kexec_arch_aarch64;
	size_t n;

	treemachine_image(img, "ARM\x64", 0);
	n = pack_gzip(packed);
	CHECK(refused(arm, packed, n - 9, "is damaged: it does not unpack"));
	packed[n / 2] ^= 0xff;
	packed[n / 2 + 1] ^= 0xff;
	CHECK(refused(arm, packed, n, "is damaged: it does not unpack"));
	n = pack_zstd(packed);
	CHECK(refused(arm, packed, n - 9, "is damaged: it does not unpack"));
	packed[n / 2] ^= 0xff;
	CHECK(refused(arm, packed, 64, "is damaged: it does not unpack"));
	n = zboot_head("gzip", pack_gzip(packed + 512));
	CHECK(refused(arm, packed, n - 1, "is damaged: it does not unpack"));
	machine_le(packed + 8, 4, 0xfffffff0);
	CHECK(refused(arm, packed, n, "is damaged: it does not unpack"));
	n = zboot_head("xzkern", pack_gzip(packed + 512));
	CHECK(refused(arm, packed, n, "packed neither by gzip nor by zstd"));
	/* and what is in it is looked at */
	memcpy(img + 56, "none", 4);
	CHECK(refused(arm, packed, pack_gzip(packed), "is not an Image"));
}
