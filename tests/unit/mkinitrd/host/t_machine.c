/* SPDX-License-Identifier: MIT */
#include "mkinitrd/host/machine.h"

#include <errno.h>

#include "lib/cleanup.h"
#include "tests/unit/fake/tree.h"
#include "tests/unit/test.h"

#define PCI "/sys/devices/pci0000:00"

static const uint8_t uuid[16] = { 0xaa, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 0x0f };
#define UUID_TEXT "aa010203-0405-0607-0809-0a0b0c0d0e0f"

/* A disk's file with an ext4 superblock; id changes the UUID's first byte. */
static void put_ext4(const struct tree *t, const char *path, uint8_t id, const char *label)
{
	static uint8_t image[8192];

	memset(image, 0, sizeof(image));
	memcpy(image + 1024 + 56, "\x53\xef", 2);
	memcpy(image + 1024 + 104, uuid, 16);
	image[1024 + 104] = id;
	memcpy(image + 1024 + 120, label, strlen(label));
	tree_bytes(t, path, image, sizeof(image));
}

static void put_driver(const struct tree *t, const char *folder, const char *driver,
		       const char *module)
{
	char path[256], to[128];

	snprintf(to, sizeof(to), "/sys/bus/x/drivers/%s", driver);
	tree_dir(t, to);
	snprintf(path, sizeof(path), "%s/driver", folder);
	tree_link(t, path, tree_path(t, to));
	if (!module)
		return;
	snprintf(path, sizeof(path), "/sys/bus/x/drivers/%s/module", driver);
	snprintf(to, sizeof(to), "../../../../module/%s", module);
	tree_link(t, path, to);
}

/*
 * vda (virtio, with the partition vda1), sda and sr0 on a SCSI controller, nvme0n1 behind a
 * shared subsystem, dm-0; eth0 (virtio), br0.
 */
static void make(const struct tree *t)
{
	tree_text(t, PCI "/0000:00:04.0/virtio1/block/vda/vda1/size", "2048\n");
	tree_text(t, PCI "/0000:00:04.0/virtio1/block/vda/size", "4096\n");
	put_driver(t, PCI "/0000:00:04.0", "virtio-pci", "virtio_pci");
	put_driver(t, PCI "/0000:00:04.0/virtio1", "virtio_blk", "virtio_blk");
	tree_link(t, "/sys/class/block/vda",
		  "../.."
		  "/devices/pci0000:00/0000:00:04.0/virtio1/block/vda");
	tree_link(t, "/sys/class/block/vda1",
		  "../../devices/pci0000:00/0000:00:04.0/virtio1/block/vda/vda1");
	tree_bytes(t, "/dev/vda", "", 0);
	put_ext4(t, "/dev/vda1", 0xaa, "dumps");
	tree_link(t, "/dev/disk/by-label/dumps", "../../vda1");

	tree_text(t, PCI "/0000:00:05.0/host0/target0:0:0/0:0:0:0/block/sda/size", "9\n");
	tree_text(t, PCI "/0000:00:05.0/modalias", "pci:v00001000d00000012\n");
	put_driver(t, PCI "/0000:00:05.0", "sym53c8xx", NULL);
	put_driver(t, PCI "/0000:00:05.0/host0/target0:0:0/0:0:0:0", "sd", "sd_mod");
	tree_link(t, "/sys/class/block/sda",
		  "../../devices/pci0000:00/0000:00:05.0/host0/target0:0:0/0:0:0:0/block/sda");
	put_ext4(t, "/dev/sda", 0xbb, "");
	tree_text(t, "/sys/class/block/sr0/size", "0\n");
	put_ext4(t, "/dev/sr0", 0xcc, "");

	tree_text(t, PCI "/0000:00:06.0/nvme/nvme0/model", "x\n");
	put_driver(t, PCI "/0000:00:06.0", "nvme", "nvme");
	tree_text(t, "/sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme0n1/size", "8\n");
	tree_link(t, "/sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme0",
		  "../../../pci0000:00/0000:00:06.0/nvme/nvme0");
	tree_link(t, "/sys/class/block/nvme0n1",
		  "../../devices/virtual/nvme-subsystem/nvme-subsys0/nvme0n1");
	tree_text(t, "/sys/devices/virtual/block/dm-0/size", "8\n");
	tree_link(t, "/sys/class/block/dm-0", "../../devices/virtual/block/dm-0");

	tree_text(t, PCI "/0000:00:03.0/virtio0/net/eth0/address", "52:54:00:aa:bb:cc\n");
	tree_link(t, PCI "/0000:00:03.0/virtio0/net/eth0/device", "../..");
	put_driver(t, PCI "/0000:00:03.0/virtio0", "virtio_net", "virtio_net");
	tree_link(t, "/sys/class/net/eth0",
		  "../../devices/pci0000:00/0000:00:03.0/virtio0/net/eth0");
	tree_text(t, "/sys/devices/virtual/net/br0/address", "52:54:00:aa:bb:cc\n");
	tree_link(t, "/sys/class/net/br0", "../../devices/virtual/net/br0");

	tree_text(t, "/lib/modules/k/modules.dep",
		  "a/virtio_pci.ko:\na/virtio_blk.ko:\na/virtio_net.ko: a/failover.ko\n"
		  "a/failover.ko:\na/nvme.ko:\na/sym53c8xx.ko:\n");
	tree_text(t, "/lib/modules/k/modules.alias", "alias pci:v00001000d*  sym53c8xx\n");
}

