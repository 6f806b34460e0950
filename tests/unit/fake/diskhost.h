/* SPDX-License-Identifier: MIT */
/*
 * A machine for kdump-mkinitrd, as files: a virtio disk with a vfat, a virtio interface, and the
 * modules of a kernel called k.
 */
#ifndef TESTS_UNIT_FAKE_DISKHOST_H
#define TESTS_UNIT_FAKE_DISKHOST_H

#include "tests/unit/fake/tree.h"
#include "tests/unit/test.h"

#define DISKHOST_DEVICE "/sys/devices/pci0000:00/0000:00:04.0/virtio1"
#define DISKHOST_NIC	"/sys/devices/pci0000:00/0000:00:03.0/virtio0"

static inline void diskhost_put_driver(const struct tree *t, const char *folder, const char *driver)
{
	char path[256], to[128];

	snprintf(path, sizeof(path), "%s/driver", folder);
	snprintf(to, sizeof(to), "/sys/bus/drivers/%s", driver);
	tree_dir(t, to);
	tree_link(t, path, tree_path(t, to));
	snprintf(path, sizeof(path), "%s/module", to);
	snprintf(to, sizeof(to), "../../../module/%s", driver);
	tree_link(t, path, to);
}

/* A machine with a virtio disk that holds vfat or nothing, and a virtio interface. */
static inline void diskhost_make(const struct tree *t)
{
	static const uint8_t fat[] = { 0xeb, 0x3c, 0x90, 0, 0, 0, 0, 0, 0, 0, 0,
				       0,    2,	   4,	 1, 0, 2, 0, 0, 0, 0, 0xf8 };
	uint8_t sector[4096] = { 0 };

	memcpy(sector, fat, sizeof(fat));
	memcpy(sector + 66,
	       "\x29\xcd\xab\x34\x12"
	       "DUMPS      ",
	       16);
	memcpy(sector + 510, "\x55\xaa", 2);
	tree_bytes(t, "/dev/vda1", sector, sizeof(sector));
	memset(sector, 0, sizeof(sector));
	tree_bytes(t, "/dev/vda", sector, sizeof(sector));
	tree_text(t, DISKHOST_DEVICE "/block/vda/vda1/size", "8\n");
	tree_text(t, DISKHOST_DEVICE "/block/vda/size", "8\n");
	tree_link(t, "/sys/class/block/vda1",
		  "../../devices/pci0000:00/0000:00:04.0/virtio1/block/vda/vda1");
	tree_link(t, "/sys/class/block/vda",
		  "../../devices/pci0000:00/0000:00:04.0/virtio1/block/vda");
	diskhost_put_driver(t, DISKHOST_DEVICE, "virtio_blk");
	tree_text(t, DISKHOST_NIC "/net/eth0/address", "52:54:00:aa:bb:cc\n");
	tree_link(t, DISKHOST_NIC "/net/eth0/device", "../..");
	tree_link(t, "/sys/class/net/eth0",
		  "../../devices/pci0000:00/0000:00:03.0/virtio0/net/eth0");
	diskhost_put_driver(t, DISKHOST_NIC, "virtio_net");
	tree_text(t, "/proc/net/route",
		  "eth0\t00000000\t0102A8C0\t3\t0\t0\t0\t00000000\t0\t0\t0\n");
	tree_text(t, "/proc/sys/kernel/hostname", "web7\n");
	tree_text(t, "/etc/ssl/certs/ca-certificates.crt", "-----BEGIN CERTIFICATE-----\n");
	tree_text(t, "/lib/modules/k/modules.dep",
		  "kernel/virtio_blk.ko.xz:\nkernel/virtio_net.ko.xz:\nkernel/fs/fat/fat.ko.xz:\n"
		  "kernel/fs/fat/vfat.ko.xz: kernel/fs/fat/fat.ko.xz\n"
		  "kernel/fs/nls/nls_cp437.ko.xz:\nkernel/fs/nls/nls_iso8859-1.ko.xz:\n"
		  "kernel/xfs.ko.zst:\nkernel/softdog.ko:\n");
	tree_text(t, "/lib/modules/k/modules.builtin", "kernel/ext4.ko\nkernel/virtio_pci.ko\n");
}

#endif
