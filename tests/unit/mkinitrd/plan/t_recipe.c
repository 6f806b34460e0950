/* SPDX-License-Identifier: MIT */
#include "mkinitrd/plan/recipe.h"

#include <errno.h>

#include "lib/cleanup.h"
#include "lib/log.h"
#include "mkinitrd/plan/image_conf.h"
#include "tests/unit/fake/diskhost.h"
#include "tests/unit/test.h"

#define LIMITS                                                                                     \
	"target_timeout 30\nstep_timeout 120\nstall_timeout 120\n"                                 \
	"target_deadline 21600\ndeadline 43200\nhook_timeout 60\n"

static char text[4096];
static struct recipe recipe;
static struct fault fault;

/* Plans for the config; machine or other root. 0 or the error. */
static int make_recipe(const struct tree *t, bool here, const char *config)
{
	struct machine m = { .root = t->root, .same_kernel = true };
	static struct conf conf;
	struct conf_findings err;

	fault = (struct fault){ 0 };
	strcpy(text, config);
	CHECK_EQ(conf_parse(text, strlen(text), &conf, &err), 0);
	return recipe_make(&conf, here ? &m : NULL, t->root, "k", NULL, &recipe, &fault);
}

/* The image's config without its first line, a comment. */
static void check_image(const char *expected)
{
	_free_ char *got = NULL;
	size_t len;
	int r = image_conf_write(&recipe.conf, "k", &got, &len, &fault);

	CHECK_EQ(r, 0);
	CHECK_STR(r ? fault.text : strchr(got, '\n') + 1, expected);
	recipe_free(&recipe);
}

/* It has this part. */
static void check_image_has(const char *expected)
{
	_free_ char *got = NULL;
	size_t len;

	CHECK_EQ(image_conf_write(&recipe.conf, "k", &got, &len, &fault), 0);
	if (!strstr(got, expected)) {
		printf("the image's config: %s\n", got);
		CHECK(!"what is expected is not in the image's config");
	}
}

static void check_refused(const struct tree *t, bool here, const char *config, unsigned line,
			  const char *words)
{
	int r = make_recipe(t, here, config);

	CHECK(r < 0);
	if (!r)
		recipe_free(&recipe);
	CHECK_EQ(fault.line, line);
	if (!strstr(fault.text, words)) {
		printf("reason: %s\n", fault.text);
		CHECK(!"the reason does not say what is expected");
	}
}

/* Where what is packed as `to` is from; "": it is not. */
static const char *packed(const char *to)
{
	const struct recipe_file *row = recipe_files_find(&recipe, to);

	return row ? row->from : "";
}

/* The disk that has the production kernel, found and mounted as a target is. */
TEST(final_action_kexec)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	diskhost_make(&t);
	tree_text(&t, "/boot/vmlinuz", "");
	tree_text(&t, "/proc/self/mountinfo",
		  "28 1 254:1 / /boot rw - vfat /dev/vda1 rw\n29 1 0:3 / / rw - tmpfs tmpfs rw\n");
	tree_link(&t, "/sys/dev/block/254:1",
		  "../../devices/pci0000:00/0000:00:04.0/virtio1/block/vda/vda1");
	CHECK_EQ(make_recipe(&t, true,
			     "path /dumps\nhttps https://h/in\nfinal_action kexec\n"
			     "kexec_initrd none\nkexec_min_uptime 9\n"),
		 0);
	CHECK_EQ(recipe.conf.kexec.disk.kind, CONF_TARGET_FS);
	check_image("host web7\n"
		    "path /dumps\n"
		    "net 52:54:00:aa:bb:cc dhcp\n"
		    "https https://h/in\n"
		    "https_ca /etc/ca.pem\n"
		    "core_collector kdump-dumper -d 31 -z\n" LIMITS "watchdog no\n"
		    "failure_action reboot\n"
		    "final_action kexec\n"
		    "kexec_initrd none\nkexec_min_uptime 9\nkexec_disk vfat UUID=1234-ABCD\n"
		    "module /lib/modules/virtio_blk.ko\n"
		    "module /lib/modules/fat.ko\n"
		    "module /lib/modules/vfat.ko\n"
		    "module /lib/modules/nls_cp437.ko\n"
		    "module /lib/modules/nls_iso8859-1.ko\n"
		    "module /lib/modules/virtio_net.ko\n");
	check_refused(&t, true,
		      "https https://h/in\nfinal_action kexec\nkexec_kernel /etc/vmlinuz\n", 0,
		      "final_action kexec: /");
	check_refused(&t, false,
		      "https https://h/in\nextra_modules virtio_net\nnet 52:54:00:aa:bb:cc "
		      "dhcp\nfinal_action kexec\n",
		      0, "needs the machine");
}