static const char *list(const struct kmods *m)
{
	static char text[1024];

	text[0] = '\0';
	for (unsigned i = 0; i < m->n_list; i++) {
		strcat(text, i ? " " : "");
		strcat(text, m->list[i]->name);
	}
	return text;
}

TEST(disk_by_name_uuid_label_and_link)
{
	static const char *const names[] = { "/dev/vda1", ("UUID=" UUID_TEXT), "LABEL=dumps",
					     "/dev/disk/by-label/dumps" };
	_cleanup_(tree_remove) struct tree t = tree_make();
	struct machine m = { .root = t.root };
	struct fault f = { 0 };

	make(&t);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct machine_disk d = { .name = "" };

		CHECK_EQ(machine_find_disk(&m, names[i], &d, &f), 0);
		CHECK_STR(d.name, "vda1");
		CHECK_STR(d.fs.type ? d.fs.type : "", "ext4");
		CHECK_STR(d.fs.uuid, UUID_TEXT);
	}
}

TEST(disks_that_are_not_there)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	struct machine m = { .root = t.root };
	struct machine_disk d;
	struct fault f = { 0 };

	make(&t);
	CHECK_EQ(machine_find_disk(&m, "/dev/vdb", &d, &f), -ENOENT);
	CHECK(strstr(f.text, "/dev/vdb: No such file"));
	CHECK_EQ(machine_find_disk(&m, "UUID=00000000-0405-0607-0809-0a0b0c0d0e0f", &d, &f),
		 -ENOENT);
	CHECK_EQ(machine_find_disk(&m, "LABEL=dump", &d, &f), -ENOENT);
	/* a drive without a medium is not read */
	CHECK_EQ(machine_find_disk(&m, "UUID=cc010203-0405-0607-0809-0a0b0c0d0e0f", &d, &f),
		 -ENOENT);
	tree_text(&t, "/dev/null", "");
	CHECK_EQ(machine_find_disk(&m, "/dev/null", &d, &f), -ENOTBLK);
	CHECK_EQ(machine_find_disk(&m, "/etc/../lib/modules/k/modules.dep", &d, &f), -ENOENT);
	/* there, but empty */
	CHECK_EQ(machine_find_disk(&m, "/dev/vda", &d, &f), 0);
	CHECK(!d.fs.type);
}

TEST(the_same_uuid_twice)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	struct machine m = { .root = t.root };
	struct machine_disk d;
	struct fault f = { 0 };

	make(&t);
	put_ext4(&t, "/dev/sda", 0xaa, "dumps");
	CHECK_EQ(machine_find_disk(&m, "UUID=" UUID_TEXT, &d, &f), -EEXIST);
	CHECK(strstr(f.text, "vda1") && strstr(f.text, "sda"));
	CHECK_EQ(machine_find_disk(&m, "/dev/sda", &d, &f), 0);
}

TEST(names_that_last)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	struct machine m = { .root = t.root };
	struct machine_disk d;
	struct fault f = { 0 };
	char name[64];

	make(&t);
	CHECK_EQ(machine_find_disk(&m, "/dev/vda1", &d, &f), 0);
	CHECK(machine_lasting_name(&d, true, name, sizeof(name)));
	CHECK_STR(name, "UUID=" UUID_TEXT);
	CHECK(!machine_lasting_name(&d, false, name, sizeof(name)));
	CHECK_STR(name, "/dev/vda1");
	tree_text(&t, "/sys/class/block/vda1/partition", "1\n");
	tree_text(&t, "/sys/class/block/vda1/uevent", "PARTNAME=dumps\nPARTUUID=ab-01\n");
	CHECK_EQ(machine_find_disk(&m, "PARTLABEL=dumps", &d, &f), 0);
	CHECK(machine_lasting_name(&d, false, name, sizeof(name)));
	CHECK_STR(name, "PARTUUID=ab-01");
	tree_text(&t, "/sys/class/block/vda/serial", "disk 1");
	CHECK_EQ(machine_find_disk(&m, "DISK=disk_1", &d, &f), 0);
	CHECK(machine_lasting_name(&d, true, name, sizeof(name)));
	CHECK_STR(name, "DISK=disk_1");
}

