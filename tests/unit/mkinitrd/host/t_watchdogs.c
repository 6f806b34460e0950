/* SPDX-License-Identifier: MIT */
#include "mkinitrd/host/watchdogs.h"

#include "lib/cleanup.h"
#include "tests/unit/fake/tree.h"
#include "tests/unit/test.h"

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
	struct machine m = { .root = t->root, .same_kernel = true };
	static char names[256];
	size_t n = 0;

	fault = (struct fault){ 0 };
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

/* One that names no device, as i6300esb's does not; its module is bound to one. */
static struct tree machine_without_device(const char *identity)
{
	struct tree t = tree_make();

	tree_text(&t, "/lib/modules/k/modules.dep",
		  "kernel/drivers/watchdog/softdog.ko:\nkernel/drivers/watchdog/esb-wdt.ko:\n"
		  "kernel/drivers/watchdog/idle.ko:\nkernel/drivers/net/nic.ko:\n"
		  "kernel/drivers/bridge.ko:\n");
	tree_text(&t, "/sys/devices/virtual/watchdog/watchdog0/state", "active\n");
	tree_link(&t, "/sys/class/watchdog/watchdog0", "../../devices/virtual/watchdog/watchdog0");
	if (identity)
		tree_text(&t, "/sys/devices/virtual/watchdog/watchdog0/identity", identity);
	tree_text(&t, "/sys/module/softdog/initstate", "live\n");
	tree_text(&t, "/sys/module/nic/initstate", "live\n");
	tree_dir(&t, "/sys/module/idle");
	return t;
}

static void load_driver(const struct tree *t)
{
	tree_text(t, "/sys/module/esb_wdt/initstate", "live\n");
	tree_link(t, "/sys/module/esb_wdt/drivers/pci:esb", "../../../bus/pci/drivers/esb");
	tree_link(t, "/sys/bus/pci/drivers/esb/module", "../../../../module/esb_wdt");
	tree_link(t, "/sys/bus/pci/drivers/esb/0000:00:05.0",
		  "../../../../devices/bridge/0000:00:05.0");
	tree_dir(t, "/sys/devices/bridge/0000:00:05.0");
	tree_link(t, "/sys/devices/bridge/0000:00:05.0/driver", "../../../bus/pci/drivers/esb");
	tree_link(t, "/sys/devices/bridge/driver", "../../bus/drivers/bridge");
	tree_dir(t, "/sys/bus/drivers/bridge");
	tree_link(t, "/sys/bus/drivers/bridge/module", "/sys/module/bridge");
}

TEST(without_a_device_the_loaded_driver_counts)
{
	static const char *const identities[] = { "i6300ESB timer\n", NULL };

	for (unsigned i = 0; i < 2; i++) {
		_cleanup_(tree_remove) struct tree t = machine_without_device(identities[i]);
		bool found = false;

		load_driver(&t);
		CHECK_STR(wanted(&t, &found), "bridge esb_wdt");
		CHECK(found);
	}
}

/* it87_wdt and the like talk to ports: no bus knows them. */
TEST(driver_without_a_bus)
{
	_cleanup_(tree_remove) struct tree t = machine_without_device("IT87 WDT\n");
	bool found = false;

	tree_text(&t, "/sys/module/esb_wdt/initstate", "live\n");
	CHECK_STR(wanted(&t, &found), "esb_wdt");
	CHECK(found);
}

/* Built in, or a module that lies elsewhere: kdump-init looks for it all the same. */
TEST(driver_that_cannot_be_seen)
{
	_cleanup_(tree_remove) struct tree t = machine_without_device("Vendor's WDT\n");
	bool found = false;

	CHECK_STR(wanted(&t, &found), "");
	CHECK(found);
}

TEST(softdog_beside_a_driver_that_nobody_armed)
{
	_cleanup_(tree_remove) struct tree t = machine_without_device("Software Watchdog\n");
	bool found = true;

	load_driver(&t);
	CHECK_STR(wanted(&t, &found), "");
	CHECK(!found);
}

TEST(softdog_where_the_kernel_tells_nothing)
{
	_cleanup_(tree_remove) struct tree t = machine_without_device(NULL);
	bool found = true;

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
