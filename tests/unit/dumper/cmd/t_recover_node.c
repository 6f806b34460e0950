/* SPDX-License-Identifier: MIT */
#include "dumper/cmd/recover_raw.h"

#include "lib/cleanup.h"
#include "tests/unit/fake/tree.h"
#include "tests/unit/test.h"

static const char *node(const struct tree *t, const char *where)
{
	static char buf[PATH_MAX];

	recover_node(t->root, where, buf, sizeof(buf));
	return buf;
}

TEST(names_of_kdump_conf)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	tree_text(&t, "/sys/class/block/vda/serial", "dumps-1");
	tree_text(&t, "/sys/class/block/cciss!c0d0/serial", "dumps-2");
	CHECK_STR(node(&t, "/dev/vda"), "/dev/vda");
	CHECK_STR(node(&t, "UUID=1-2"), "/dev/disk/by-uuid/1-2");
	CHECK_STR(node(&t, "PARTLABEL=d"), "/dev/disk/by-partlabel/d");
	CHECK_STR(node(&t, "DISK=dumps-1"), "/dev/vda");
	CHECK_STR(node(&t, "DISK=dumps-2"), "/dev/cciss/c0d0");
	/* it is what the message names */
	CHECK_STR(node(&t, "DISK=dumps-3"), "DISK=dumps-3");
}
