/* SPDX-License-Identifier: MIT */
/*
 * Targets as disks of a virtual machine. mke2fs is played by a script that writes its words into the
 * file; what a disk is called is read as the capture reads it.
 */
#include "loader/verify/disks.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/block/block_component.h"
#include "lib/block/partition.h"
#include "lib/cleanup.h"
#include "lib/conf/conf.h"
#include "tests/unit/fake/tree.h"
#include "tests/unit/test.h"

#define DEVICE "/devices/pci0000:00/0000:00:1f.2/ata1/host0/target0:0:0/0:0:0:0/block/sda"

static struct tree t;
static int root;
static char why[300], config[1024];
static struct conf conf;
static struct tool_words words;

static void begin(void)
{
	char path[300];

	t = tree_make();
	root = open(t.root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	tree_text(&t, "/bin/mke2fs",
		  "#!/bin/sh\nfor f in \"$@\"; do :; done\n"
		  "echo \"mke2fs $*\" | dd of=\"$f\" conv=notrunc 2>/dev/null\n"
		  "echo 'the end' | dd of=\"$f\" bs=1M seek=700 conv=notrunc 2>/dev/null\n");
	chmod(tree_path(&t, "/bin/mke2fs"), 0755);
	tree_dir(&t, "/scratch");
	snprintf(path, sizeof(path), "%s:/usr/bin:/bin", tree_path(&t, "/bin"));
	setenv("PATH", path, 1);
}

static void end(void)
{
	tool_free(&words);
	words.full = false;
	close(root);
	tree_remove(&t);
}

/* Makes the disks of a config; 0, or what the last target came to. */
static int make(const char *text)
{
	struct devices here = devices_of(root);
	char folder[256];
	struct disks d = { .folder = folder, .conf = &conf, .root = &here };
	static struct conf_findings found;
	int r = 0;

	tool_free(&words);
	snprintf(folder, sizeof(folder), "%s", tree_path(&t, "/scratch"));
	snprintf(config, sizeof(config), "%s", text);
	CHECK_EQ(conf_parse(config, strlen(config), &conf, &found), 0);
	for (unsigned i = 0; i < conf.n_targets; i++)
		r = disks_add(&d, &conf.targets[i], &words, why);
	return r;
}

static bool has_word(const char *part)
{
	for (unsigned i = 0; i < words.n; i++) {
		if (strstr(words.at[i], part))
			return true;
	}
	for (unsigned i = 0; i < words.n; i++)
		printf(" %s", words.at[i]);
	printf("\nno %s\n", part);
	return false;
}

/* What lies at an offset of a disk. */
static bool lies_at(const char *disk, off_t at, const char *text)
{
	_close_ int fd = open(tree_path(&t, disk), O_RDONLY | O_CLOEXEC);
	char got[128] = "";

	if (fd < 0 || pread(fd, got, sizeof(got) - 1, at) < 0)
		return false;
	if (strncmp(got, text, strlen(text)))
		printf("%s at %ld: %s\n", disk, (long)at, got);
	return !strncmp(got, text, strlen(text));
}

TEST(a_file_system_by_its_uuid)
{
	begin();
	CHECK_EQ(make("path /x\next4 UUID=aa00-11\nmodule /lib/modules/virtio_blk.ko\n"), 0);
	CHECK(lies_at("/scratch/disk0", 0, "mke2fs -q -F -t ext4 -U aa00-11 /"));
	CHECK(lies_at("/scratch/disk0", 700 << 20, "the end\n"));
	CHECK(has_word("virtio-blk-pci,drive=d0,serial=verify0") && has_word("file=/tmp/"));
	CHECK(access(tree_path(&t, "/scratch/fs0"), F_OK));
	end();
	begin();
	CHECK_EQ(make("path /x\next4 LABEL=dumps\nmodule /lib/modules/nvme.ko\n"), 0);
	CHECK(lies_at("/scratch/disk0", 0, "mke2fs -q -F -t ext4 -L dumps /"));
	CHECK(has_word("nvme,drive=d0"));
	end();
}

TEST(a_partition)
{
	static const char uuid[] = "0c0ffee0-1234-5678-9abc-def012345678";
	struct partition p;
	char text[120];
	int fd;

	begin();
	snprintf(text, sizeof(text), "path /x\next4 PARTUUID=%s\n", uuid);
	CHECK_EQ(make(text), 0);
	fd = open(tree_path(&t, "/scratch/disk0"), O_RDONLY | O_CLOEXEC);
	CHECK_EQ(partition_read(fd, 1, &p), 0);
	CHECK_STR(p.uuid, uuid);
	close(fd);
	CHECK(lies_at("/scratch/disk0", 1 << 20, "mke2fs -q -F -t ext4 /"));
	CHECK(lies_at("/scratch/disk0", 701 << 20, "the end\n"));
	end();
}

/* Two disks below one logical volume; the file system goes over from one to the other. */
TEST(a_logical_volume)
{
	struct superblock sb;
	int fd;

	begin();
	CHECK_EQ(make("path /x\n"
		      "dm vg-dumps 0 1024000 linear {UUID=abcdef-1234-1234-1234-1234-1234-abcdef} "
		      "384\n"
		      "dm vg-dumps 1024000 9999999 linear {PARTLABEL=second} 2048\n"
		      "ext4 UUID=bb00\n"),
		 0);
	fd = open(tree_path(&t, "/scratch/disk0"), O_RDONLY | O_CLOEXEC);
	CHECK_EQ(block_component_read(fd, &sb), 0);
	CHECK_STR(sb.type, "LVM2_member");
	CHECK_STR(sb.uuid, "abcdef-1234-1234-1234-1234-1234-abcdef");
	close(fd);
	CHECK(lies_at("/scratch/disk0", 384 * 512, "mke2fs -q -F -t ext4 -U bb00 /"));
	/* 700 MiB are 200 MiB behind the first piece of 500 */
	CHECK(lies_at("/scratch/disk1", (1 << 20) + 2048 * 512 + (200 << 20), "the end\n"));
	CHECK(has_word("drive=d1"));
	end();
}

/* By what drives the disk here, and not by what modules there are. */
TEST(the_bus_of_this_machine)
{
	begin();
	tree_dir(&t, "/sys" DEVICE);
	tree_link(&t, "/sys/class/block/sda", "../.." DEVICE);
	tree_link(&t, "/sys/devices/pci0000:00/0000:00:1f.2/ata1/host0/target0:0:0/0:0:0:0/driver",
		  "../../../../../../../bus/scsi/drivers/sd");
	tree_link(&t, "/sys/devices/pci0000:00/0000:00:1f.2/driver",
		  "../../../bus/pci/drivers/ahci");
	CHECK_EQ(make("path /x\next4 /dev/sda\nmodule /lib/modules/virtio_blk.ko\n"), 0);
	CHECK(has_word("ide-hd,bus=ide.0,drive=d0,serial=verify0"));
	CHECK_EQ(unlinkat(root, "sys/devices/pci0000:00/0000:00:1f.2/driver", 0), 0);
	tree_link(&t, "/sys/devices/pci0000:00/0000:00:1f.2/driver",
		  "../../../bus/pci/drivers/hpsa");
	CHECK_EQ(unlinkat(root, "scratch/disk0", 0), 0);
	CHECK_EQ(make("path /x\next4 /dev/sda\n"), -EOPNOTSUPP);
	CHECK_STR(why, "its driver hpsa has no device in QEMU");
	end();
}

TEST(other_targets)
{
	begin();
	CHECK_EQ(make("path /x\nraw DISK=abc-1\nmodule /lib/modules/virtio_blk.ko\n"), 0);
	CHECK(has_word("virtio-blk-pci,drive=d0,serial=abc-1"));
	CHECK_EQ(make("path /x\n9p dumps\n"), 0);
	CHECK(has_word("mount_tag=dumps") && has_word("security_model=none"));
	end();
}

TEST(what_is_not_made)
{
	static const struct {
		const char *config, *why;
	} cases[] = {
		{ "virtiofs a\n", "a virtiofs share is not made here" },
		{ "https https://h/\n", "nothing is sent to a server" },
		{ "xfs UUID=1\n", "mkfs.xfs (xfsprogs) is not installed" },
		{ "btrfs UUID=1 subvol=/@x\n", "its subvolume /@x cannot be made" },
		{ "ext4 /dev/sdb2\n", "/dev/sdb2 is only a name" },
		{ "mtd dumps\n", "MTD=dumps is flash" },
		{ "ubifs MTD=a:b\n", "MTD=a:b is flash" },
		{ "ext4 PARTUUID=zz\n", "no partition is called PARTUUID=zz" },
		{ "md md0 1.2 aa:bb 7 2\next4 UUID=1\n", "a RAID array" },
		{ "dm c 0 9 crypt aes {key:/k} 0 {UUID=1} 0\next4 UUID=2\n",
		  "a device of type crypt" },
		{ "dm a 0 9 linear {dm:b} 0\next4 UUID=2\n", "several layers" },
		{ "dm a 0 9 linear {UUID=1} 0\next4 UUID=2\n", "no physical volume of LVM" },
	};
	char text[200];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		begin();
		snprintf(text, sizeof(text), "path /x\n%s", cases[i].config);
		CHECK_EQ(make(text), -EOPNOTSUPP);
		if (!strstr(why, cases[i].why))
			printf("%s: %s\n", cases[i].config, why);
		CHECK(strstr(why, cases[i].why));
		end();
	}
}
