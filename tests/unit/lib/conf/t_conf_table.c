/* SPDX-License-Identifier: MIT */
/*
 * What rows of the table must have for their functions, and what all rows have in common.
 */
#include "lib/conf/conf_table.h"

#include <errno.h>

#include "lib/cleanup.h"
#include "lib/conf/conf_parse.h"
#include "tests/unit/fake/confparse.h"
#include "tests/unit/test.h"

/* Two values of each directive that are in order; some directives refuse the same one twice. */
static const struct {
	const char *name;
	bool repeats;
	const char *first, *second;
} values[] = {
	{ "path", false, "/a", "/b" },
	{ "ext4", true, "/dev/a", "/dev/b" },
	{ "xfs", true, "/dev/a", "/dev/b" },
	{ "btrfs", true, "/dev/a", "/dev/b subvol=c" },
	{ "f2fs", true, "/dev/a", "/dev/b" },
	{ "vfat", true, "/dev/a", "/dev/b" },
	{ "auto", true, "/dev/a", "/dev/b" },
	{ "virtiofs", true, "a", "b" },
	{ "9p", true, "a", "b" },
	{ "ubifs", true, "ubi0:a", "MTD=b:c" },
	{ "raw", true, "/dev/a", "/dev/b overwrite" },
	{ "mtd", true, "a", "b overwrite" },
	{ "https", true, "https://a/", "https://b/" },
	{ "https_ca", false, "/a", "/b" },
	{ "nfs", true, "a:/x", "b:/x vers=3" },
	{ "nfs4", true, "a:/x", "b:/x proto=tcp" },
	{ "net", true, "auto dhcp", "a 192.0.2.1/24" },
	{ "link", true, "a vlan b 1", "b bond c d mode=1" },
	{ "ntp", false, "a b", "c" },
	{ "https_method", false, "PUT", "POST" },
	{ "https_header", true, "A: b", "C: d" },
	{ "https_cert", false, "/a", "/b" },
	{ "https_key", false, "/a", "/b" },
	{ "s3", true, "s3://abc", "s3://abc/d" },
	{ "s3_endpoint", false, "https://a", "https://b:1" },
	{ "s3_region", false, "a", "b-1" },
	{ "s3_style", false, "path", "host" },
	{ "s3_credentials", false, "/a", "instance" },
	{ "beacon", true, "udp://a", "https://b/c" },
	{ "sftp", true, "a@b", "c@d:22" },
	{ "ssh", true, "a@b", "c@[::1]:22" },
	{ "sshkey", false, "/a", "/b" },
	{ "fence_kdump_nodes", false, "a", "b" },
	{ "fence_kdump_args", false, "-p 1", "-p 2" },
	{ "core_collector", false, "kdump-dumper -d 1", "makedumpfile -d 2" },
	{ "encrypt", true, "age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2z",
	  "/etc/kdump.keys" },
	{ "target_timeout", false, "10", "11" },
	{ "target_deadline", false, "10", "11" },
	{ "deadline", false, "10", "11" },
	{ "step_timeout", false, "10", "11" },
	{ "stall_timeout", false, "10", "11" },
	{ "hook_timeout", false, "10", "11" },
	{ "failure_action", false, "halt", "shell" },
	{ "final_action", false, "halt", "kexec" },
	{ "kexec_kernel", false, "/a", "/b" },
	{ "kexec_initrd", false, "/a", "none" },
	{ "kexec_min_uptime", false, "0", "11" },
	{ "keep", false, "1", "2" },
	{ "keep_bytes", false, "1", "2G" },
	{ "min_free", false, "1", "2G" },
	{ "crash_loop", false, "1 2", "3 4" },
	{ "watchdog", false, "yes", "no" },
	{ "kdump_pre", false, "/a", "/b" },
	{ "kdump_post", false, "/a", "/b" },
	{ "kdump_emergency", false, "/a", "/b" },
	{ "notify", false, "/a", "/b" },
	{ "extra_bins", false, "/a", "/b /c" },
	{ "extra_modules", false, "a", "b c" },
	{ "options", true, "a b=1", "a c=2" },
	{ "cmdline_append", false, "a=1", "b \"c d\" e" },
	{ "cmdline_remove", false, "a", "b c" },
	{ "luks_key", true, "/dev/a /key", "/dev/b keyring" },
	{ "module", true, "/a", "/b" },
	{ "host", false, "a", "b" },
	{ "kexec_disk", false, "ext4 UUID=1", "btrfs /dev/b subvol=c" },
	{ "dm", true, "a 0 8 zero", "b 0 8 zero" },
	{ "md", true, "md0 1.2", "md1 1.2" },
	{ "ext3", true, "/dev/a", "/dev/b" },
	{ "ext2", true, "/dev/a", "/dev/b" },
	{ "default", false, "halt", "shell" },
	{ "link_delay", false, "10", "11" },
	{ "disk_timeout", false, "10", "11" },
	{ "dracut_args", false, "--xz", "--gzip" },
	{ "auto_reset_crashkernel", false, "yes", "no" },
	{ "force_rebuild", false, "1", "0" },
	{ "force_no_rebuild", false, "1", "0" },
	{ "override_resettable", false, "1", "0" },
	{ "blacklist", false, "a", "b" },
	{ "debug_mem_level", false, "1", "2" },
};