TEST(everything_is_resolved_on_the_machine)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	diskhost_make(&t);
	CHECK_EQ(make_recipe(
			 &t, true,
			 "path /dumps\nauto /dev/vda1\nhttps https://h/in\nextra_modules softdog "
			 "ext4\n"
			 "core_collector makedumpfile -l -d 17\nfinal_action poweroff\n"),
		 0);
	CHECK(strstr(packed(CONF_CA_FILE), "/etc/ssl/certs/ca-certificates.crt"));
	check_image("host web7\n"
		    "path /dumps\n"
		    "net 52:54:00:aa:bb:cc dhcp\n"
		    "vfat UUID=1234-ABCD\n"
		    "https https://h/in\n"
		    "https_ca /etc/ca.pem\n"
		    "core_collector kdump-dumper -d 17 -l\n" LIMITS "watchdog no\n"
		    "failure_action reboot\n"
		    "final_action poweroff\n"
		    "module /lib/modules/virtio_blk.ko\n"
		    "module /lib/modules/fat.ko\n"
		    "module /lib/modules/vfat.ko\n"
		    "module /lib/modules/nls_cp437.ko\n"
		    "module /lib/modules/nls_iso8859-1.ko\n"
		    "module /lib/modules/virtio_net.ko\n"
		    "module /lib/modules/softdog.ko\n");
}

TEST(the_file_system_of_the_path_is_the_target)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	diskhost_make(&t);
	tree_text(&t, "/proc/self/mountinfo",
		  "1 1 0:2 / / rw - rootfs none rw\n2 1 254:1 / /srv rw - vfat /dev/vda1 rw\n");
	CHECK_EQ(make_recipe(&t, true, "path /srv/dumps\n"), 0);
	CHECK_EQ(recipe.conf.n_targets, 1);
	CHECK_STR(recipe.conf.targets[0].type, "vfat");
	CHECK_STR(recipe.conf.targets[0].where, "UUID=1234-ABCD");
	CHECK_STR(recipe.conf.path, "/dumps");
	recipe_free(&recipe);
	/* the root file system stands last, and once */
	tree_text(&t, "/proc/self/mountinfo", "2 1 254:1 / / rw - vfat /dev/vda1 rw\n");
	CHECK_EQ(make_recipe(&t, true, "failure_action dump_to_rootfs\n"), 0);
	CHECK_EQ(recipe.conf.n_targets, 1);
	recipe_free(&recipe);
	CHECK_EQ(make_recipe(&t, true, "https https://h/\nfailure_action dump_to_rootfs\n"), 0);
	CHECK_EQ(recipe.conf.n_targets, 2);
	CHECK_STR(recipe.conf.targets[1].where, "UUID=1234-ABCD");
	recipe_free(&recipe);
}

TEST(shares)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	diskhost_make(&t);
	check_refused(&t, true, "9p dumps\n", 1, "this machine has no 9p share");
	tree_text(&t, DISKHOST_DEVICE "/device", "0x0009\n");
	tree_link(&t, "/sys/bus/virtio/devices/virtio1", tree_path(&t, DISKHOST_DEVICE));
	check_refused(&t, true, "virtiofs dumps\n", 1, "this machine has no virtiofs share");
	check_refused(&t, true, "9p dumps\n", 1,
		      "kernel k has no module 9p, and it is not built in; "
		      "try virtiofs");
	tree_text(&t, "/lib/modules/k/modules.dep",
		  "a/9p.ko: a/9pnet.ko\na/9pnet.ko:\n"
		  "a/9pnet_virtio.ko: a/9pnet.ko\na/virtiofs.ko: a/fuse.ko\na/fuse.ko:\n");
	CHECK_EQ(make_recipe(&t, false, "9p dumps\nvirtiofs other\n"), 0);
	CHECK_EQ(recipe.conf.n_modules, 5);
	CHECK_STR(recipe.conf.modules[2], "/lib/modules/9pnet_virtio.ko");
	CHECK_STR(recipe.conf.targets[1].where, "other");
	recipe_free(&recipe);
	tree_text(&t, "/lib/modules/k/modules.dep", "a/virtio_blk.ko:\na/9p.ko:\n");
	CHECK_EQ(make_recipe(&t, true, "9p dumps\n"), 0);
	CHECK_EQ(recipe.conf.n_modules, 2);
	CHECK_STR(recipe.conf.modules[0], "/lib/modules/virtio_blk.ko");
	recipe_free(&recipe);
}

