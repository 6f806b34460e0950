/* SPDX-License-Identifier: MIT */
#include "init/back/bus_masters.h"

#include <stdbool.h>

#include "lib/cleanup.h"
#include "tests/unit/fake/tree.h"
#include "tests/unit/test.h"

/* A function whose command register is command; driver: it has one. */
static void put(const struct tree *t, const char *name, const char *class, unsigned char command,
		bool driver)
{
	unsigned char config[64] = { 0x86, 0x80, 0, 0, command, 0x01 };
	char path[96];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/config", name);
	tree_bytes(t, path, config, sizeof(config));
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/class", name);
	tree_text(t, path, class);
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/driver", name);
	if (driver)
		tree_dir(t, path);
}

static unsigned command(const struct tree *t, const char *name)
{
	char path[96];
	unsigned char config[64];
	FILE *f;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/config", name);
	f = fopen(tree_path(t, path), "r");
	CHECK_EQ(fread(config, 1, sizeof(config), f), sizeof(config));
	fclose(f);
	return config[4] | config[5] << 8;
}

TEST(who_may_write_to_memory)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	unsigned left = 9;

	put(&t, "0000:00:03.0", "0x020000\n", 0x07, false);
	put(&t, "0000:00:04.0", "0x010802\n", 0x07, true);
	put(&t, "0000:00:01.0", "0x060400\n", 0x07, false);
	put(&t, "0000:00:05.0", "0x030000\n", 0x03, false);
	CHECK_EQ(bus_masters_stop(t.root, &left), 1);
	CHECK_EQ(left, 0);
	CHECK_EQ(command(&t, "0000:00:03.0"), 0x0103);
	/* its driver stops it, and needs it until then; behind a bridge there may be one */
	CHECK_EQ(command(&t, "0000:00:04.0"), 0x0107);
	CHECK_EQ(command(&t, "0000:00:01.0"), 0x0107);
	CHECK_EQ(command(&t, "0000:00:05.0"), 0x0103);
	/* one that cannot be read may still be a master */
	tree_text(&t, "/sys/bus/pci/devices/0000:00:06.0/config", "");
	CHECK_EQ(bus_masters_stop(t.root, &left), 0);
	CHECK_EQ(left, 1);
}

TEST(no_pci)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	unsigned left = 9;

	CHECK_EQ(bus_masters_stop(t.root, &left), 0);
	CHECK_EQ(left, 0);
}
