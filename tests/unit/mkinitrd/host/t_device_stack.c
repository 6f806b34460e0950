/* SPDX-License-Identifier: MIT */
/*
 * Machines with stacked devices, as folders: /sys, disks' first bytes, and tables as files.
 */
#include "mkinitrd/host/device_stack.h"
#include "mkinitrd/host/holders.h"

#include <errno.h>
#include <sys/stat.h>

#include "lib/bytes.h"
#include "lib/cleanup.h"
#include "lib/conf/stackline.h"
#include "lib/log.h"
#include "tests/unit/fake/tree.h"
#include "tests/unit/test.h"

#define PCI "/sys/devices/pci0000:00/0000:00:04.0"

static struct tree t;
static struct device_stack stack;
static struct conf conf;
static struct fault fault;
static char where[PATH_MAX];

static void in_sysfs(const char *folder, const char *name, const char *number)
{
	char path[256], to[256];

	snprintf(path, sizeof(path), "%s/%s/size", folder, name);
	tree_text(&t, path, "2048\n");
	snprintf(path, sizeof(path), "/sys/class/block/%s", name);
	snprintf(to, sizeof(to), "../../%s/%s", folder + 5, name);
	tree_link(&t, path, to);
	snprintf(path, sizeof(path), "/sys/dev/block/%s", number);
	tree_link(&t, path, to);
}

static void disk(const char *name, const char *number, const void *head, size_t len)
{
	char path[64], image[32768] = "";

	in_sysfs(PCI "/virtio1/block", name, number);
	memcpy(image, head, len);
	snprintf(path, sizeof(path), "/dev/%s", name);
	tree_bytes(&t, path, image, sizeof(image));
}

/* A physical volume whose UUID consists of this letter. */
static void pv(const char *name, const char *number, char letter)
{
	char head[1024] = "";

	memcpy(head + 512, "LABELONE\1\0\0\0\0\0\0\0\0\0\0\0\x20\0\0\0LVM2 001", 32);
	memset(head + 512 + 32, letter, 32);
	disk(name, number, head, sizeof(head));
}

#define UUID "0f7d2d5e-3c51-4c16-8d2c-8f4a6d1a9c11"

static void luks(const char *name, const char *number)
{
	char head[512] = "LUKS\xba\xbe\0\2";

	memcpy(head + 6, "\0\2", 2);
	memcpy(head + 168, UUID, 36);
	disk(name, number, head, sizeof(head));
}

static void dm(const char *node, const char *number, const char *name, const char *uuid,
	       const char *table)
{
	char path[128];

	in_sysfs("/sys/devices/virtual/block", node, number);
	snprintf(path, sizeof(path), "/sys/devices/virtual/block/%s/dm/name", node);
	tree_text(&t, path, name);
	snprintf(path, sizeof(path), "/sys/devices/virtual/block/%s/dm/uuid", node);
	tree_text(&t, path, uuid);
	snprintf(path, sizeof(path), "/tables/%s", name);
	tree_text(&t, path, table);
	snprintf(path, sizeof(path), "/dev/%s", node);
	tree_text(&t, path, "");
}

static void begin(void)
{
	log_init("t_stack", LOG_ERR);
	t = tree_make();
	stack = (struct device_stack){ .n_keys = 0 };
	conf_init(&conf);
	fault = (struct fault){ 0 };
	strcpy(where, "UUID=of-the-file-system");
	tree_text(&t, PCI "/virtio1/x", "");
	tree_text(&t, "/lib/modules/k/modules.dep",
		  "kernel/dm-mod.ko:\nkernel/dm-crypt.ko: kernel/dm-mod.ko\n"
		  "kernel/dm-thin-pool.ko: kernel/dm-mod.ko\nkernel/xts.ko:\nkernel/ecb.ko:\n"
		  "kernel/aesni-intel.ko:\nkernel/md-mod.ko:\nkernel/raid1.ko: kernel/md-mod.ko\n");
	tree_text(&t, "/lib/modules/k/modules.alias", "alias md-raid1 raid1\n");
	tree_text(&t, "/proc/crypto",
		  "name         : xts(aes)\ndriver       : xts-aes-aesni\n"
		  "module       : aesni_intel\n\nname         : sha256\nmodule       : kernel\n");
}

static char modules[256];

static int want(const char *name)
{
	char tables[PATH_MAX];
	struct machine m = { .root = t.root, .same_kernel = true, .dm_tables = tables };
	struct kmods mods;
	int r;

	snprintf(tables, sizeof(tables), "%s/tables", t.root);
	CHECK_EQ(kmods_open(t.root, "k", &mods, &fault), 0);
	r = device_stack_want(&stack, &m, name, 7, &conf, &mods, where, &fault);
	modules[0] = '\0';
	for (unsigned i = 0; i < mods.n_list; i++)
		strcat(strcat(modules, mods.list[i]->name), " ");
	kmods_close(&mods);
	return r;
}