/* Two paths to one disk are one disk. */
TEST(multipath)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	struct machine m = { .root = t.root };
	struct machine_disk d;
	struct fault f = { 0 };

	make(&t);
	tree_text(&t, "/sys/class/block/sdb/size", "9\n");
	put_ext4(&t, "/dev/sdb", 0xbb, "");
	CHECK_EQ(machine_find_disk(&m, "UUID=bb010203-0405-0607-0809-0a0b0c0d0e0f", &d, &f),
		 -EEXIST);
	tree_text(&t, "/sys/class/block/sda/wwid", "naa.5\n");
	tree_text(&t, "/sys/class/block/sdb/wwid", "naa.5\n");
	CHECK_EQ(machine_find_disk(&m, "UUID=bb010203-0405-0607-0809-0a0b0c0d0e0f", &d, &f), 0);
	CHECK_STR(d.name, "sda");
}

TEST(drivers_of_a_virtio_partition)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	_cleanup_(kmods_close) struct kmods mods;
	struct machine m = { .root = t.root };
	struct fault f = { 0 };

	make(&t);
	CHECK_EQ(kmods_open(t.root, "k", &mods, &f), 0);
	CHECK_EQ(machine_want_disk(&m, "vda1", &mods, &f), 0);
	CHECK_STR(list(&mods), "virtio_pci virtio_blk");
}

TEST(driver_the_kernel_does_not_have)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	_cleanup_(kmods_close) struct kmods mods;
	struct machine m = { .root = t.root };
	struct fault f = { 0 };

	make(&t);
	CHECK_EQ(kmods_open(t.root, "k", &mods, &f), 0);
	CHECK_EQ(machine_want_disk(&m, "sda", &mods, &f), -ENOENT);
	CHECK_STR(f.text, "kernel k has no module sd_mod, which drives 0:0:0:0 here");
}

/* sym53c8xx is built in here and a module there: its modalias tells. */
TEST(driver_built_in_here)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	_cleanup_(kmods_close) struct kmods other, same;
	struct machine m = { .root = t.root };
	struct fault f = { 0 };

	make(&t);
	tree_text(&t, "/lib/modules/k/modules.builtin", "kernel/sd_mod.ko\n");
	CHECK_EQ(kmods_open(t.root, "k", &other, &f), 0);
	CHECK_EQ(kmods_open(t.root, "k", &same, &f), 0);
	CHECK_EQ(machine_want_disk(&m, "sda", &other, &f), 0);
	CHECK_STR(list(&other), "sym53c8xx");
	m.same_kernel = true;
	CHECK_EQ(machine_want_disk(&m, "sda", &same, &f), 0);
	CHECK_STR(list(&same), "");
}

TEST(handler_of_a_scsi_array)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	_cleanup_(kmods_close) struct kmods mods;
	struct machine m = { .root = t.root, .same_kernel = true };
	struct fault f = { 0 };

	make(&t);
	tree_text(&t, PCI "/0000:00:05.0/host0/target0:0:0/0:0:0:0/dh_state", "alua\n");
	tree_text(&t, "/lib/modules/k/modules.dep", "a/sd_mod.ko:\na/scsi_dh_alua.ko:\n");
	CHECK_EQ(kmods_open(t.root, "k", &mods, &f), 0);
	CHECK_EQ(machine_want_disk(&m, "sda", &mods, &f), 0);
	CHECK_STR(list(&mods), "scsi_dh_alua sd_mod");
}

