/* SPDX-License-Identifier: MIT */
/*
 * bzImage -> the packed kernel in it -> the packed configuration in that. An Image is that kernel, as it
 * is or packed.
 */
#include "mkinitrd/kernel/kconfig.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "lib/bytes.h"
#include "lib/cleanup.h"
#include "lib/io.h"
#include "lib/kernel_file.h"
#include "mkinitrd/kernel/kfile.h"

#define IMAGE_MAX_BYTES (256u << 20)

enum {
	OFF_IMAGE_MAGIC = 56,
	OFF_SETUP_SECTS = 0x1f1,
	OFF_MAGIC = 0x202,
	OFF_VERSION = 0x206,
	OFF_RELEASE = 0x20e, /* less 0x200 */
	OFF_PAYLOAD = 0x248, /* from the end of the real-mode part */
	OFF_PAYLOAD_BYTES = 0x24c,
	HEAD_BYTES = 0x260,
	PROTOCOL_MIN = 0x208, /* the first with a payload field */
};

/* Drivers that a target, the network or a watchdog may need. */
static const struct {
	const char *module, *option;
} table[] = {
	/* file systems */
	{ "ext4", "CONFIG_EXT4_FS" },
	{ "xfs", "CONFIG_XFS_FS" },
	{ "btrfs", "CONFIG_BTRFS_FS" },
	{ "f2fs", "CONFIG_F2FS_FS" },
	{ "vfat", "CONFIG_VFAT_FS" },
	{ "fat", "CONFIG_FAT_FS" },
	{ "nls_cp437", "CONFIG_NLS_CODEPAGE_437" },
	{ "nls_ascii", "CONFIG_NLS_ASCII" },
	{ "nls_iso8859_1", "CONFIG_NLS_ISO8859_1" },
	{ "nls_utf8", "CONFIG_NLS_UTF8" },
	{ "9p", "CONFIG_9P_FS" },
	{ "9pnet_virtio", "CONFIG_NET_9P_VIRTIO" },
	{ "virtiofs", "CONFIG_VIRTIO_FS" },
	{ "nfs", "CONFIG_NFS_FS" },
	{ "nfsv3", "CONFIG_NFS_V3" },
	{ "nfsv4", "CONFIG_NFS_V4" },
	/* disks */
	{ "virtio", "CONFIG_VIRTIO" },
	{ "virtio_ring", "CONFIG_VIRTIO" },
	{ "virtio_pci", "CONFIG_VIRTIO_PCI" },
	{ "virtio_pci_modern_dev", "CONFIG_VIRTIO_PCI_LIB" },
	{ "virtio_pci_legacy_dev", "CONFIG_VIRTIO_PCI_LIB_LEGACY" },
	{ "virtio_mmio", "CONFIG_VIRTIO_MMIO" },
	{ "virtio_blk", "CONFIG_VIRTIO_BLK" },
	{ "virtio_scsi", "CONFIG_SCSI_VIRTIO" },
	{ "scsi_mod", "CONFIG_SCSI" },
	{ "scsi_common", "CONFIG_SCSI_COMMON" },
	{ "sd_mod", "CONFIG_BLK_DEV_SD" },
	{ "sd", "CONFIG_BLK_DEV_SD" },
	{ "nvme", "CONFIG_BLK_DEV_NVME" },
	{ "nvme_core", "CONFIG_NVME_CORE" },
	{ "vmd", "CONFIG_VMD" },
	{ "ahci", "CONFIG_SATA_AHCI" },
	{ "libahci", "CONFIG_SATA_AHCI" },
	{ "libata", "CONFIG_ATA" },
	{ "ata_piix", "CONFIG_ATA_PIIX" },
	{ "ata_generic", "CONFIG_ATA_GENERIC" },
	{ "megaraid_sas", "CONFIG_MEGARAID_SAS" },
	{ "mpt3sas", "CONFIG_SCSI_MPT3SAS" },
	{ "smartpqi", "CONFIG_SCSI_SMARTPQI" },
	{ "hpsa", "CONFIG_SCSI_HPSA" },
	{ "aacraid", "CONFIG_SCSI_AACRAID" },
	{ "qla2xxx", "CONFIG_SCSI_QLA_FC" },
	{ "lpfc", "CONFIG_SCSI_LPFC" },
	{ "hv_vmbus", "CONFIG_HYPERV" },
	{ "hv_storvsc", "CONFIG_HYPERV_STORAGE" },
	{ "xen_blkfront", "CONFIG_XEN_BLKDEV_FRONTEND" },
	{ "vmw_pvscsi", "CONFIG_VMWARE_PVSCSI" },
	{ "usb_storage", "CONFIG_USB_STORAGE" },
	{ "uas", "CONFIG_USB_UAS" },
	{ "usbcore", "CONFIG_USB" },
	{ "usb_common", "CONFIG_USB" },
	{ "xhci_hcd", "CONFIG_USB_XHCI_HCD" },
	{ "xhci_pci", "CONFIG_USB_XHCI_PCI" },
	{ "ehci_hcd", "CONFIG_USB_EHCI_HCD" },
	{ "ehci_pci", "CONFIG_USB_EHCI_PCI" },
	{ "uhci_hcd", "CONFIG_USB_UHCI_HCD" },
	{ "ohci_hcd", "CONFIG_USB_OHCI_HCD" },
	{ "mmc_core", "CONFIG_MMC" },
	{ "mmc_block", "CONFIG_MMC_BLOCK" },
	{ "mmcblk", "CONFIG_MMC_BLOCK" },
	{ "sdhci", "CONFIG_MMC_SDHCI" },
	{ "sdhci_pci", "CONFIG_MMC_SDHCI_PCI" },
	{ "sdhci_acpi", "CONFIG_MMC_SDHCI_ACPI" },
	/* flash */
	{ "mtd", "CONFIG_MTD" },
	{ "mtdblock", "CONFIG_MTD_BLOCK" },
	{ "physmap", "CONFIG_MTD_PHYSMAP" },
	{ "spi_nor", "CONFIG_MTD_SPI_NOR" },
	{ "nand", "CONFIG_MTD_RAW_NAND" },
	{ "spinand", "CONFIG_MTD_SPI_NAND" },
	{ "ubi", "CONFIG_MTD_UBI" },
	{ "ubifs", "CONFIG_UBIFS_FS" },
	/* stacked ones */
	{ "dm_mod", "CONFIG_BLK_DEV_DM" },
	{ "dm_crypt", "CONFIG_DM_CRYPT" },
	{ "dm_thin_pool", "CONFIG_DM_THIN_PROVISIONING" },
	{ "md_mod", "CONFIG_BLK_DEV_MD" },
	{ "linear", "CONFIG_MD_LINEAR" },
	{ "raid0", "CONFIG_MD_RAID0" },
	{ "raid1", "CONFIG_MD_RAID1" },
	{ "raid10", "CONFIG_MD_RAID10" },
	{ "raid456", "CONFIG_MD_RAID456" },
	{ "xts", "CONFIG_CRYPTO_XTS" },
	{ "cbc", "CONFIG_CRYPTO_CBC" },
	{ "ecb", "CONFIG_CRYPTO_ECB" },
	{ "essiv", "CONFIG_CRYPTO_ESSIV" },
	/* network */
	{ "af_packet", "CONFIG_PACKET" },
	{ "virtio_net", "CONFIG_VIRTIO_NET" },
	{ "e1000", "CONFIG_E1000" },
	{ "e1000e", "CONFIG_E1000E" },
	{ "igb", "CONFIG_IGB" },
	{ "igc", "CONFIG_IGC" },
	{ "ixgbe", "CONFIG_IXGBE" },
	{ "i40e", "CONFIG_I40E" },
	{ "ice", "CONFIG_ICE" },
	{ "r8169", "CONFIG_R8169" },
	{ "tg3", "CONFIG_TIGON3" },
	{ "bnxt_en", "CONFIG_BNXT" },
	{ "bnx2x", "CONFIG_BNX2X" },
	{ "mlx5_core", "CONFIG_MLX5_CORE" },
	{ "mlx4_en", "CONFIG_MLX4_EN" },
	{ "ena", "CONFIG_ENA_ETHERNET" },
	{ "gve", "CONFIG_GVE" },
	{ "hv_netvsc", "CONFIG_HYPERV_NET" },
	{ "xen_netfront", "CONFIG_XEN_NETDEV_FRONTEND" },
	{ "vmxnet3", "CONFIG_VMXNET3" },
	/* watchdogs */
	{ "i6300esb", "CONFIG_I6300ESB_WDT" },
	{ "iTCO_wdt", "CONFIG_ITCO_WDT" },
	{ "sp5100_tco", "CONFIG_SP5100_TCO" },
	{ "wdat_wdt", "CONFIG_WDAT_WDT" },
	{ "hpwdt", "CONFIG_HP_WATCHDOG" },
	{ "softdog", "CONFIG_SOFT_WATCHDOG" },
};