TEST(each_row_takes_its_value)
{
	char file[160], said[80];

	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		const char *name = values[i].name;
		const struct conf_directive *d = conf_find_directive(name);

		CHECK(d);
		snprintf(file, sizeof(file), "%s %s\n", name, values[i].first);
		CHECK_EQ(parse(file), 0);
		snprintf(file, sizeof(file), "%s %s\n", name, values[i].second);
		CHECK_EQ(parse(file), 0);
		CHECK_EQ(conf.resolved, !!(d->flags & CONF_IMAGE));
		snprintf(file, sizeof(file), "%s %s\n%s %s\n", name, values[i].first, name,
			 values[i].second);
		snprintf(said, sizeof(said), "is in line 1 already; remove one");
		if (values[i].repeats)
			CHECK_EQ(parse(file), 0);
		else
			check_refused(file, 2, said);
		snprintf(file, sizeof(file), "%s\n", name);
		snprintf(said, sizeof(said), "%s has no value", name);
		if (!(d->flags & CONF_NO_VALUE))
			check_refused(file, 1, said);
	}
}

/* All others are refused, with or without a value. */
TEST(rows_are_taken_or_refused)
{
	unsigned refused = 0;
	char file[80], said[80];

	for (size_t i = 0; i < conf_n_directives; i++) {
		const struct conf_directive *d = &conf_directives[i];
		bool taken = false;

		for (size_t k = 0; k < ARRAY_LEN(values); k++)
			taken |= !strcmp(values[k].name, d->name);
		CHECK_EQ(taken, d->parse != conf_parse_refused);
		if (taken)
			continue;
		refused++;
		snprintf(file, sizeof(file), "%s\n%s a:/b\n", d->name, d->name);
		snprintf(said, sizeof(said), "%s is not supported", d->name);
		check_refused(file, 1, said);
		CHECK_EQ(found.n_errors, 2);
	}
	CHECK_EQ(refused, 1);
}

TEST(rows_have_what_their_functions_need)
{
	for (size_t i = 0; i < conf_n_directives; i++) {
		const struct conf_directive *d = &conf_directives[i];

		CHECK(d->parse && conf_find_directive(d->name) == d);
		if (d->parse == conf_parse_number)
			CHECK(d->text && d->min < d->max && d->member);
		if (d->parse == conf_parse_refused || d->parse == conf_parse_no_effect)
			CHECK(d->text && d->flags & CONF_FOREIGN);
		if (d->flags & CONF_ALIAS)
			CHECK(conf_find_directive(d->text) &&
			      conf_find_directive(d->text)->parse == d->parse &&
			      conf_find_directive(d->text)->member == d->member);
	}
}
