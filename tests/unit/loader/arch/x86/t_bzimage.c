/* SPDX-License-Identifier: MIT */
/*
 * bzImage heads: a synthetic one, each field broken in turn, and the kernels of the build host.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "loader/arch/x86/bzimage.h"
#include "tests/unit/test.h"

enum { SETUP = 3 * 512, SYSSIZE = 64, WHOLE = SETUP + SYSSIZE * 16 };

static unsigned char img[WHOLE];

static void le(size_t off, unsigned n, unsigned long long v)
{
	for (unsigned i = 0; i < n; i++)
		img[off + i] = (unsigned char)(v >> 8 * i);
}

/* A small image that passes. */
static void make(void)
{
	memset(img, 0, sizeof(img));
	img[0x1f1] = 2;
	le(0x1f4, 4, SYSSIZE);
	le(0x1fe, 2, 0xaa55);
	memcpy(img + 0x202, "HdrS", 4);
	le(0x206, 2, 0x20f);
	le(0x20e, 2, 0x300);
	img[0x211] = 1;
	le(0x230, 4, 0x200000);
	le(0x236, 2, 0x2b);
	le(0x238, 4, 2047);
	le(0x260, 4, 0x3800000);
	strcpy((char *)img + 0x500, "6.12.117+deb13-amd64 (debian-kernel@lists.debian.org) #1");
}

static int read_bytes(size_t len, struct kernel_head *b, const char **why)
{
	int fd = memfd_create("img", MFD_CLOEXEC), r;

	if (fd < 0 || write(fd, img, len) != (ssize_t)len)
		abort();
	*why = NULL;
	r = bzimage_read(fd, len, b, why);
	close(fd);
	return r;
}

/* Is the image refused with a sentence that has these words? */
static int refused(size_t len, const char *words)
{
	struct kernel_head b;
	const char *why;

	return read_bytes(len, &b, &why) == -ENOEXEC && why && strstr(why, words);
}

TEST(good)
{
	struct kernel_head b;
	const char *why;

	make();
	CHECK_EQ(read_bytes(WHOLE, &b, &why), 0);
	CHECK_EQ(b.cmdline_bytes, 2047);
	CHECK_EQ(b.init_bytes, 0x3800000);
	CHECK_EQ(b.align_bytes, 0x200000);
	CHECK(b.five_level);
	CHECK(!b.is_signed);
	CHECK_STR(b.release, "6.12.117+deb13-amd64");
	CHECK_EQ(b.major, 6);
	CHECK_EQ(b.minor, 12);
	le(0x236, 2, 0x0b);
	CHECK_EQ(read_bytes(WHOLE, &b, &why), 0);
	CHECK(!b.five_level);
}

TEST(release_is_optional)
{
	struct kernel_head b;
	const char *why;

	make();
	le(0x20e, 2, 0);
	CHECK_EQ(read_bytes(WHOLE, &b, &why), 0);
	CHECK_STR(b.release, "");
	/* the pointer leads out of the file, then to a text without an end */
	le(0x20e, 2, 0xffff);
	CHECK_EQ(read_bytes(WHOLE, &b, &why), 0);
	CHECK_STR(b.release, "");
	le(0x20e, 2, 0x300);
	memset(img + 0x500, '9', 200);
	CHECK_EQ(read_bytes(WHOLE, &b, &why), 0);
	CHECK_EQ(strlen(b.release), 64);
	strcpy((char *)img + 0x500, "nonsense");
	CHECK_EQ(read_bytes(WHOLE, &b, &why), 0);
	CHECK_EQ(b.major, 0);
}

TEST(signature)
{
	struct kernel_head b;
	const char *why;

	make();
	memcpy(img, "MZ", 2);
	le(0x3c, 4, 0x40);
	memcpy(img + 0x40, "PE\0\0", 4);
	le(0x40 + 24, 2, 0x20b);
	le(0x40 + 24 + 108, 4, 6);
	CHECK_EQ(read_bytes(WHOLE, &b, &why), 0);
	CHECK(!b.is_signed);
	le(0x40 + 24 + 112 + 4 * 8, 4, WHOLE - 1472);
	le(0x40 + 24 + 112 + 4 * 8 + 4, 4, 1472);
	CHECK_EQ(read_bytes(WHOLE, &b, &why), 0);
	CHECK(b.is_signed);
	/* cut off */
	le(0x40 + 24 + 112 + 4 * 8, 4, WHOLE - 1471);
	CHECK(!read_bytes(WHOLE, &b, &why) && !b.is_signed);
	le(0x40 + 24 + 112 + 4 * 8, 4, WHOLE - 1472);
	/* too few directories, and a head that lies outside of the file */
	le(0x40 + 24 + 108, 4, 4);
	CHECK(!read_bytes(WHOLE, &b, &why) && !b.is_signed);
	le(0x3c, 4, 0xfffffff0);
	CHECK(!read_bytes(WHOLE, &b, &why) && !b.is_signed);
}

TEST(refused)
{
	make();
	CHECK(refused(WHOLE - 1, "truncated"));
	CHECK(refused(0x26f, "too short"));
	CHECK(refused(0, "empty"));
	le(0x206, 2, 0x20b);
	CHECK(refused(WHOLE, "too old"));
	make();
	img[0x211] = 0;
	CHECK(refused(WHOLE, "zImage"));
	make();
	le(0x236, 2, 0x2a);
	CHECK(refused(WHOLE, "32-bit"));
	make();
	le(0x236, 2, 0x29);
	CHECK(refused(WHOLE, "above 4 GiB"));
	make();
	le(0x1f4, 4, 0xffffffff);
	CHECK(refused(WHOLE, "truncated"));
	make();
	le(0x1fe, 2, 0);
	CHECK(refused(WHOLE, "not a bzImage"));
	make();
	img[0x1f1] = 0; /* means 4 */
	CHECK(refused(WHOLE, "truncated"));
}

TEST(other_files)
{
	static const struct {
		const char *head;
		size_t len, off;
		const char *words;
	} files[] = {
		{ "\x7f"
		  "ELF",
		  4, 0, "vmlinux" },
		{ "MZ", 2, 0, "unified kernel image" },
		{ "\x1f\x8b\x08", 3, 0, "gzip" },
		{ "\x28\xb5\x2f\xfd", 4, 0, "zstd" },
		{ "070701", 6, 0, "exchanged" },
		{ "ARM\x64", 4, 0x38, "arm64" },
	};

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		memset(img, 0, sizeof(img));
		memcpy(img + files[i].off, files[i].head, files[i].len);
		CHECK(refused(WHOLE, files[i].words));
	}
}

/* Whatever kernels this host has are accepted whole and refused when cut short. */
TEST(real_kernels)
{
	glob_t g;

	if (glob("/boot/vmlinuz-*", 0, NULL, &g))
		return;
	for (size_t i = 0; i < g.gl_pathc; i++) {
		int fd = open(g.gl_pathv[i], O_RDONLY | O_CLOEXEC);
		struct kernel_head b;
		const char *why;
		struct stat st;

		if (fd < 0 || fstat(fd, &st))
			continue;
		CHECK_EQ(bzimage_read(fd, (uint64_t)st.st_size, &b, &why), 0);
		CHECK(b.major >= 3 && b.init_bytes > (uint64_t)st.st_size && b.align_bytes);
		CHECK_EQ(bzimage_read(fd, (uint64_t)st.st_size / 2, &b, &why), -ENOEXEC);
		close(fd);
	}
	globfree(&g);
}
