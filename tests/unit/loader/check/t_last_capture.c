/* SPDX-License-Identifier: MIT */
/*
 * Targets of a config on a machine made of files: where each is mounted, and what lies there.
 */
#include "loader/check/last_capture.h"

#include <fcntl.h>

#include "lib/block/raw.h"
#include "lib/cleanup.h"
#include "tests/unit/fake/tree.h"
#include "tests/unit/test.h"

#define UUID "aa000000-0000-0000-0000-000000000000"
#define OLD  "h-20261123T142005Z-00000001"
#define NEW  "h-20261124T142005Z-00000002"

static struct tree t;
static int root;
static struct last_capture l;
static struct findings f;

static void begin(const char *mountinfo)
{
	t = tree_make();
	root = open(t.root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	tree_text(&t, "/proc/self/mountinfo", mountinfo);
}

static void end(void)
{
	close(root);
	tree_remove(&t);
}

/* An ext4 whose UUID begins with id, on a device that sysfs and mountinfo know by its numbers. */
static void put_disk(const char *name, const char *numbers, unsigned char id)
{
	static unsigned char image[8192];
	char path[64], to[64];

	memset(image, 0, sizeof(image));
	memcpy(image + 1024 + 56, "\x53\xef", 2);
	image[1024 + 104] = id;
	snprintf(path, sizeof(path), "/dev/%s", name);
	tree_bytes(&t, path, image, sizeof(image));
	snprintf(path, sizeof(path), "/sys/dev/block/%s", numbers);
	snprintf(to, sizeof(to), "../../devices/virtual/block/%s", name);
	tree_link(&t, path, to);
	snprintf(path, sizeof(path), "/sys/class/block/%s", name);
	tree_dir(&t, path);
}

static void put_dump(const char *folder, const char *json)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/kdump.json", folder);
	tree_text(&t, path, json);
}

static void look(const char *config)
{
	static struct conf_findings found;
	static struct conf c;
	static char text[4096];

	f = (struct findings){ 0 };
	snprintf(text, sizeof(text), "%s", config);
	conf_parse(text, strlen(text), &c, &found);
	last_capture_find(root, &c, &l, &f);
}

static bool finds(const char *id, const char *words)
{
	struct host h = { .crash_bytes = 256 << 20 };

	last_capture_check(&h, &l, &f);
	for (unsigned i = 0; i < f.n; i++) {
		if (!strcmp(f.item[i].id, id) && strstr(f.item[i].text, words))
			return true;
		printf("%s: %s\n", f.item[i].id, f.item[i].text);
	}
	return false;
}

TEST(the_newest_dump_of_all_targets)
{
	begin("28 1 8:1 / / rw - ext4 /dev/root rw\n"
	      "29 28 8:17 / /srv rw - ext4 /dev/sdb1 rw\n"
	      "30 28 0:40 / /host rw - virtiofs dumps rw\n");
	put_disk("sda1", "8:1", 0xbb);
	put_disk("sdb1", "8:17", 0xaa);
	look("path /crash\next4 UUID=" UUID "\n");
	CHECK(!l.found);
	CHECK_EQ(last_capture_peak(&l), 0);
	put_dump("/srv/crash/" OLD, "{\"state\": \"complete\", \"panic\": \"old\"}");
	look("path /crash\next4 UUID=" UUID "\nvirtiofs dumps\n");
	CHECK(l.found);
	CHECK_STR(l.folder, "/srv/crash/" OLD);
	CHECK(!finds("last-capture", ""));
	/* newer, on the share */
	put_dump("/host/crash/" NEW,
		 "{\"state\": \"partial\", \"targets\": [{\"why\": \"full\"}]}");
	look("path /crash\next4 UUID=" UUID "\nvirtiofs dumps\n");
	CHECK_STR(l.folder, "/host/crash/" NEW);
	CHECK_EQ(l.dumps, 2);
	CHECK(finds("last-capture", "state is partial: full: see /host/crash/" NEW));
	/* the root file system has none */
	look("path /crash\next4 UUID=bb000000-0000-0000-0000-000000000000\n");
	CHECK(!l.found);
	end();
}

/* A share of several machines, some with newer dumps. */
TEST(dumps_of_other_machines)
{
	begin("30 28 0:40 / /host rw - virtiofs dumps rw\n");
	put_dump("/host/crash/" OLD, "{\"state\": \"complete\"}");
	put_dump("/host/crash/h2-20261125T142005Z-00000003", "{\"state\": \"partial\"}");
	put_dump("/host/crash/g-20261126T142005Z-00000004", "{\"state\": \"partial\"}");
	look("path /crash\nvirtiofs dumps\nhost h\n");
	CHECK_STR(l.folder, "/host/crash/" OLD);
	CHECK_EQ(l.dumps, 1);
	CHECK(!finds("last-capture", ""));
	look("path /crash\nvirtiofs dumps\nhost x\n");
	CHECK(!l.found && !l.dumps);
	/* what this machine is called is not known */
	look("path /crash\nvirtiofs dumps\n");
	CHECK_EQ(l.dumps, 3);
	end();
}