TEST(who_tells_the_time)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	diskhost_make(&t);
	tree_text(&t, "/etc/systemd/timesyncd.conf", "[Time]\n#NTP=x\nNTP=a.example b.example\n");
	CHECK_EQ(make_recipe(&t, true, "https https://h/in\n"), 0);
	check_image_has("\nntp a.example b.example\n");
	recipe_free(&recipe);
	tree_text(&t, "/etc/chrony.conf",
		  "# server x\npool p.example iburst\n  server 192.0.2.1\nserver 127.127.1.0\n");
	CHECK_EQ(make_recipe(&t, true, "https https://h/in\n"), 0);
	check_image_has("\nntp p.example 192.0.2.1\n");
	recipe_free(&recipe);
	CHECK_EQ(make_recipe(&t, true, "https https://h/in\nntp mine\n"), 0);
	check_image_has("\nntp mine\n");
	recipe_free(&recipe);
	/* nobody asks for the time where no certificate is judged */
	CHECK_EQ(make_recipe(&t, true, "auto /dev/vda1\nnet eth0 dhcp\n"), 0);
	CHECK_EQ(recipe.conf.n_ntp, 0);
	recipe_free(&recipe);
}

TEST(an_nfs_export)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	diskhost_make(&t);
	tree_text(&t, "/lib/modules/k/modules.dep",
		  "kernel/virtio_net.ko.xz:\nn/nfs.ko: n/sunrpc.ko\nn/nfsv4.ko: n/nfs.ko "
		  "n/sunrpc.ko\n"
		  "n/nfsv3.ko: n/nfs.ko n/sunrpc.ko\nn/sunrpc.ko:\n");
	/* mounted now, so that its version is known */
	tree_text(&t, "/proc/self/mountinfo",
		  "1 1 254:0 / / rw - ext4 /dev/vda rw\n"
		  "9 1 0:9 / /mnt rw - nfs4 srv:/exp rw,vers=4.1,hard,sec=sys,addr=192.0.2.7\n"
		  "9 1 0:9 / /mnt rw - nfs4 srv:/krb rw,vers=4.1,hard,sec=krb5,addr=192.0.2.7\n");
	CHECK_EQ(make_recipe(&t, true, "nfs srv:/exp\n"), 0);
	check_image_has("\nnet 52:54:00:aa:bb:cc dhcp\nnfs srv:/exp vers=4.1\n");
	check_image_has("module /lib/modules/nfs.ko\nmodule /lib/modules/nfsv4.ko\n"
			"module /lib/modules/virtio_net.ko\n");
	recipe_free(&recipe);
	CHECK_EQ(make_recipe(&t, true, "nfs other:/exp nolock\n"), 0);
	check_image_has("\nnfs other:/exp nolock\n");
	check_image_has("module /lib/modules/nfsv4.ko\nmodule /lib/modules/nfsv3.ko\n");
	recipe_free(&recipe);
	CHECK_EQ(make_recipe(&t, true, "nfs other:/exp vers=3\n"), 0);
	check_image_has("module /lib/modules/nfs.ko\nmodule /lib/modules/nfsv3.ko\n");
	recipe_free(&recipe);
	check_refused(&t, true, "\nnfs srv:/krb\n", 2, "mounted with sec=krb5");
	tree_text(&t, "/lib/modules/k/modules.dep",
		  "kernel/virtio_net.ko.xz:\nn/nfs.ko:\nn/nfsv4.ko: n/nfs.ko\n");
	check_refused(&t, true, "nfs srv:/x vers=3\n", 1, "has no module nfsv3");
}