static void line(unsigned i, const char *kind, const char *text)
{
	CHECK(i < conf.n_stack);
	if (i >= conf.n_stack)
		return;
	CHECK_STR(conf.stack[i].kind, kind);
	CHECK_STR(conf.stack[i].text, text);
	CHECK_EQ(conf.stack[i].line, 7);
}

static void end(void)
{
	device_stack_free(&stack);
	tree_remove(&t);
}

#define PV(l)                                                                                      \
	l l l l l l "-" l l l l "-" l l l l "-" l l l l "-" l l l l "-" l l l l "-" l l l l l l

TEST(volume_on_two_disks)
{
	begin();
	pv("vda", "252:0", 'a');
	pv("vdb", "252:16", 'b');
	dm("dm-0", "254:0", "vg0-dump", "LVM-x",
	   "0 1000 linear 252:0 2048\n1000 24 linear 252:16 2048\n");
	CHECK_EQ(want("dm-0"), 0);
	CHECK_STR(where, "/dev/mapper/vg0-dump");
	CHECK_EQ(conf.n_stack, 2);
	line(0, "dm", "vg0-dump 0 1000 linear {UUID=" PV("a") "} 2048");
	line(1, "dm", "vg0-dump 1000 24 linear {UUID=" PV("b") "} 2048");
	CHECK_STR(modules, "dm_mod ");
	/* a second target on it adds nothing */
	CHECK_EQ(want("dm-0"), 0);
	CHECK_EQ(conf.n_stack, 2);
	end();
}

TEST(a_disk_is_no_stack)
{
	begin();
	pv("vda", "252:0", 'a');
	CHECK_EQ(want("vda"), 0);
	CHECK_STR(where, "UUID=of-the-file-system");
	CHECK_EQ(conf.n_stack, 0);
	end();
}

TEST(striped)
{
	begin();
	pv("vda", "252:0", 'a');
	pv("vdb", "252:16", 'b');
	dm("dm-0", "254:0", "s", "LVM-x", "0 1000 striped 2 128 252:0 2048 252:16 4096\n");
	CHECK_EQ(want("dm-0"), 0);
	line(0, "dm", "s 0 1000 striped 2 128 {UUID=" PV("a") "} 2048 {UUID=" PV("b") "} 4096");
	end();
}

TEST(thin_volume)
{
	begin();
	pv("vda", "252:0", 'a');
	dm("dm-0", "254:0", "meta", "LVM-x", "0 8 linear 252:0 0\n");
	dm("dm-1", "254:1", "data", "LVM-x", "0 1000 linear 252:0 8\n");
	dm("dm-2", "254:2", "pool", "LVM-x",
	   "0 1000 thin-pool 254:0 254:1 128 0 1 skip_block_zeroing \n");
	dm("dm-3", "254:3", "thin", "LVM-x", "0 5000 thin 254:2 1\n");
	CHECK_EQ(want("dm-3"), 0);
	CHECK_STR(where, "/dev/mapper/thin");
	CHECK_EQ(conf.n_stack, 4);
	line(0, "dm", "meta 0 8 linear {UUID=" PV("a") "} 0");
	line(2, "dm",
	     "pool 0 1000 thin-pool {dm:meta} {dm:data} 128 0 2 skip_block_zeroing "
	     "error_if_no_space");
	line(3, "dm", "thin 0 5000 thin {dm:pool} 1");
	CHECK_STR(modules, "dm_mod dm_thin_pool ");
	end();
}

TEST(pool_without_features)
{
	begin();
	pv("vda", "252:0", 'a');
	pv("vdb", "252:16", 'b');
	dm("dm-2", "254:2", "pool", "LVM-x", "0 1000 thin-pool 252:0 252:16 128 0 0 \n");
	CHECK_EQ(want("dm-2"), 0);
	line(0, "dm",
	     "pool 0 1000 thin-pool {UUID=" PV("a") "} {UUID=" PV("b") "} 128 0 1 "
								       "error_if_no_space");
	end();
}

static void encrypted(const char *key_word)
{
	char table[512];

	begin();
	luks("vda", "252:0");
	snprintf(table, sizeof(table),
		 "0 1000 crypt aes-xts-plain64 %s 0 252:0 32768 1 sector_size:4096\n", key_word);
	dm("dm-0", "254:0", "vault", "CRYPT-LUKS2-x", table);
}

static void with_key(const char *device, const char *file)
{
	conf.luks_keys[0] = (struct conf_luks_key){ .device = device, .file = file, .line = 3 };
	conf.n_luks_keys = 1;
}

