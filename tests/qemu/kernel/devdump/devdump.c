// SPDX-License-Identifier: MIT
/*
 * A device with much to dump: in a capture kernel this module adds a device dump of `mib` MiB to
 * /proc/vmcore, whose 8-byte words count up from 0.
 */
#include <linux/crash_dump.h>
#include <linux/module.h>

static unsigned int mib = 2040;
module_param(mib, uint, 0444);

static int fill(struct vmcoredd_data *data, void *buf)
{
	u64 *words = buf, n = data->size / sizeof(*words);

	for (u64 i = 0; i < n; i++)
		words[i] = i;
	return 0;
}

static int __init devdump_init(void)
{
	struct vmcoredd_data data = { .dump_name = "devdump",
				      .size = mib << 20,
				      .vmcoredd_callback = fill };

	return is_kdump_kernel() ? vmcore_add_device_dump(&data) : 0;
}

module_init(devdump_init);
MODULE_DESCRIPTION("A device dump of a given size, for tests");
MODULE_LICENSE("Dual MIT/GPL");