TEST(links_of_udev_without_the_machine)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	diskhost_make(&t);
	CHECK_EQ(
		make_recipe(&t, false, "ext4 /dev/disk/by-partuuid/ab-01\nextra_modules softdog\n"),
		0);
	CHECK_STR(recipe.conf.targets[0].where, "PARTUUID=ab-01");
	recipe_free(&recipe);
}

TEST(no_network_without_need)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	diskhost_make(&t);
	CHECK_EQ(make_recipe(&t, true, "vfat LABEL=DUMPS\nhttps_ca /nowhere\n"), 0);
	CHECK_STR(packed(CONF_CA_FILE), "");
	CHECK_EQ(recipe.conf.n_nets, 0);
	CHECK(!recipe.conf.https_ca);
	CHECK_EQ(recipe.conf.n_modules, 5);
	recipe_free(&recipe);
	CHECK_EQ(make_recipe(&t, true,
			     "vfat LABEL=DUMPS\nnet eth0 192.0.2.7/24 gateway 192.0.2.1\n"),
		 0);
	CHECK_STR(recipe.conf.nets[0].iface, "52:54:00:aa:bb:cc");
	CHECK_STR(recipe.conf.nets[0].addresses[0], "192.0.2.7/24");
	CHECK_EQ(recipe.conf.n_modules, 6);
	recipe_free(&recipe);
}

/* A disk alone, but the nodes are told over the network. */
TEST(fence_kdump_needs_the_network)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	diskhost_make(&t);
	tree_text(&t, "/etc/hosts", "192.0.2.2 node2\n");
	CHECK_EQ(make_recipe(&t, true,
			     "auto /dev/vda1\nfence_kdump_nodes node2 web7\n"
			     "fence_kdump_args -p 7411\noptions virtio_blk queue_depth=8\n"),
		 0);
	check_image("host web7\n"
		    "path /var/crash\n"
		    "net 52:54:00:aa:bb:cc dhcp\n"
		    "vfat UUID=1234-ABCD\n"
		    "fence_kdump_nodes 192.0.2.2\n"
		    "fence_kdump_args -p 7411 -f auto -c 0 -i 10\n"
		    "core_collector kdump-dumper -d 31 -z\n" LIMITS "watchdog no\n"
		    "failure_action reboot\n"
		    "final_action reboot\n"
		    "options virtio_blk queue_depth=8\n"
		    "module /lib/modules/virtio_blk.ko\n"
		    "module /lib/modules/fat.ko\n"
		    "module /lib/modules/vfat.ko\n"
		    "module /lib/modules/nls_cp437.ko\n"
		    "module /lib/modules/nls_iso8859-1.ko\n"
		    "module /lib/modules/virtio_net.ko\n");
	/* on a node that names itself alone there is nobody to tell */
	CHECK_EQ(make_recipe(&t, true, "auto /dev/vda1\nfence_kdump_nodes web7\n"), 0);
	CHECK_EQ(recipe.conf.n_nets, 0);
	recipe_free(&recipe);
	check_refused(&t, true, "auto /dev/vda1\n\nfence_kdump_nodes node2\nnet bond0 dhcp\n", 3,
		      "fence_kdump_nodes: there is no interface bond0");
}

/* Of dracut_args; dracut leaves out what is not there, too. */
TEST(drivers_that_dracut_was_asked_for)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	diskhost_make(&t);
	CHECK_EQ(make_recipe(&t, true,
			     "vfat LABEL=DUMPS\ndracut_args --add-drivers \"softdog ext2\"\n"),
		 0);
	CHECK_EQ(recipe.conf.n_modules, 6);
	CHECK_STR(recipe.conf.modules[5], "/lib/modules/softdog.ko");
	recipe_free(&recipe);
}