static bool same_name(const char *a, const char *b)
{
	for (; *a && *b; a++, b++) {
		if ((*a == '-' ? '_' : *a) != (*b == '-' ? '_' : *b))
			return false;
	}
	return *a == *b;
}

const char *kconfig_option(const char *module)
{
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		if (same_name(table[i].module, module))
			return table[i].option;
	}
	return NULL;
}

const char *kconfig_module(unsigned i)
{
	return i < ARRAY_LEN(table) ? table[i].module : NULL;
}

bool kconfig_has(const struct kconfig *c, const char *option)
{
	size_t n = strlen(option);

	for (const char *p = c->text; p; p = strchr(p, '\n')) {
		p += *p == '\n';
		if (!strncmp(p, option, n) && !strncmp(p + n, "=y", 2))
			return true;
	}
	return false;
}

/* ---------------------------------------------------------------- reading */

/* The payload's place in the image. */
static int find_payload(const uint8_t *image, size_t len, size_t *off, size_t *bytes)
{
	uint64_t setup;

	if (len < HEAD_BYTES || memcmp(image + OFF_MAGIC, "HdrS", 4) ||
	    get_le16(image + OFF_VERSION) < PROTOCOL_MIN)
		return -ENOEXEC;
	setup = (image[OFF_SETUP_SECTS] ? image[OFF_SETUP_SECTS] : 4u) + 1;
	*off = setup * 512 + get_le32(image + OFF_PAYLOAD);
	*bytes = get_le32(image + OFF_PAYLOAD_BYTES);
	return bytes_inside(*off, *bytes, len) ? 0 : -EBADMSG;
}

