/* SPDX-License-Identifier: MIT */
#include "mkinitrd/kernel/kmods.h"

#include <errno.h>

#include "lib/cleanup.h"
#include "tests/unit/fake/tree.h"
#include "tests/unit/test.h"

#define FOLDER "/lib/modules/6.1.0/"

static void make(const struct tree *t)
{
	tree_text(
		t, FOLDER "modules.dep",
		"kernel/fs/btrfs/btrfs.ko.xz: kernel/crypto/xor.ko.xz kernel/lib/libcrc32c.ko.xz\n"
		"kernel/crypto/xor.ko.xz:\n"
		"kernel/lib/libcrc32c.ko.xz:\n"
		"kernel/arch/x86/crypto/crc32c-intel.ko.xz:\n"
		"kernel/crypto/blake2b_generic.ko.xz:\n"
		"kernel/drivers/a.ko: kernel/drivers/late.ko\n"
		"kernel/drivers/late.ko:\n"
		"kernel/drivers/b.ko:\n"
		"kernel/drivers/broken.ko: kernel/drivers/absent.ko\n"
		"kernel/drivers/virtio_net.ko:\n");
	tree_text(t, FOLDER "modules.builtin",
		  "kernel/fs/ext4/ext4.ko\nkernel/drivers/virtio/virtio-pci.ko\n");
	tree_text(t, FOLDER "modules.softdep",
		  "# Soft dependencies\n"
		  "softdep btrfs pre: blake2b-256\n"
		  "softdep btrfs pre: sha256\n"
		  "softdep libcrc32c pre: crc32c\n"
		  "softdep a pre: b post: xor\n"
		  "softdep a nonsense\n"
		  "softdep b pre: a\n");
	tree_text(t, FOLDER "modules.alias",
		  "# Aliases\n"
		  "alias blake2b-256 blake2b_generic\n"
		  "alias crypto-crc32c crc32c_intel\n"
		  "alias crc32c crc32c_intel\n"
		  "alias virtio:d00000001v* virtio_net\n"
		  "alias of:N*T*Cfoo,bar-[a-c] b\n");
}

/* The names on the list, with a blank between them. */
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

TEST(dependencies_and_softdeps_in_order)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	_cleanup_(kmods_close) struct kmods m;
	struct fault f = { 0 };

	make(&t);
	CHECK_EQ(kmods_open(t.root, "6.1.0", &m, &f), 0);
	CHECK_EQ(kmods_want(&m, "btrfs", &f), 0);
	CHECK_STR(list(&m), "xor crc32c_intel libcrc32c blake2b_generic btrfs");
	CHECK_STR(m.list[1]->file, "kernel/arch/x86/crypto/crc32c-intel.ko.xz");
	/* nothing twice */
	CHECK_EQ(kmods_want(&m, "btrfs", &f), 0);
	CHECK_EQ(kmods_want(&m, "crc32c-intel", &f), 0);
	CHECK_EQ(m.n_list, 5);
}

TEST(softdeps_before_and_after_and_in_a_circle)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	_cleanup_(kmods_close) struct kmods m;
	struct fault f = { 0 };

	make(&t);
	CHECK_EQ(kmods_open(t.root, "6.1.0", &m, &f), 0);
	CHECK_EQ(kmods_want(&m, "a", &f), 0);
	CHECK_STR(list(&m), "late b a xor");
}

TEST(built_in_is_skipped)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	_cleanup_(kmods_close) struct kmods m;
	struct fault f = { 0 };
	unsigned found;

	make(&t);
	CHECK_EQ(kmods_open(t.root, "6.1.0", &m, &f), 0);
	CHECK_EQ(kmods_want(&m, "ext4", &f), 0);
	CHECK_EQ(kmods_want_any(&m, "virtio_pci", &found, &f), 0);
	CHECK_EQ(found, 1);
	CHECK_EQ(m.n_list, 0);
}

TEST(aliases)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	_cleanup_(kmods_close) struct kmods m;
	struct fault f = { 0 };
	unsigned found;

	make(&t);
	CHECK_EQ(kmods_open(t.root, "6.1.0", &m, &f), 0);
	CHECK_EQ(kmods_want_any(&m, "virtio:d00000001v00001AF4", &found, &f), 0);
	CHECK_EQ(found, 1);
	CHECK_EQ(kmods_want_any(&m, "of:NxTyCfoo,bar-b", &found, &f), 0);
	CHECK_EQ(found, 1);
	CHECK_EQ(kmods_want_any(&m, "of:NxTyCfoo,bar-d", &found, &f), 0);
	CHECK_EQ(found, 0);
	CHECK_STR(list(&m), "virtio_net late a xor b");
}

TEST(absent)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	_cleanup_(kmods_close) struct kmods m;
	struct fault f = { 0 };

	make(&t);
	CHECK_EQ(kmods_open(t.root, "6.1.0", &m, &f), 0);
	CHECK_EQ(kmods_want(&m, "nvme", &f), -ENOENT);
	CHECK_STR(f.text, "kernel 6.1.0 has no module nvme, and it is not built in");
	CHECK_EQ(kmods_want(&m, "broken", &f), -ENOENT);
	CHECK(strstr(f.text, "broken needs kernel/drivers/absent.ko"));
	CHECK(!kmods_find(&m, "a-name-that-is-longer-than-any-module-of-the-kernel-could-ever-be"));
}

TEST(no_such_kernel)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	struct kmods m;
	struct fault f = { 0 };

	make(&t);
	CHECK_EQ(kmods_open(t.root, "6.2.0", &m, &f), -ENOENT);
	CHECK(strstr(f.text, "/lib/modules/6.2.0"));
}

TEST(kernel_without_modules)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	_cleanup_(kmods_close) struct kmods m;
	struct fault f = { 0 };

	tree_text(&t, "/usr/lib/modules/tiny/modules.builtin", "kernel/fs/ext4/ext4.ko\n");
	CHECK_EQ(kmods_open(t.root, "tiny", &m, &f), 0);
	CHECK_EQ(kmods_want(&m, "ext4", &f), 0);
	CHECK_EQ(kmods_want(&m, "xfs", &f), -ENOENT);
	CHECK_EQ(m.n_list, 0);
}

TEST(too_many)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	_cleanup_(kmods_close) struct kmods m;
	struct fault f = { 0 };
	char text[16384] = "", line[32], name[16];
	int r = 0, i;

	for (i = 0; i <= CONF_MAX_MODULES; i++) {
		snprintf(line, sizeof(line), "kernel/m%d.ko:\n", i);
		strcat(text, line);
	}
	tree_text(&t, "/lib/modules/k/modules.dep", text);
	CHECK_EQ(kmods_open(t.root, "k", &m, &f), 0);
	for (i = 0; i <= CONF_MAX_MODULES && !r; i++) {
		snprintf(name, sizeof(name), "m%d", i);
		r = kmods_want(&m, name, &f);
	}
	CHECK_EQ(r, -E2BIG);
	CHECK_EQ(m.n_list, CONF_MAX_MODULES);
}
