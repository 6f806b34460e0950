/* SPDX-License-Identifier: MIT */
/*
 * Configs in words, on a machine made of files.
 */
#include "mkinitrd/meaning.h"

#include "lib/cleanup.h"
#include "lib/log.h"
#include "tests/unit/fake/diskhost.h"
#include "tests/unit/test.h"

static char *said;

/* What --check says of a config; here: of this machine, else of another root. */
static void explain(const struct tree *t, bool here, const char *config)
{
	struct machine m = { .root = t->root, .same_kernel = true };
	static struct recipe recipe;
	static struct conf conf;
	static char text[4096];
	struct conf_findings err;
	struct fault fault = { 0 };
	size_t len;
	FILE *to;

	strcpy(text, config);
	CHECK_EQ(conf_parse(text, strlen(text), &conf, &err), 0);
	CHECK_EQ(recipe_make(&conf, here ? &m : NULL, t->root, "k", NULL, &recipe, &fault), 0);
	free(said);
	to = open_memstream(&said, &len);
	meaning_print(to, &conf, &recipe, here ? &m : NULL);
	fclose(to);
	recipe_free(&recipe);
}

static bool says(const char *words)
{
	if (strstr(said, words))
		return true;
	printf("not said, \"%s\":\n%s", words, said);
	return false;
}

TEST(target_by_target)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	diskhost_make(&t);
	tree_text(&t, "/proc/self/mountinfo", "28 1 254:1 / /srv rw - vfat /dev/vda1 rw\n");
	tree_dir(&t, "/srv");
	explain(&t, true,
		"path /dumps\nauto /dev/vda1\n\nhttps https://h/in\nkeep 5\nkdump_pre /bin/pre\n");
	CHECK(says(
		"A dump goes to the first of these that takes it whole:\n1. vfat UUID=1234-ABCD\n"
		"   line 2 says auto /dev/vda1, which has that name for good\n"
		"   now /dev/vda1, mounted on /srv, "));
	CHECK(says(" GiB free; dumps lie in /srv/dumps\n2. https https://h/in\n   line 4\n"
		   "   a server, over the network below\n"
		   "Network: the interface 52:54:00:aa:bb:cc, by DHCP\n"));
	CHECK(says("Saved: the log first, then all but zero pages, clean cache, cache of private "
		   "mappings, memory of processes, free pages, as a kdump-compressed file, "
		   "compressed with zstd\n"));
	CHECK(says("  when there are more than 5\n"));
	CHECK(says("Hook: /bin/pre runs before the dump, which it can refuse, for 60 s at most\n"));
	CHECK(says("all of one target 6 h, all of the capture 12 h at most\n"));
	CHECK(says("Then: a reboot; without a dump: a reboot\n"));
	CHECK(says("Drivers:") && says(" virtio_blk") && says(" vfat"));
}

TEST(other_words)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	diskhost_make(&t);
	explain(&t, true,
		"auto /dev/vda1\nfailure_action shell\nfinal_action poweroff\nwatchdog no\n"
		"core_collector makedumpfile -d 0,31 --format elf\ncrash_loop 3 60\nmin_free 1G\n"
		"net eth0 192.0.2.7/24 gateway 192.0.2.1\ncmdline_append a=1\ncmdline_remove b\n");
	CHECK(says("   now /dev/vda1, which is not mounted\n"));
	CHECK(says("Network: the interface 52:54:00:aa:bb:cc, 192.0.2.7/24, gateway 192.0.2.1\n"));
	CHECK(says("then all of the memory, as an ELF core\n  where there is no room for that: all "
		   "but zero pages"));
	CHECK(says("  when less than 1.0 GiB would stay free\n"));
	CHECK(says("From crash 3 within 60 minutes on only the log is saved\n"));
	CHECK(says("Then: power off; without a dump: a shell on each console, and power off\n"));
	CHECK(says("Watchdog: left alone\n"));
	CHECK(says("The crash command line loses b\nThe crash command line gains a=1\n"));
}

TEST(who_is_told_and_who_may_read)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	diskhost_make(&t);
	tree_text(&t, "/boot/vmlinuz", "");
	tree_text(&t, "/proc/self/mountinfo",
		  "28 1 254:1 / /boot rw - vfat /dev/vda1 rw\n29 1 0:3 / / rw - tmpfs tmpfs rw\n");
	tree_link(&t, "/sys/dev/block/254:1",
		  "../../devices/pci0000:00/0000:00:04.0/virtio1/block/vda/vda1");
	explain(&t, true,
		"auto /dev/vda1\nbeacon udp://192.0.2.9\nbeacon https://h/in?secret\nencrypt "
		"age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p\n"
		"final_action kexec\nkexec_initrd none\n");
	CHECK(says("  udp://192.0.2.9 is told of the crash and of its end\n"
		   "  https://h/in is told of the crash and of its end\n"));
	CHECK(!strstr(said, "secret\n"));
	CHECK(says("  sealed to 1 public key of age, by whose secret half alone it is opened\n"));
	CHECK(says("Then: the production kernel again, without the firmware; without a dump: a "
		   "reboot\n"));
}

TEST(a_volume_of_flash)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	diskhost_make(&t);
	tree_text(&t, "/sys/devices/virtual/mtd/mtd1/name", "board\n");
	tree_link(&t, "/sys/class/mtd/mtd1", "../../devices/virtual/mtd/mtd1");
	tree_text(&t, "/sys/class/ubi/ubi0/mtd_num", "1\n");
	tree_text(&t, "/sys/class/ubi/ubi0_2/name", "dumps\n");
	tree_bytes(&t, "/dev/ubi0_2", "\x31\x18\x10\x06", 4);
	tree_text(&t, "/lib/modules/k/modules.builtin", "kernel/ubi.ko\nkernel/ubifs.ko\n");
	tree_text(&t, "/proc/self/mountinfo", "28 1 0:15 / /data rw - ubifs ubi0:dumps rw\n");
	tree_dir(&t, "/data");
	explain(&t, true, "path /crash\nubifs ubi0:dumps\n");
	CHECK(says("1. ubifs MTD=board:dumps\n"
		   "   line 2 says ubifs ubi0:dumps, which has that name for good\n"
		   "   now ubi0_2 on mtd1, mounted on /data, "));
	CHECK(says("; dumps lie in /data/crash\n"));
	tree_text(&t, "/proc/self/mountinfo", "28 1 0:15 / /data rw - ubifs ubi0:other rw\n");
	explain(&t, true, "path /crash\nubifs ubi0:dumps\n");
	CHECK(says("   now ubi0_2 on mtd1, which is not mounted\n"));
	explain(&t, false, "ubifs MTD=a:b\nextra_modules ubi\n");
	CHECK(says("1. ubifs MTD=a:b\n   line 1\n   not looked at: "));
}

TEST(another_root)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	diskhost_make(&t);
	explain(&t, false, "vfat UUID=1234-ABCD\nextra_modules virtio_blk\n");
	CHECK(says(
		"A dump goes to this target:\n1. vfat UUID=1234-ABCD\n   line 1\n   not looked at: "
		"the image is for another root\n"));
	CHECK(says("Old dumps: none is ever removed\n"));
}
