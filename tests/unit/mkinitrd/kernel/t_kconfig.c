/* SPDX-License-Identifier: MIT */
#include "mkinitrd/kernel/kconfig.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <sys/stat.h>

#include "lib/bytes.h"
#include "lib/cleanup.h"
#include "mkinitrd/kernel/kmods.h"
#include "tests/unit/fake/tree.h"
#include "tests/unit/test.h"

#define ROOM (4 << 20)
/* before and behind the configuration: what a reader takes at a time ends between them */
#define BEFORE_BYTES (1900 << 10)
#define BEHIND_BYTES (200 << 10)

static const char config[] = "CONFIG_VIRTIO_BLK=y\n# CONFIG_XFS_FS is not set\nCONFIG_EXT4_FS=y\n"
			     "CONFIG_BTRFS_FS=m\nCONFIG_SCSI_VIRTIO=n\n";

static size_t pack(int filter, const void *data, size_t len, uint8_t *ret)
{
	struct archive *a = archive_write_new();
	struct archive_entry *e = archive_entry_new();
	size_t used = 0;

	archive_write_set_format_raw(a);
	CHECK_EQ(archive_write_add_filter(a, filter), ARCHIVE_OK);
	archive_write_set_bytes_in_last_block(a, 1);
	CHECK_EQ(archive_write_open_memory(a, ret, ROOM, &used), ARCHIVE_OK);
	archive_entry_set_filetype(e, S_IFREG);
	archive_entry_set_size(e, (la_int64_t)len);
	archive_write_header(a, e);
	CHECK_EQ(archive_write_data(a, data, len), len);
	CHECK_EQ(archive_write_close(a), ARCHIVE_OK);
	archive_entry_free(e);
	archive_write_free(a);
	return used;
}

/* A bzImage of which only what is read here is there: two setup sectors, the payload behind 64 bytes. */
static size_t make_image(uint8_t *image, int filter, bool with_config)
{
	static uint8_t kernel[ROOM], packed[ROOM];
	size_t n = BEFORE_BYTES, packed_len, length_bytes = filter == ARCHIVE_FILTER_GZIP ? 0 : 4;

	for (size_t i = 0; i < sizeof(kernel); i++)
		kernel[i] = (uint8_t)(i * 2654435761u >> 13);
	if (with_config) {
		memcpy(kernel + n, "IKCFG_ST", 8);
		n += 8;
		n += pack(ARCHIVE_FILTER_GZIP, config, strlen(config), kernel + n);
		memcpy(kernel + n, "IKCFG_ED", 8);
		n += BEHIND_BYTES;
	}
	packed_len = pack(filter, kernel, n, packed);
	memset(image, 0, ROOM);
	image[0x1f1] = 2;
	memcpy(image + 0x202, "HdrS", 4);
	image[0x206] = 0x0f, image[0x207] = 0x02;
	image[0x20e] = 0x00, image[0x20f] = 0x03;
	strcpy((char *)image + 0x500, "6.1.0-kdump (kdump@kdump) #1");
	image[0x248] = 64;
	/* the unpacked length stands behind the packed data and is counted; gzip data have it in them */
	put_le32(image + 0x24c, (uint32_t)(packed_len + length_bytes));
	memcpy(image + 3 * 512 + 64, packed, packed_len);
	put_le32(image + 3 * 512 + 64 + packed_len, (uint32_t)n);
	return 3 * 512 + 64 + packed_len + length_bytes;
}

static int load(const struct tree *t, const uint8_t *image, size_t len, struct kconfig *ret,
		struct fault *f)
{
	static char path[512];
	FILE *to;

	snprintf(path, sizeof(path), "%s", tree_path(t, "/bzImage"));
	to = fopen(path, "we");
	CHECK(to && fwrite(image, 1, len, to) == len && !fclose(to));
	*f = (struct fault){ 0 };
	return kconfig_load(path, ret, f);
}

TEST(configuration_inside_the_image)
{
	static const int filters[] = { ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_XZ,
				       ARCHIVE_FILTER_ZSTD };
	_cleanup_(tree_remove) struct tree t = tree_make();
	static uint8_t image[ROOM];

	for (size_t i = 0; i < ARRAY_LEN(filters); i++) {
		_cleanup_(kconfig_free) struct kconfig c = { .text = NULL };
		struct fault f;

		CHECK_EQ(load(&t, image, make_image(image, filters[i], true), &c, &f), 0);
		CHECK_STR(f.text, "");
		CHECK_STR(c.text, config);
		CHECK_STR(c.release, "6.1.0-kdump");
		CHECK(kconfig_has(&c, "CONFIG_VIRTIO_BLK") && kconfig_has(&c, "CONFIG_EXT4_FS"));
		CHECK(!kconfig_has(&c, "CONFIG_XFS_FS") && !kconfig_has(&c, "CONFIG_BTRFS_FS"));
		CHECK(!kconfig_has(&c, "CONFIG_EXT4") && !kconfig_has(&c, "CONFIG_SCSI_VIRTIO"));
	}
}