TEST(mmc_hides_its_modules)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	_cleanup_(kmods_close) struct kmods mods;
	struct machine m = { .root = t.root, .same_kernel = true };
	struct fault f = { 0 };

	make(&t);
	tree_text(&t, PCI "/0000:00:07.0/mmc_host/mmc0/mmc0:4567/block/mmcblk0/size", "8\n");
	tree_text(&t, PCI "/0000:00:07.0/mmc_host/mmc0/mmc0:4567/uevent",
		  "DRIVER=mmcblk\nMODALIAS=mmc:block\n");
	put_driver(&t, PCI "/0000:00:07.0", "sdhci-pci", "sdhci_pci");
	put_driver(&t, PCI "/0000:00:07.0/mmc_host/mmc0/mmc0:4567", "mmcblk", NULL);
	tree_link(&t, PCI "/0000:00:07.0/mmc_host/mmc0/mmc0:4567/subsystem", "/sys/bus/mmc");
	tree_link(&t, "/sys/class/block/mmcblk0",
		  "../../devices/pci0000:00/0000:00:07.0/mmc_host/mmc0/mmc0:4567/block/mmcblk0");
	tree_text(&t, "/lib/modules/k/modules.dep", "a/sdhci-pci.ko:\na/mmc_block.ko:\n");
	tree_text(&t, "/lib/modules/k/modules.alias", "alias mmc:block mmc_block\n");
	CHECK_EQ(kmods_open(t.root, "k", &mods, &f), 0);
	CHECK_EQ(machine_want_disk(&m, "mmcblk0", &mods, &f), 0);
	CHECK_STR(list(&mods), "sdhci_pci mmc_block");
}

/* A supplier of the device that folder is, as the kernel lays it out. */
static void put_supplier(const struct tree *t, const char *folder, const char *name,
			 const char *supplier, bool only_sync)
{
	char path[256], to[256];

	snprintf(path, sizeof(path), "/sys/devices/virtual/devlink/%s--%s/sync_state_only", name,
		 strrchr(folder, '/') + 1);
	tree_text(t, path, only_sync ? "1\n" : "0\n");
	snprintf(path, sizeof(path), "/sys/devices/virtual/devlink/%s--%s/supplier", name,
		 strrchr(folder, '/') + 1);
	tree_dir(t, supplier);
	tree_link(t, path, tree_path(t, supplier));
	snprintf(to, sizeof(to), "%s/sys/devices/virtual/devlink/%s--%s", t->root, name,
		 strrchr(folder, '/') + 1);
	snprintf(path, sizeof(path), "%s/supplier:%s", folder, name);
	tree_link(t, path, to);
}

#define SOC "/sys/devices/platform/soc"

/* A card reader, its clock, that one's oscillator, a regulator behind I2C, and a PHY's circle. */
static void put_board(const struct tree *t)
{
	tree_text(t, SOC "/fe.mmc/mmc_host/mmc0/mmc0:1/block/mmcblk0/size", "8\n");
	tree_text(t, SOC "/fe.mmc/modalias", "of:Nmmc-hsT(null)Cacme,soc-mmcCacme,mmc\n");
	tree_link(t, "/sys/class/block/mmcblk0",
		  "../../devices/platform/soc/fe.mmc/mmc_host/mmc0/mmc0:1/block/mmcblk0");
	put_driver(t, SOC "/fe.mmc", "acme-mmc", NULL);
	put_driver(t, SOC "/fd.clock", "acme-clk", "acme_clk");
	put_driver(t, SOC "/fc.osc", "acme-osc", "acme_osc");
	put_driver(t, SOC "/fb.i2c", "acme-i2c", "acme_i2c");
	put_driver(t, SOC "/fb.i2c/i2c-0/0-0010", "acme-pmic", "acme_pmic");
	put_driver(t, SOC "/fa.leds", "acme-leds", "acme_leds");
	put_supplier(t, SOC "/fe.mmc", "platform:fd.clock", SOC "/fd.clock", false);
	put_supplier(t, SOC "/fe.mmc", "i2c:0-0010", SOC "/fb.i2c/i2c-0/0-0010", false);
	put_supplier(t, SOC "/fe.mmc", "platform:fa.leds", SOC "/fa.leds", true);
	put_supplier(t, SOC "/fd.clock", "platform:fc.osc", SOC "/fc.osc", false);
	put_supplier(t, SOC "/fc.osc", "platform:fd.clock", SOC "/fd.clock", false);
	tree_text(t, "/lib/modules/k/modules.dep",
		  "a/soc-mmc.ko:\na/acme-clk.ko:\na/acme-osc.ko:\na/acme-i2c.ko:\n"
		  "a/acme-pmic.ko:\na/acme-leds.ko:\n");
	tree_text(t, "/lib/modules/k/modules.alias",
		  "alias of:N*T*Cacme,soc-mmcC* soc_mmc\nalias of:N*T*Cacme,soc-mmc soc_mmc\n");
}