/* arm64's and riscv's kernel, which is not packed. */
static bool is_image(const void *image, size_t len)
{
	const char *magic = (const char *)image + OFF_IMAGE_MAGIC;

	return len >= OFF_IMAGE_MAGIC + 4 &&
	       (!memcmp(magic, "ARM\x64", 4) || !memcmp(magic, "RSC\x05", 4));
}

/* "Linux version 6.12.117-kdump (…": linux_banner. */
static void find_release(const char *kernel, size_t len, struct kconfig *c)
{
	static const char words[] = "Linux version ";
	const size_t n = sizeof(words) - 1;
	const char *end = kernel + len;

	for (const char *p = kernel; (p = memmem(p, (size_t)(end - p), words, n)); p += n) {
		if ((size_t)(end - p) < n + sizeof(c->release) || p[n] < '0' || p[n] > '9')
			continue;
		memcpy(c->release, p + n, sizeof(c->release) - 1);
		c->release[sizeof(c->release) - 1] = '\0';
		c->release[strcspn(c->release, " \n")] = '\0';
		return;
	}
}

static void read_release(const uint8_t *image, size_t len, struct kconfig *c)
{
	size_t off = get_le16(image + OFF_RELEASE) + (size_t)0x200;
	size_t n = sizeof(c->release) - 1;

	c->release[0] = '\0';
	if (!bytes_inside(off, n, len))
		return;
	memcpy(c->release, image + off, n);
	c->release[n] = '\0';
	c->release[strcspn(c->release, " \n")] = '\0';
}