/* arm64's and riscv's kernel as it is, and packed as a whole. */
TEST(configuration_in_an_image)
{
	static const char *const magics[] = { "ARM\x64", "RSC\x05" };
	_cleanup_(tree_remove) struct tree t = tree_make();
	static uint8_t image[ROOM], packed[ROOM];

	for (size_t i = 0; i < ARRAY_LEN(magics); i++) {
		_cleanup_(kconfig_free) struct kconfig plain = { .text = NULL }, gz = plain;
		size_t n = BEFORE_BYTES;
		struct kconfig none;
		struct fault f;

		memset(image, 0x11, sizeof(image));
		memcpy(image + 56, magics[i], 4);
		strcpy((char *)image + 3000, "Linux version %s");
		strcpy((char *)image + 4000, "Linux version 6.12.117-kdump (kdump@kdump) #1");
		memcpy(image + n, "IKCFG_ST", 8);
		n += 8;
		n += pack(ARCHIVE_FILTER_GZIP, config, strlen(config), image + n);
		memcpy(image + n, "IKCFG_ED", 8);
		n += BEHIND_BYTES;
		CHECK_EQ(load(&t, image, n, &plain, &f), 0);
		CHECK_STR(plain.text, config);
		CHECK_STR(plain.release, "6.12.117-kdump");
		CHECK_EQ(load(&t, packed, pack(ARCHIVE_FILTER_GZIP, image, n, packed), &gz, &f), 0);
		CHECK_STR(gz.text, config);
		CHECK_STR(gz.release, "6.12.117-kdump");
		memset(image + BEFORE_BYTES, 0, 8);
		CHECK_EQ(load(&t, image, n, &none, &f), -ENOENT);
		CHECK(strstr(f.text, "CONFIG_IKCONFIG"));
	}
}

/* The Image as an EFI program that unpacks itself: it lies packed behind a head of 4 KiB. */
TEST(configuration_in_a_zboot_file)
{
	static const int filters[] = { ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_ZSTD };
	_cleanup_(tree_remove) struct tree t = tree_make();
	static uint8_t image[ROOM], file[ROOM];

	memset(image, 0x11, sizeof(image));
	memcpy(image + 56, "ARM\x64", 4);
	strcpy((char *)image + 4000, "Linux version 6.12.117-kdump (kdump@kdump) #1");
	memcpy(image + 5000, "IKCFG_ST", 8);
	memcpy(image + 5008 + pack(ARCHIVE_FILTER_GZIP, config, strlen(config), image + 5008),
	       "IKCFG_ED", 8);
	for (size_t i = 0; i < ARRAY_LEN(filters); i++) {
		_cleanup_(kconfig_free) struct kconfig c = { .text = NULL }, cut = c;
		size_t n = pack(filters[i], image, 1 << 20, file + 4096);
		struct fault f;

		memset(file, 0, 4096);
		memcpy(file, "MZ\0\0zimg", 8);
		put_le32(file + 8, 4096);
		put_le32(file + 12, (uint32_t)n);
		strcpy((char *)file + 24, "zstd");
		CHECK_EQ(load(&t, file, 4096 + n + 512, &c, &f), 0);
		CHECK_STR(c.text, config);
		CHECK_STR(c.release, "6.12.117-kdump");
		CHECK_EQ(load(&t, file, 4096 + n - 1, &cut, &f), -EBADMSG);
		CHECK(strstr(f.text, "truncated"));
	}
}

