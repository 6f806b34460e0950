/* SPDX-License-Identifier: MIT */
#include "mkinitrd/watchdogs.h"

#include "lib/cleanup.h"
#include "tests/unit/test.h"
#include "tests/unit/tree.h"

#define PCI "/sys/devices/pci0000:00/0000:00:1f.4"

static struct kmods mods;
static struct fault fault;

/* A watchdog on a chip's device, whose drivers are modules. */
static struct tree machine_with(const char *state)
{
	struct tree t = tree_make();

	tree_text(&t, "/lib/modules/k/modules.dep",
		  "kernel/i2c-i801.ko:\nkernel/wdt.ko: kernel/wdt_help.ko\nkernel/wdt_help.ko:\n");
	tree_dir(&t, "/sys/bus/drivers/i801");
	tree_link(&t, "/sys/bus/drivers/i801/module", "/sys/module/i2c_i801");
	tree_dir(&t, "/sys/bus/drivers/wdt");
	tree_link(&t, "/sys/bus/drivers/wdt/module", "/sys/module/wdt");
	tree_dir(&t, PCI "/wdt.0/watchdog/watchdog0");
	tree_link(&t, PCI "/driver", "../../../bus/drivers/i801");
	tree_link(&t, PCI "/wdt.0/driver", "../../../../bus/drivers/wdt");
	tree_link(&t, "/sys/class/watchdog/watchdog0",
		  "../../devices/pci0000:00/0000:00:1f.4/wdt.0/watchdog/watchdog0");
	if (state)
		tree_text(&t, PCI "/wdt.0/watchdog/watchdog0/state", state);
	return t;
}

/* The modules' names, in order. */
static const char *wanted(const struct tree *t, bool *found)
{
	struct machine m = {.root = t->root, .same_kernel = true};
	static char names[256];
	size_t n = 0;

	fault = (struct fault){0};
	CHECK_EQ(kmods_open(t->root, "k", &mods, &fault), 0);
	CHECK_EQ(watchdogs_want(&m, &mods, found, &fault), 0);
	names[0] = '\0';
	for (unsigned i = 0; i < mods.n_list; i++)
		n += (size_t)snprintf(names + n, sizeof(names) - n, "%s%s", i ? " " : "",
				      mods.list[i]->name);
	kmods_close(&mods);
	return names;
}

TEST(armed_one_with_its_parents)
{
	_cleanup_(tree_remove) struct tree t = machine_with("active\n");
	bool found = false;

	CHECK_STR(wanted(&t, &found), "i2c_i801 wdt_help wdt");
	CHECK(found);
}

TEST(unarmed_one_is_left_alone)
{
	_cleanup_(tree_remove) struct tree t = machine_with("inactive\n");
	bool found = true;

	CHECK_STR(wanted(&t, &found), "");
	CHECK(!found);
}

TEST(kernel_that_does_not_say)
{
	_cleanup_(tree_remove) struct tree t = machine_with(NULL);
	bool found = false;

	CHECK_STR(wanted(&t, &found), "i2c_i801 wdt_help wdt");
	CHECK(found);
}

TEST(watchdog_of_the_kernel_itself)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	bool found = true;

	tree_text(&t, "/lib/modules/k/modules.dep", "kernel/softdog.ko:\n");
	tree_text(&t, "/sys/devices/virtual/watchdog/watchdog0/state", "active\n");
	tree_link(&t, "/sys/class/watchdog/watchdog0", "../../devices/virtual/watchdog/watchdog0");
	CHECK_STR(wanted(&t, &found), "");
	CHECK(!found);
}

TEST(driver_that_the_crash_kernel_lacks)
{
	_cleanup_(tree_remove) struct tree t = machine_with("active\n");
	bool found = false;

	tree_text(&t, "/lib/modules/k/modules.dep", "kernel/i2c-i801.ko:\n");
	CHECK_STR(wanted(&t, &found), "i2c_i801");
	CHECK(found);
}

TEST(no_watchdog)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	bool found = true;

	tree_text(&t, "/lib/modules/k/modules.dep", "kernel/a.ko:\n");
	CHECK_STR(wanted(&t, &found), "");
	CHECK(!found);
}
