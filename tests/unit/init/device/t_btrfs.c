/* SPDX-License-Identifier: MIT */
#include "init/device/btrfs_private.h"

#include "init/system/child.h"
#include "lib/cleanup.h"
#include "lib/clock.h"
#include "tests/unit/fake/tree.h"
#include "tests/unit/test.h"

static void put(const struct tree *t, const char *path, uint8_t devices, uint8_t high)
{
	static uint8_t image[65536 + 4096];

	image[65536 + 136] = devices;
	image[65536 + 137] = high;
	tree_bytes(t, path, image, sizeof(image));
}

TEST(number_of_devices)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	put(&t, "/one", 1, 0);
	put(&t, "/three", 3, 0);
	put(&t, "/none", 0, 0);
	put(&t, "/many", 0, 2);
	tree_text(&t, "/short", "x");
	CHECK_EQ(btrfs_devices(tree_path(&t, "/one")), 1);
	CHECK_EQ(btrfs_devices(tree_path(&t, "/three")), 3);
	CHECK_EQ(btrfs_devices(tree_path(&t, "/none")), 1);
	CHECK_EQ(btrfs_devices(tree_path(&t, "/many")), 1);
	CHECK_EQ(btrfs_devices(tree_path(&t, "/short")), 1);
	CHECK_EQ(btrfs_devices("/nowhere"), 1);
}

TEST(missing_ones_are_counted_in_time)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	struct device d = { .sb = { .type = "btrfs", .uuid = "no-disk-has-this" } };
	uint64_t start = clock_boot_ms();

	put(&t, "/three", 3, 0);
	snprintf(d.node, sizeof(d.node), "%s", tree_path(&t, "/three"));
	CHECK_EQ(btrfs_gather(&d, clock_boot_ms() + 300), 3);
	CHECK(clock_boot_ms() - start < 5000);
	put(&t, "/three", 1, 0);
	CHECK_EQ(btrfs_gather(&d, clock_boot_ms() + 300), 0);
}