TEST(encrypted_with_a_key_file)
{
	static const char hex[] = "00112233445566778899aabbccddeeff";
	char path[PATH_MAX];

	encrypted(hex);
	tree_text(&t, "/etc/key", "sixteen letters.");
	snprintf(path, sizeof(path), "%s", tree_path(&t, "/etc/key"));
	chmod(path, 0600);
	with_key("UUID=" UUID, "/etc/key");
	CHECK_EQ(want("dm-0"), 0);
	line(0, "dm",
	     "vault 0 1000 crypt aes-xts-plain64 {key:/etc/keys/0} 0 {UUID=" UUID
	     "} 32768 1 sector_size:4096");
	CHECK(conf.n_stack == 1 && !strstr(conf.stack[0].text, hex));
	CHECK_EQ(stack.n_keys, 1);
	CHECK_EQ(stack.key[0].len, 16);
	CHECK(stack.n_keys == 1 && !memcmp(stack.key[0].data, "sixteen letters.", 16));
	CHECK_STR(modules, "dm_mod dm_crypt xts ecb aesni_intel ");
	CHECK_EQ(stack.keys_used, 1);
	device_stack_done(&stack, &conf);
	CHECK_EQ(conf.n_luks_keys, 0);
	end();
}

TEST(encrypted_with_a_wrong_key_or_none)
{
	encrypted(":64:logon:cryptsetup:x-d0");
	CHECK_EQ(want("dm-0"), -ENOKEY);
	CHECK(strstr(fault.text, "luks_key UUID=" UUID));
	with_key("/dev/vda", "/etc/key");
	CHECK_EQ(want("dm-0"), -ENOENT);
	tree_text(&t, "/etc/key", "sixteen letters.");
	CHECK_EQ(want("dm-0"), -EINVAL);
	CHECK(strstr(fault.text, "16 bytes"));
	CHECK(strstr(fault.text, "has 64"));
	end();
}

TEST(encrypted_with_the_kernel_s_key)
{
	encrypted(":64:logon:cryptsetup:x-d0");
	with_key("UUID=" UUID, "keyring");
	CHECK_EQ(want("dm-0"), 0);
	line(0, "dm",
	     "vault 0 1000 crypt aes-xts-plain64 :64:user:kdump-cryptsetup:vk-" UUID
	     " 0 {UUID=" UUID "} 32768 1 sector_size:4096");
	end();
	encrypted(":64:logon:cryptsetup:x-d0");
	with_key("UUID=" UUID, "keyring:mine");
	CHECK_EQ(want("dm-0"), 0);
	CHECK(conf.n_stack == 1 && strstr(conf.stack[0].text, " :64:user:mine 0 "));
	end();
}

TEST(what_cannot_be_made)
{
	begin();
	pv("vda", "252:0", 'a');
	dm("dm-0", "254:0", "lvraid", "LVM-x", "0 8 raid raid1 3 0 region_size 1024 2 - 252:0\n");
	dm("dm-1", "254:1", "odd", "x", "0 8 flakey 252:0 0 1 1\n");
	dm("dm-2", "254:2", "a{b", "x", "0 8 linear 252:0 0\n");
	dm("dm-3", "254:3", "loop", "x", "0 8 linear 254:3 0\n");
	dm("dm-4", "254:4", "empty", "x", "0 8\n");
	dm("dm-5", "254:5", "gone", "x", "0 8 linear 9:9 0\n");
	dm("dm-6", "254:6", "odder", "x", "0 8 linear 252:0 #\n");
	CHECK_EQ(want("dm-0"), -EOPNOTSUPP);
	CHECK(strstr(fault.text, "lvraid is an LVM RAID volume; use"));
	CHECK_EQ(want("dm-1"), -EOPNOTSUPP);
	CHECK(strstr(fault.text, "flakey"));
	CHECK_EQ(want("dm-2"), -EINVAL);
	CHECK_EQ(want("dm-3"), -ELOOP);
	CHECK_EQ(want("dm-4"), -EINVAL);
	CHECK_EQ(want("dm-5"), -ENODEV);
	CHECK_EQ(want("dm-6"), -EINVAL);
	end();
}

/* Lines that were taken are lines that kdump-init takes. */
TEST(random_tables)
{
	static const char *const words[] = {
		"0",	       "8",	    "linear",
		"crypt",       "thin-pool", "thin",
		"striped",     "252:0",	    "{",
		"}",	       "#",	    "aes-xts-plain64",
		":64:logon:x", "-",	    "error_if_no_space",
		"1",	       "\n",	    "252:",
	};

	srand(1);
	for (int i = 0; i < 300; i++) {
		char table[1024] = "0 8 ";

		for (int k = rand() % 12; k > 0; k--)
			strcat(strcat(table, words[rand() % ARRAY_LEN(words)]), " ");
		begin();
		pv("vda", "252:0", 'a');
		dm("dm-0", "254:0", "x", "y", table);
		if (!want("dm-0")) {
			for (unsigned k = 0; k < conf.n_stack; k++) {
				_free_ char *text = strdup(conf.stack[k].text);
				struct stackline_dm d;

				CHECK_EQ(stackline_dm(text, &d), 0);
			}
		}
		end();
	}
}