TEST(another_root_from_the_config_alone)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	diskhost_make(&t);
	remove(tree_path(&t, "/proc/sys/kernel/hostname"));
	tree_text(&t, "/etc/hostname", "board\n");
	CHECK_EQ(make_recipe(&t, false,
			     "xfs UUID=x\nhttps https://h/\nextra_modules virtio_net virtio_blk\n"),
		 0);
	check_image("host board\n"
		    "path /var/crash\n"
		    "net auto dhcp\n"
		    "xfs UUID=x\n"
		    "https https://h/\n"
		    "https_ca /etc/ca.pem\n"
		    "core_collector kdump-dumper -d 31 -z\n" LIMITS "watchdog yes\n"
		    "failure_action reboot\n"
		    "final_action reboot\n"
		    "module /lib/modules/xfs.ko\n"
		    "module /lib/modules/virtio_net.ko\n"
		    "module /lib/modules/virtio_blk.ko\n");
	CHECK_EQ(make_recipe(&t, false, "ext4 /dev/vdb1\n"), 0);
	CHECK_EQ(recipe.conf.n_modules, 1);
	CHECK_STR(recipe.conf.modules[0], "/lib/modules/virtio_blk.ko");
	recipe_free(&recipe);
}

/* What is said while a recipe is made for another root. */
static const char *said_for(const struct tree *t, const char *config)
{
	static char said[1024];
	FILE *log = tmpfile();
	size_t n;

	log_add(fileno(log), LOG_PLAIN);
	CHECK_EQ(make_recipe(t, false, config), 0);
	log_remove(fileno(log));
	rewind(log);
	n = fread(said, 1, sizeof(said) - 1, log);
	said[n] = '\0';
	fclose(log);
	return said;
}

/* A controller's driver alone shows no disk: on the machine sysfs tells what else is needed. */
TEST(what_drives_the_disks_of_another_root)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	diskhost_make(&t);
	tree_text(&t, "/lib/modules/k/modules.dep",
		  "kernel/drivers/scsi/sd_mod.ko:\nkernel/drivers/scsi/virtio_scsi.ko:\n"
		  "kernel/drivers/mmc/core/mmc_block.ko:\nkernel/drivers/mmc/host/sdhci.ko:\n"
		  "kernel/drivers/net/virtio_net.ko:\nextra/own.ko:\n");
	CHECK_STR(said_for(&t, "ext4 UUID=x\nextra_modules virtio_scsi\n"), "");
	CHECK_EQ(recipe.conf.n_modules, 2);
	CHECK_STR(recipe.conf.modules[1], "/lib/modules/sd_mod.ko");
	recipe_free(&recipe);
	CHECK_STR(said_for(&t, "ext4 UUID=x\nextra_modules sdhci\n"), "");
	CHECK_EQ(recipe.conf.n_modules, 2);
	CHECK_STR(recipe.conf.modules[1], "/lib/modules/mmc_block.ko");
	recipe_free(&recipe);
	CHECK(strstr(said_for(&t, "ext4 UUID=x\nextra_modules virtio_net\n"),
		     "line 1: ext4 UUID=x: none of extra_modules drives a disk"));
	CHECK_EQ(recipe.conf.n_modules, 1);
	recipe_free(&recipe);
	CHECK(strstr(said_for(&t, "ext4 UUID=x\nhttps https://h/\nextra_modules sdhci\n"),
		     "none of extra_modules drives a network interface"));
	recipe_free(&recipe);
	CHECK(!strstr(said_for(&t, "ext4 /dev/vda1\nextra_modules virtio_net\n"), "none of"));
	recipe_free(&recipe);
	/* what is not of the kernel's tree may drive anything, and so may what is built in */
	CHECK_STR(said_for(&t, "ext4 UUID=x\nhttps https://h/\nextra_modules own\n"), "");
	recipe_free(&recipe);
	CHECK_STR(said_for(&t, "raw PARTUUID=x\nextra_modules virtio_pci\n"), "");
	recipe_free(&recipe);
}

TEST(names_that_may_change_on_another_root)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	diskhost_make(&t);
	CHECK(strstr(said_for(&t, "ext4 /dev/vdb1\n"),
		     "line 1: /dev/vdb1 is looked for by this name"));
	recipe_free(&recipe);
	CHECK(strstr(said_for(&t, "raw /dev/vdb\n"), "capture; PARTUUID= and PARTLABEL= stay"));
	recipe_free(&recipe);
}

