/* SPDX-License-Identifier: MIT */
/*
 * Kernels inside of unified kernel images: whole ones, cut ones, and EFI programs with none.
 */
#include "loader/kexec/image.h"

#include <errno.h>
#include <unistd.h>

#include "loader/arch/x86/bzimage.h"
#include "tests/unit/fake/machine.h"
#include "tests/unit/test.h"

enum { PE_AT = 0x80, SECTIONS_AT = PE_AT + 24 + 240, LINUX_AT = 4096, FILE_BYTES = 16384 };

static struct machine m;
static unsigned char uki[FILE_BYTES];

static void put_section(unsigned i, const char *name, uint32_t used, uint32_t on_disk, uint32_t at)
{
	unsigned char *s = uki + SECTIONS_AT + i * 40;

	memset(s, 0, 40);
	memcpy(s, name, strlen(name));
	machine_le(s + 8, 4, used);
	machine_le(s + 16, 4, on_disk);
	machine_le(s + 20, 4, at);
}

/* An EFI program with the machine's kernel as its second section, padded to 512 bytes. */
static void begin(void)
{
	int fd;

	m = machine_make();
	memset(uki, 0, sizeof(uki));
	memcpy(uki, "MZ", 2);
	machine_le(uki + 0x3c, 4, PE_AT);
	memcpy(uki + PE_AT, "PE\0\0\x64\x86", 6);
	machine_le(uki + PE_AT + 6, 2, 2);
	machine_le(uki + PE_AT + 20, 2, 240);
	put_section(0, ".osrel", 10, 512, 1024);
	put_section(1, ".linux", MACHINE_KERNEL_BYTES, MACHINE_KERNEL_BYTES + 512, LINUX_AT);
	fd = openat(m.fd, MACHINE_KERNEL, O_RDONLY);
	if (read(fd, uki + LINUX_AT, MACHINE_KERNEL_BYTES) != MACHINE_KERNEL_BYTES)
		abort();
	close(fd);
}

static int unpack(size_t len, struct image *ret)
{
	machine_put_bytes(&m, "uki", uki, len);
	CHECK_EQ(image_open(m.fd, "uki", ret), 0);
	return image_unpack(ret);
}

TEST(a_kernel_inside)
{
	struct kernel_head b;
	struct image img;
	const char *why;

	begin();
	CHECK_EQ(unpack(FILE_BYTES, &img), 0);
	CHECK(img.has_inner);
	CHECK_EQ(image_kernel_bytes(&img), MACHINE_KERNEL_BYTES);
	CHECK_EQ(img.id.bytes, FILE_BYTES);
	CHECK_EQ(bzimage_read(image_kernel_fd(&img), image_kernel_bytes(&img), &b, &why), 0);
	CHECK_STR(b.release, MACHINE_RELEASE);
	image_close(&img);
	CHECK(!img.has_inner);
	machine_remove(&m);
}

TEST(none_inside)
{
	struct image img;

	begin();
	put_section(1, ".linuxx", 16, 16, LINUX_AT);
	CHECK_EQ(unpack(FILE_BYTES, &img), 0);
	CHECK(!img.has_inner && image_kernel_fd(&img) == img.fd);
	image_close(&img);
	/* a bzImage is one of these, too */
	CHECK_EQ(image_open(m.fd, MACHINE_KERNEL, &img), 0);
	CHECK_EQ(image_unpack(&img), 0);
	CHECK(!img.has_inner);
	image_close(&img);
	machine_remove(&m);
}

TEST(a_damaged_one)
{
	struct image img;

	begin();
	put_section(1, ".linux", 1u << 31, 1u << 31, LINUX_AT);
	CHECK_EQ(unpack(FILE_BYTES, &img), -EBADMSG);
	image_close(&img);
	put_section(1, ".linux", 4096, 4096, UINT32_MAX);
	CHECK_EQ(unpack(FILE_BYTES, &img), -EBADMSG);
	image_close(&img);
	/* wherever it is cut */
	put_section(1, ".linux", MACHINE_KERNEL_BYTES, MACHINE_KERNEL_BYTES, LINUX_AT);
	for (size_t len = 0; len < LINUX_AT + MACHINE_KERNEL_BYTES; len += 37) {
		unpack(len, &img);
		CHECK(!img.has_inner);
		image_close(&img);
	}
	machine_remove(&m);
}