/* A board's kernel without modules, which runs. */
TEST(configuration_of_the_running_kernel)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	static uint8_t image[ROOM], packed[ROOM];
	struct kconfig c = { .text = NULL };
	struct fault f = { 0 };

	CHECK_EQ(kconfig_of_running(t.root, "6.12.117-kdump", &c, &f), -ENOENT);
	CHECK(strstr(f.text, "name its file with -K"));
	memset(image, 0x11, sizeof(image));
	memcpy(image + 56, "ARM\x64", 4);
	strcpy((char *)image + 4000, "Linux version 6.12.117-kdump (kdump@kdump) #1");
	memcpy(image + 5000, "IKCFG_ST", 8);
	memcpy(image + 5008 + pack(ARCHIVE_FILTER_GZIP, config, strlen(config), image + 5008),
	       "IKCFG_ED", 8);
	tree_bytes(&t, "/boot/Image.gz", packed, pack(ARCHIVE_FILTER_GZIP, image, 1 << 20, packed));
	/* another kernel's */
	CHECK_EQ(kconfig_of_running(t.root, "6.1", &c, &f), -ENOENT);
	CHECK_EQ(kconfig_of_running(t.root, "6.12.117-kdump", &c, &f), 0);
	CHECK_STR(c.text, config);
	CHECK_STR(c.release, "6.12.117-kdump");
	kconfig_free(&c);
	tree_bytes(&t, "/proc/config.gz", packed,
		   pack(ARCHIVE_FILTER_GZIP, "CONFIG_EXT4_FS=y\n", 17, packed));
	CHECK_EQ(kconfig_of_running(t.root, "6.1", &c, &f), 0);
	CHECK_STR(c.text, "CONFIG_EXT4_FS=y\n");
	CHECK_STR(c.release, "6.1");
	kconfig_free(&c);
}

TEST(images_that_cannot_be_used)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	static uint8_t image[ROOM];
	size_t len = make_image(image, ARCHIVE_FILTER_ZSTD, false);
	struct kconfig c;
	struct fault f;

	CHECK_EQ(load(&t, image, len, &c, &f), -ENOENT);
	CHECK(strstr(f.text, "CONFIG_IKCONFIG"));
	CHECK_EQ(load(&t, image, len - 10, &c, &f), -EBADMSG);
	CHECK(strstr(f.text, "truncated"));
	put_le32(image + 0x248, 0xffffffff);
	CHECK_EQ(load(&t, image, len, &c, &f), -EBADMSG);
	put_le32(image + 0x248, 65);
	put_le32(image + 0x24c, 20);
	CHECK_EQ(load(&t, image, len, &c, &f), -EIO);
	CHECK(strstr(f.text, "CONFIG_KERNEL_ZSTD"));
	CHECK_EQ(load(&t, image, 100, &c, &f), -ENOEXEC);
	CHECK(strstr(f.text, "is no bzImage"));
}

/* What is wrong is the configuration, or the size, and not the way in which the kernel is packed. */
TEST(damaged_or_endless_kernels)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	static uint8_t image[ROOM], packed[ROOM];
	const size_t bomb_bytes = 260 << 20;
	_free_ uint8_t *zeros = calloc(1, bomb_bytes);
	struct kconfig c;
	struct fault f;

	memset(image, 0x11, sizeof(image));
	memcpy(image + 56, "ARM\x64", 4);
	strcpy((char *)image + 4000, "IKCFG_STthis is no gzipIKCFG_ED");
	CHECK_EQ(load(&t, image, sizeof(image), &c, &f), -EILSEQ);
	CHECK(strstr(f.text, "bzImage carries a damaged configuration"));
	CHECK_EQ(load(&t, packed, pack(ARCHIVE_FILTER_ZSTD, zeros, bomb_bytes, packed), &c, &f),
		 -EFBIG);
	CHECK(strstr(f.text, "bzImage unpacks to more than 256 MiB"));
}

TEST(the_missing_option_is_named)
{
	struct kconfig c = { .file = "bz", .text = (char *)config };
	struct kmods m;
	struct fault f = { 0 };

	CHECK_EQ(kmods_open_builtin(&c, &m, &f), 0);
	CHECK_EQ(kmods_want(&m, "ext4", &f), 0);
	CHECK_EQ(kmods_want(&m, "virtio-blk", &f), 0);
	CHECK_EQ(m.n_list, 0);
	CHECK_EQ(kmods_want(&m, "xfs", &f), -ENOENT);
	CHECK(strstr(f.text, "bz is built without CONFIG_XFS_FS, which xfs needs"));
	CHECK_EQ(kmods_check_builtin(&m, "virtio_scsi", "virtio3", &f), -ENOENT);
	CHECK(strstr(f.text, "CONFIG_SCSI_VIRTIO, which virtio_scsi for virtio3 needs"));
	/* cannot be told: a warning alone */
	CHECK_EQ(kmods_check_builtin(&m, "newdriver", "pci0", &f), 0);
	kmods_close(&m);
}

TEST(table)
{
	for (unsigned i = 0; kconfig_module(i); i++) {
		CHECK(strlen(kconfig_module(i)) < 32);
		CHECK(!strncmp(kconfig_option(kconfig_module(i)), "CONFIG_", 7));
	}
	CHECK(!kconfig_option("nosuch"));
	CHECK_STR(kconfig_option("nls_iso8859-1"), "CONFIG_NLS_ISO8859_1");
}