TEST(a_volume_of_flash)
{
	begin("30 28 0:40 / / rw - ubifs ubi0:rootfs rw\n"
	      "31 28 0:41 / /data rw - ubifs ubi0_1 rw\n");
	tree_text(&t, "/sys/class/mtd/mtd1/name", "board\n");
	tree_text(&t, "/sys/class/ubi/ubi0/mtd_num", "1\n");
	tree_text(&t, "/sys/class/ubi/ubi0_0/name", "rootfs\n");
	tree_text(&t, "/sys/class/ubi/ubi0_1/name", "dumps\n");
	put_dump("/data/crash/" OLD, "{\"state\": \"complete\"}");
	put_dump("/crash/" NEW, "{\"state\": \"complete\"}");
	look("path /crash\nubifs MTD=board:dumps\n");
	CHECK_STR(l.folder, "/data/crash/" OLD);
	look("path /crash\nubifs MTD=board:rootfs\n");
	CHECK_STR(l.folder, "/crash/" NEW);
	end();
}

/* btrfs has no numbers of a device, a bind mount shows a part, a name is as good as a UUID. */
TEST(other_kinds_of_mounts)
{
	begin("28 1 0:30 /@ / rw - btrfs /dev/sda1 rw,subvol=/@\n"
	      "29 28 0:30 /@dumps /var rw - btrfs /dev/sda1 rw,subvol=/@dumps\n"
	      "30 28 8:17 /in/crash /mnt rw - xfs /dev/sdb1 rw\n");
	put_disk("sda1", "8:1", 0xbb);
	put_disk("sdb1", "8:17", 0xaa);
	put_dump("/var/crash/" OLD, "{\"state\": \"complete\"}");
	look("path /crash\nbtrfs /dev/sda1 subvol=/@dumps\n");
	CHECK(l.found);
	CHECK_STR(l.folder, "/var/crash/" OLD);
	put_dump("/mnt/" NEW, "{\"state\": \"complete\"}");
	look("path /in/crash\nxfs /dev/sdb1\n");
	CHECK_STR(l.folder, "/mnt/" NEW);
	/* a folder that this mount does not show */
	look("path /other\nxfs /dev/sdb1\n");
	CHECK(!l.found);
	end();
}

/* A logical volume is called as device-mapper calls it. */
TEST(a_volume_by_its_name)
{
	begin("28 1 254:0 / / rw - ext4 /dev/mapper/vg-root rw\n");
	put_disk("dm-0", "254:0", 0xaa);
	tree_text(&t, "/sys/class/block/dm-0/dm/name", "vg-root\n");
	put_dump("/var/crash/" OLD, "{\"state\": \"complete\"}");
	look("path /var/crash\next4 /dev/mapper/vg-root\n");
	CHECK(l.found);
	look("path /var/crash\next4 /dev/mapper/vg-roo\n");
	CHECK(!l.found);
	look("path /var/crash\next4 /dev/dm-0\n");
	CHECK(l.found);
	end();
}

TEST(no_report)
{
	begin("28 1 8:1 / / rw - ext4 /dev/root rw\n");
	put_disk("sda1", "8:1", 0xaa);
	tree_dir(&t, "/crash/" OLD);
	look("path /crash\next4 UUID=" UUID "\n");
	CHECK(finds("last-capture", "/crash/" OLD " has no whole kdump.json"));
	put_dump("/crash/" OLD, "{\"state\": \"comp");
	look("path /crash\next4 UUID=" UUID "\n");
	CHECK(finds("last-capture", "/crash/" OLD " has no whole kdump.json"));
	end();
}

TEST(hardly_memory)
{
	begin("28 1 8:1 / / rw - ext4 /dev/root rw\n");
	put_disk("sda1", "8:1", 0xaa);
	put_dump("/crash/" OLD, "{\"state\": \"complete\", \"capture\": {\"ram_bytes\": 268435456,"
				"\"least_available_bytes\": 5242880}}");
	look("path /crash\next4 UUID=" UUID "\n");
	CHECK_EQ(last_capture_peak(&l), 251 << 20);
	CHECK(finds("reservation-peak",
		    "used 251 MiB, and 256 MiB are reserved: crashkernel=320M"));
	put_dump("/crash/" OLD, "{\"state\": \"complete\", \"capture\": {\"ram_bytes\": 268435456,"
				"\"least_available_bytes\": 134217728}}");
	look("path /crash\next4 UUID=" UUID "\n");
	CHECK(!finds("reservation-peak", ""));
	end();
}

TEST(a_dump_on_a_raw_target)
{
	struct raw_trailer trailer;
	_close_ int fd = -1;

	begin("");
	tree_dir(&t, "/sys/class/block/vdb");
	tree_text(&t, "/dev/vdb", "");
	look("raw /dev/vdb\n");
	CHECK(!finds("raw-unsaved", ""));
	fd = open(tree_path(&t, "/dev/vdb"), O_RDWR | O_CLOEXEC);
	CHECK_EQ(ftruncate(fd, 64 << 20), 0);
	CHECK_EQ(raw_layout(64 << 20, &trailer), 0);
	strcpy(trailer.folder, OLD);
	trailer.file[RAW_VMCORE].bytes = 5;
	CHECK_EQ(raw_write(fd, &trailer), 0);
	look("raw /dev/vdb\n");
	CHECK(finds("raw-unsaved", "holds the dump " OLD ", so that the next one is not saved"));
	CHECK(f.stale);
	look("raw /dev/vdb overwrite\n");
	CHECK(finds("raw-unsaved", "which the next one overwrites"));
	CHECK(!f.stale);
	trailer.state = RAW_RECOVERED;
	CHECK_EQ(raw_write(fd, &trailer), 0);
	look("raw /dev/vdb\n");
	CHECK(!finds("raw-unsaved", ""));
	end();
}