/* The device's driver, and none of a file system; `overwrite` is handed on. */
TEST(a_raw_target)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	diskhost_make(&t);
	CHECK_EQ(truncate(tree_path(&t, "/dev/vda1"), 64 << 20), 0);
	CHECK_EQ(make_recipe(&t, true, "raw /dev/vda1 overwrite\n"), 0);
	CHECK_EQ(recipe.conf.n_targets, 1);
	CHECK_EQ(recipe.conf.targets[0].kind, CONF_TARGET_RAW);
	CHECK(recipe.conf.targets[0].overwrite);
	CHECK_STR(recipe.conf.targets[0].where, "/dev/vda1");
	CHECK(recipe.mods.n_list && strstr(recipe.mods.list[0]->file, "virtio_blk"));
	recipe_free(&recipe);
}

/* NOR flash on a platform bus: what speaks to the chip stands before the bus, mtdblock behind it. */
TEST(a_flash_target)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	diskhost_make(&t);
	tree_text(&t, "/sys/devices/platform/4000000.flash/mtd/mtd1/name", "crash dumps\n");
	tree_text(&t, "/sys/devices/platform/4000000.flash/mtd/mtd1/type", "nor\n");
	tree_text(&t, "/sys/devices/platform/4000000.flash/mtd/mtd1ro/x", "");
	tree_link(&t, "/sys/class/mtd/mtd1", "../../devices/platform/4000000.flash/mtd/mtd1");
	tree_link(&t, "/sys/class/mtd/mtd1ro", "../../devices/platform/4000000.flash/mtd/mtd1ro");
	diskhost_put_driver(&t, "/sys/devices/platform/4000000.flash", "physmap");
	tree_bytes(&t, "/dev/mtd1", "", 0);
	CHECK_EQ(truncate(tree_path(&t, "/dev/mtd1"), 64 << 20), 0);
	tree_text(&t, "/lib/modules/k/modules.dep",
		  "kernel/physmap.ko:\nkernel/mtdblock.ko:\nkernel/cfi_probe.ko:\n"
		  "kernel/cfi_cmdset_0001.ko:\nkernel/ofpart.ko:\n");
	CHECK_EQ(make_recipe(&t, true, "mtd crash_dumps\n"), 0);
	CHECK_EQ(recipe.mods.n_list, 5);
	CHECK_STR(recipe.mods.list[3]->name, "physmap");
	CHECK_STR(recipe.mods.list[4]->name, "mtdblock");
	CHECK_STR(recipe.conf.targets[0].where, "MTD=crash_dumps");
	recipe_free(&recipe);
	check_refused(&t, true, "mtd dumps\n", 1,
		      "mtd dumps: this machine has no such flash partition; there is: crash dumps");
	tree_text(&t, "/sys/devices/platform/4000000.flash/mtd/mtd1/type", "nand\n");
	check_refused(&t, true, "mtd crash_dumps\n", 1, "is NAND flash, where blocks go bad");
}

static void put_flash(const struct tree *t)
{
	tree_text(t, "/sys/devices/platform/spi/mtd/mtd1/name", "spi0.0:data area\n");
	tree_link(t, "/sys/class/mtd/mtd1", "../../devices/platform/spi/mtd/mtd1");
	diskhost_put_driver(t, "/sys/devices/platform/spi", "spinand");
	tree_text(t, "/sys/class/ubi/ubi0/mtd_num", "1\n");
	tree_text(t, "/sys/class/ubi/ubi0_0/name", "rootfs\n");
	tree_text(t, "/sys/class/ubi/ubi0_1/name", "dumps\n");
	tree_text(t, "/sys/class/ubi/version", "1\n");
	tree_bytes(t, "/dev/ubi0_0", "\x31\x18\x10\x06", 4);
	tree_bytes(t, "/dev/ubi0_1", "\xff\xff\xff\xff", 4);
	tree_text(t, "/lib/modules/k/modules.dep",
		  "kernel/spinand.ko:\nkernel/ubi.ko:\nkernel/ubifs.ko: kernel/ubi.ko\n"
		  "kernel/crypto/zstd.ko:\nkernel/ofpart.ko:\n");
	tree_text(t, "/lib/modules/k/modules.alias", "alias crypto-zstd zstd\n");
}