TEST(suppliers_of_a_board)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	_cleanup_(kmods_close) struct kmods mods, fewer;
	struct machine m = { .root = t.root };
	struct fault f = { 0 };

	put_board(&t);
	CHECK_EQ(kmods_open(t.root, "k", &mods, &f), 0);
	CHECK_EQ(machine_want_disk(&m, "mmcblk0", &mods, &f), 0);
	/* what supplies stands before what it supplies; the reader's own by its modalias */
	CHECK_STR(list(&mods), "acme_i2c acme_pmic acme_osc acme_clk soc_mmc");
	/* a supplier that the other kernel has no driver for is no reason to refuse */
	tree_text(&t, "/lib/modules/k/modules.dep", "a/soc-mmc.ko:\na/acme-osc.ko:\n");
	CHECK_EQ(kmods_open(t.root, "k", &fewer, &f), 0);
	CHECK_EQ(machine_want_disk(&m, "mmcblk0", &fewer, &f), 0);
	CHECK_STR(list(&fewer), "acme_osc soc_mmc");
}

TEST(virtual_disks)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	_cleanup_(kmods_close) struct kmods mods;
	struct machine m = { .root = t.root };
	struct fault f = { 0 };

	make(&t);
	CHECK_EQ(kmods_open(t.root, "k", &mods, &f), 0);
	CHECK_EQ(machine_want_disk(&m, "nvme0n1", &mods, &f), 0);
	CHECK_STR(list(&mods), "nvme");
	CHECK_EQ(machine_want_disk(&m, "dm-0", &mods, &f), -EOPNOTSUPP);
	CHECK(strstr(f.text, "dm-0 is a virtual device"));
}

TEST(interface_by_name_mac_and_route)
{
	static const char *const names[] = { "eth0", "52:54:00:AA:bb:cc", "auto" };
	_cleanup_(tree_remove) struct tree t = tree_make();
	_cleanup_(kmods_close) struct kmods mods;
	struct machine m = { .root = t.root };
	struct machine_nic nic;
	struct fault f = { 0 };

	make(&t);
	tree_text(
		&t, "/proc/net/route",
		"Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"
		"br0\t00000000\t0102A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\n"
		"br0\t0002A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
		"eth0\t00000000\t0102A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n");
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		nic.name[0] = nic.mac[0] = '\0';
		CHECK_EQ(machine_find_nic(&m, names[i], &nic, &f), 0);
		CHECK_STR(nic.name, "eth0");
		CHECK_STR(nic.mac, "52:54:00:aa:bb:cc");
	}
	CHECK_EQ(kmods_open(t.root, "k", &mods, &f), 0);
	CHECK_EQ(machine_want_nic(&m, "eth0", &mods, &f), 0);
	CHECK_STR(list(&mods), "failover virtio_net");
}

TEST(interfaces_that_will_not_do)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	struct machine m = { .root = t.root };
	struct machine_nic nic;
	struct fault f = { 0 };

	make(&t);
	CHECK_EQ(machine_find_nic(&m, "auto", &nic, &f), -ENETUNREACH);
	CHECK(strstr(f.text, "default route"));
	CHECK_EQ(machine_find_nic(&m, "eth1", &nic, &f), -ENODEV);
	CHECK_EQ(machine_find_nic(&m, "52:54:00:00:00:00", &nic, &f), -ENODEV);
	CHECK_EQ(machine_find_nic(&m, "br0", &nic, &f), -ENODEV);
	CHECK(strstr(f.text, "br0 has no hardware"));
	/* a bond's port is known by its own address */
	tree_text(&t, PCI "/0000:00:03.0/virtio0/net/eth0/bonding_slave/perm_hwaddr",
		  "52:54:00:11:22:33\n");
	CHECK_EQ(machine_find_nic(&m, "eth0", &nic, &f), 0);
	CHECK_STR(nic.mac, "52:54:00:11:22:33");
}

TEST(hostname)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	char name[65];

	machine_hostname(t.root, name, sizeof(name));
	CHECK_STR(name, "");
	tree_text(&t, "/etc/hostname", "web 7.example.org\n# no\n");
	machine_hostname(t.root, name, sizeof(name));
	CHECK_STR(name, "web7.example.org");
	tree_text(&t, "/proc/sys/kernel/hostname", "(none)\n");
	machine_hostname(t.root, name, sizeof(name));
	CHECK_STR(name, "web7.example.org");
	tree_text(&t, "/proc/sys/kernel/hostname", "../../x#\n");
	machine_hostname(t.root, name, sizeof(name));
	CHECK_STR(name, "x");
}