/* The text between the marks in the unpacked kernel. */
static int find_config(const char *kernel, size_t len, char **ret)
{
	size_t packed_len, n;
	const char *packed = ikconfig_find(kernel, len, &packed_len);
	char *text;
	int r;

	if (!packed)
		return -ENOENT;
	r = kfile_unpack(packed, packed_len, ret, &n);
	if (r)
		return r == -EIO ? -EILSEQ : r;
	text = realloc(*ret, n + 1);
	if (!text)
		return -ENOMEM;
	text[n] = '\0';
	*ret = text;
	return 0;
}

static int read_bzimage(const uint8_t *image, size_t len, struct kconfig *c)
{
	_free_ char *kernel = NULL;
	size_t off, bytes, n;
	int r = find_payload(image, len, &off, &bytes);

	if (r)
		return r;
	/* gzip data end in the unpacked length; behind others it is no part of them (size_append in
	   the kernel's scripts/Makefile.lib), and libarchive's error would cost what stands before */
	if (bytes > 4 && memcmp(image + off, "\x1f\x8b", 2))
		bytes -= 4;
	r = kfile_unpack((const char *)image + off, bytes, &kernel, &n);
	if (r)
		return r;
	read_release(image, len, c);
	return find_config(kernel, n, &c->text);
}

/* Image.gz, Image.zst; a bzImage is packed inside. */
static bool is_packed(const char *file, size_t len)
{
	return len > 4 && (!memcmp(file, "\x1f\x8b", 2) || !memcmp(file, "\x28\xb5\x2f\xfd", 4));
}

/* A file in any of the forms that a boot loader takes. */
static int read_kernel(const char *file, size_t len, struct kconfig *c)
{
	_free_ char *unpacked = NULL;
	bool zboot = len >= ZBOOT_HEAD_BYTES && zboot_is(file);
	size_t off = 0, n = len;
	int r = zboot ? zboot_payload(file, len, &off, &n) : 0;

	if (!r && (zboot || is_packed(file, len))) {
		r = kfile_unpack(file + off, n, &unpacked, &len);
		file = unpacked;
	}
	if (r || !is_image(file, len))
		return r ? r : read_bzimage((const uint8_t *)file, len, c);
	find_release(file, len, c);
	return find_config(file, len, &c->text);
}

static const char *explain(int r)
{
	switch (r) {
	case -ENOEXEC:
		return "is no bzImage and no Image";
	case -EBADMSG:
		return "is truncated";
	case -EFBIG:
		return "unpacks to more than 256 MiB: is it a kernel?";
	case -ENOMEM:
		return "cannot be unpacked: no memory";
	case -EILSEQ:
		return "carries a damaged configuration: take another copy of it";
	case -ENOENT:
		return "carries no configuration: build it with CONFIG_IKCONFIG (make crash-kernel "
		       "does)";
	default:
		return "is packed in a way that is not known here: build it with "
		       "CONFIG_KERNEL_ZSTD, _XZ or _GZIP";
	}
}

int kconfig_load(const char *file, struct kconfig *ret, struct fault *f)
{
	_free_ char *image = NULL;
	size_t len;
	int r = io_load_file(AT_FDCWD, file, IMAGE_MAX_BYTES, &image, &len);

	if (r)
		return fault_set(f, r, "crash kernel %s: %s", file, strerror(-r));
	*ret = (struct kconfig){ .file = file };
	r = read_kernel(image, len, ret);
	if (!r)
		return 0;
	kconfig_free(ret);
	return fault_set(f, r, "crash kernel %s %s", file, explain(r));
}

void kconfig_free(struct kconfig *c)
{
	free(c->text);
	c->text = NULL;
}