/* What UBI and UBIFS stand on comes before them; a volume by whatever name gets the one that lasts. */
TEST(a_volume_of_ubi)
{
	static const char *const names[] = { "ubi0:dumps", "ubi0_1", "/dev/ubi0_1", "ubi:dumps",
					     "MTD=spi0.0:data_area:dumps" };
	_cleanup_(tree_remove) struct tree t = tree_make();
	char config[80];

	diskhost_make(&t);
	put_flash(&t);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		snprintf(config, sizeof(config), "ubifs %s\n", names[i]);
		CHECK_EQ(make_recipe(&t, true, config), 0);
		CHECK_STR(recipe.conf.targets[0].where, "MTD=spi0.0:data_area:dumps");
		CHECK_EQ(recipe.mods.n_list, 5);
		CHECK_STR(recipe.mods.list[0]->name, "ofpart");
		CHECK_STR(recipe.mods.list[1]->name, "spinand");
		CHECK_STR(recipe.mods.list[2]->name, "zstd");
		CHECK_STR(recipe.mods.list[3]->name, "ubi");
		CHECK_STR(recipe.mods.list[4]->name, "ubifs");
		recipe_free(&recipe);
	}
	check_refused(&t, true, "ubifs ubi0:x\n", 1, "UBI has no such volume; there is: ");
	check_refused(&t, true, "ubifs ubi1:dumps\n", 1, "this machine has not attached it");
	check_refused(&t, true, "ubifs ubi0_1\nubifs ubi0:dumps\n", 2,
		      "the same target as in line 1");
	tree_text(&t, "/sys/class/ubi/ubi0_1/type", "static\n");
	check_refused(&t, true, "ubifs ubi0_1\n", 1,
		      "is a static volume, which no file is written to");
	tree_text(&t, "/sys/class/ubi/ubi0_1/type", "dynamic\n");
	tree_bytes(&t, "/dev/ubi0_1", "sqsh", 4);
	check_refused(&t, true, "ubifs ubi0_1\n", 1, "holds no UBIFS");
}

TEST(volumes_of_ubi_that_no_name_finds)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	diskhost_make(&t);
	put_flash(&t);
	tree_text(&t, "/sys/class/ubi/ubi0_1/name", "a:b\n");
	check_refused(&t, true, "ubifs ubi0_1\n", 1, "does not find it");
	tree_text(&t, "/sys/class/ubi/ubi0_1/name", "dumps\n");
	tree_text(&t, "/sys/class/mtd/mtd2/name", "spi0.0:data_area\n");
	check_refused(&t, true, "ubifs ubi0_1\n", 1, "does not find it");
	check_refused(&t, true, "ubifs MTD=spi0.0:data_area:dumps\n", 1,
		      "two flash partitions or two volumes have that name");
	check_refused(&t, true, "mtd spi0.0:data_area\n", 1, "two flash partitions have that name");
	unlink(tree_path(&t, "/sys/class/mtd/mtd2/name"));
	check_refused(&t, false, "ubifs ubi0_1\nextra_modules spinand\n", 1,
		      "with -r write MTD=PARTITION:NAME");
	check_refused(&t, false, "ubifs MTD=a:b\n", 1,
		      "MTD=a:b: its driver cannot be found without the machine; name it in");
	check_refused(&t, false, "mtd a\n", 1,
		      "MTD=a: its driver cannot be found without the machine; name it in");
	CHECK_EQ(make_recipe(&t, false, "ubifs MTD=a:b\nextra_modules spinand\n"), 0);
	CHECK_STR(recipe.conf.targets[0].where, "MTD=a:b");
	recipe_free(&recipe);
}

/* The root file system of a board, twice: as a line, and as the last resort. */
TEST(the_root_on_ubi)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	diskhost_make(&t);
	put_flash(&t);
	tree_text(&t, "/proc/self/mountinfo", "1 1 0:15 / / rw - ubifs ubi0:rootfs rw\n");
	CHECK_EQ(make_recipe(&t, true, "ubifs ubi0_0\nfailure_action dump_to_rootfs\n"), 0);
	CHECK_EQ(recipe.conf.n_targets, 1);
	CHECK_STR(recipe.conf.targets[0].where, "MTD=spi0.0:data_area:rootfs");
	recipe_free(&recipe);
}