TEST(multipath)
{
	begin();
	pv("sda", "8:0", 'a');
	pv("sdb", "8:16", 'a');
	dm("dm-0", "254:0", "mpatha", "mpath-3600", "0 8 multipath 0 0\n");
	tree_dir(&t, "/sys/devices/virtual/block/dm-0/slaves/sda");
	tree_dir(&t, "/sys/devices/virtual/block/dm-0/slaves/sdb");
	CHECK_EQ(want("dm-0"), 0);
	CHECK_STR(where, "UUID=of-the-file-system");
	CHECK_EQ(conf.n_stack, 0);
	end();
}

static void raid_member(const char *name, const char *number)
{
	static const uint8_t uuid[16] = { 0x0f, 0x7d, 0x2d, 0x5e, 0x3c, 0x51, 0x4c, 0x16,
					  0x8d, 0x2c, 0x8f, 0x4a, 0x6d, 0x1a, 0x9c, 0x11 };
	static uint8_t b[256 << 10];
	uint8_t *s = b + 4096;
	char path[64];

	in_sysfs(PCI "/virtio1/block", name, number);
	put_le32(s, 0xa92b4efc);
	put_le32(s + 4, 1);
	memcpy(s + 16, uuid, 16);
	put_le32(s + 92, 2);
	put_le32(s + 144, 8);
	put_le32(s + 200, 18);
	put_le32(s + 220, 2);
	snprintf(path, sizeof(path), "/dev/%s", name);
	tree_bytes(&t, path, b, sizeof(b));
}

static void raid(const char *version)
{
	begin();
	raid_member("vda", "252:0");
	raid_member("vdb", "252:16");
	in_sysfs("/sys/devices/virtual/block", "md127", "9:127");
	tree_text(&t, "/sys/devices/virtual/block/md127/md/metadata_version", version);
	tree_text(&t, "/sys/devices/virtual/block/md127/md/level", "raid1\n");
	tree_text(&t, "/sys/devices/virtual/block/md127/md/raid_disks", "2\n");
	tree_dir(&t, "/sys/devices/virtual/block/md127/slaves/vda");
	tree_dir(&t, "/sys/devices/virtual/block/md127/slaves/vdb");
	tree_text(&t, "/dev/md127", "");
}

TEST(raid_array)
{
	raid("1.2\n");
	CHECK_EQ(want("md127"), 0);
	CHECK_STR(where, "/dev/md127");
	line(0, "md", "md127 1.2 " UUID " 18 1");
	CHECK_STR(modules, "md_mod raid1 ");
	end();
}

TEST(volume_on_a_raid_array)
{
	raid("1.2\n");
	dm("dm-0", "254:0", "v", "LVM-x", "0 8 linear 9:127 2048\n");
	CHECK_EQ(want("dm-0"), 0);
	line(0, "md", "md127 1.2 " UUID " 18 1");
	line(1, "dm", "v 0 8 linear {/dev/md127} 2048");
	end();
}

TEST(arrays_that_cannot_be_assembled)
{
	raid("external:imsm\n");
	CHECK_EQ(want("md127"), -EOPNOTSUPP);
	CHECK(strstr(fault.text, "external:imsm"));
	end();
	raid("1.2\n");
	tree_text(&t, "/sys/devices/virtual/block/md127/md/level", "faulty\n");
	CHECK_EQ(want("md127"), -EOPNOTSUPP);
	end();
	raid("1.2\n");
	tree_text(&t, "/sys/devices/virtual/block/md127/md/raid_disks", "x\n");
	CHECK_EQ(want("md127"), -EINVAL);
	end();
	raid("1.2\n");
	dm("dm-0", "254:0", "v", "LVM-x", "");
	tree_dir(&t, "/sys/devices/virtual/block/md127/slaves/dm-0");
	CHECK_EQ(want("md127"), -EOPNOTSUPP);
	end();
}

TEST(halves_are_held)
{
	raid("1.2\n");
	CHECK(!holders_any(t.root, "vda"));
	tree_dir(&t, PCI "/virtio1/block/vda/holders/md127");
	CHECK(holders_any(t.root, "vda"));
	/* a partition of it is no device of its own either */
	in_sysfs(PCI "/virtio1/block/vda", "vda1", "252:1");
	CHECK(!holders_any(t.root, "vda1"));
	tree_text(&t, PCI "/virtio1/block/vda/vda1/partition", "1\n");
	CHECK(holders_any(t.root, "vda1"));
	end();
}