TEST(refused_on_the_machine)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	diskhost_make(&t);
	check_refused(&t, true, "path /dumps\n", 0, "no file system for /dumps");
	check_refused(&t, true, "\next4 /dev/vda1\n", 2, "/dev/vda1 holds vfat, not ext4");
	check_refused(&t, true, "auto /dev/vda\n", 1, "/dev/vda holds none of ext4");
	check_refused(&t, true, "auto /dev/vdb\n", 1, "/dev/vdb: No such file");
	check_refused(&t, true, "auto UUID=0\n", 1, "no disk has UUID=0");
	check_refused(&t, true, "auto /dev/vda1\nvfat LABEL=DUMPS\n", 2,
		      "same target as in line 1");
	check_refused(&t, true, "auto /dev/vda1\nextra_modules hpsa\n", 0,
		      "extra_modules: kernel k has no module hpsa");
	check_refused(&t, true, "\nraw UUID=1234-ABCD\n", 2,
		      "names a file system; write PARTUUID=");
	check_refused(&t, true, "raw /dev/vda1\n", 1, "4 KiB are too small for a dump");
	CHECK_EQ(truncate(tree_path(&t, "/dev/vda1"), 64 << 20), 0);
	check_refused(&t, true, "raw /dev/vda1\n", 1, "/dev/vda1 holds a partition table or FAT");
	check_refused(&t, true, "https https://h/\nnet eth1 dhcp\n", 0, "no interface eth1");
	check_refused(&t, true, "https https://h/\nhttps_ca /own.pem\n", 0,
		      "/own.pem: No such file");
	tree_text(&t, "/etc/ssl/certs/ca-certificates.crt", "-----BEGIN PRIVATE KEY-----\n");
	check_refused(&t, true, "https https://h/\n", 0, "holds no certificate");
	remove(tree_path(&t, "/etc/ssl/certs/ca-certificates.crt"));
	check_refused(&t, true, "https https://h/\n", 0, "there are none below ");
	check_refused(&t, true, "auto /dev/vda1\nmodule a\n", 0, "written by kdump-mkinitrd");
}

TEST(all_faults_are_told_at_once)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	FILE *log = tmpfile();
	char said[600] = "";

	diskhost_make(&t);
	log_add(fileno(log), LOG_PLAIN);
	check_refused(&t, true, "auto /dev/vdx\nauto UUID=0\nnet eth9 dhcp\nextra_modules hpsa\n",
		      0, "extra_modules: kernel k has no module hpsa");
	log_remove(fileno(log));
	CHECK(pread(fileno(log), said, sizeof(said) - 1, 0) > 0);
	CHECK(strstr(said, "kdump.conf: line 1: /dev/vdx: No such file"));
	CHECK(strstr(said, "kdump.conf: line 2: no disk has UUID=0"));
	CHECK(strstr(said, "there is no interface eth9"));
	fclose(log);
}

TEST(refused_for_another_root)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	diskhost_make(&t);
	check_refused(&t, false, "path /dumps\n", 0, "no target");
	check_refused(&t, false, "ext4 /dev/mapper/vg-crash\n", 1,
		      "only the machine knows what /dev/mapper/vg-crash is made of");
	check_refused(&t, false, "extra_modules softdog\nraw /dev/md0\n", 2,
		      "only the machine knows what /dev/md0");
	check_refused(&t, false, "auto /dev/vda1\n", 1, "auto needs the machine");
	check_refused(&t, false, "ext4 /dev/disk/by-id/x\nextra_modules softdog\n", 1,
		      "by-id/x needs the machine");
	check_refused(&t, false, "ext4 UUID=x\n", 1, "name it in extra_modules");
	check_refused(&t, false, "ext4 /dev/nvme0n1p2\n", 1, "name it in extra_modules");
	check_refused(&t, false, "ext4 /dev/vg/crash\nextra_modules softdog\n", 1,
		      "/dev/vg/crash needs the machine");
	check_refused(&t, false, "https https://h/\n", 0,
		      "the driver of the network interface cannot be found without the machine");
	check_refused(&t, false, "\nbtrfs /dev/vda\n", 2, "kernel k has no module btrfs");
}
