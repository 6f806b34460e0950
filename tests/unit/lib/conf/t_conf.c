/* SPDX-License-Identifier: MIT */
#include "lib/conf/conf.h"

#include <errno.h>
#include <fcntl.h>

#include "lib/cleanup.h"
#include "lib/io.h"
#include "tests/unit/fake/confparse.h"
#include "tests/unit/test.h"

TEST(empty_file_gives_the_defaults)
{
	CHECK_EQ(parse(""), 0);
	CHECK_EQ(conf.n_targets, 0);
	CHECK_STR(conf.path, "/var/crash");
	CHECK_EQ(conf.limits.target_timeout_s, 30);
	CHECK_EQ(conf.failure_action, CONF_REBOOT);
	CHECK_EQ(conf.final_action, CONF_REBOOT);
	CHECK_EQ(conf.collector.levels[0], 31);
	CHECK_EQ(conf.collector.codec, DUMP_ZSTD);
	CHECK_EQ(conf.collector.n_notes, 0);
	CHECK_EQ(conf.n_nets, 0);
	CHECK(!conf.resolved && !conf.host && !conf.https_ca);
}

TEST(whole_file)
{
	CHECK_EQ(parse("# crash dumps\n"
		       "\n"
		       "  path\t/srv/crash   # with a comment\r\n"
		       "https https://dumps.example.org:8443/in\n"
		       "https_ca /etc/ssl/own.pem\n"
		       "net enp1s0 192.0.2.7/24 dns 192.0.2.53 gateway 192.0.2.1\n"
		       "xfs \"UUID=0f7d2d5e-3c51-4c16-8d2c-8f4a6d1a9c11\"\n"
		       "auto /dev/vdb1\n"
		       "target_timeout 5\n"
		       "failure_action halt\n"
		       "final_action poweroff\n"
		       "extra_modules a b  c\n"
		       "core_collector makedumpfile -l --message-level 7 -d 17"),
		 0);
	CHECK_STR(conf.path, "/srv/crash");
	CHECK_EQ(conf.n_targets, 3);
	CHECK_EQ(conf.targets[0].kind, CONF_TARGET_HTTPS);
	CHECK_STR(conf.targets[0].type, "https");
	CHECK_STR(conf.targets[0].where, "https://dumps.example.org:8443/in");
	CHECK_EQ(conf.targets[1].kind, CONF_TARGET_FS);
	CHECK_STR(conf.targets[1].type, "xfs");
	CHECK_STR(conf.targets[1].where, "UUID=0f7d2d5e-3c51-4c16-8d2c-8f4a6d1a9c11");
	CHECK_EQ(conf.targets[1].line, 7);
	CHECK_STR(conf.targets[2].type, "auto");
	CHECK_STR(conf.https_ca, "/etc/ssl/own.pem");
	CHECK_EQ(conf.n_nets, 1);
	CHECK(!conf.nets[0].dhcp);
	CHECK_STR(conf.nets[0].iface, "enp1s0");
	CHECK_STR(conf.nets[0].addresses[0], "192.0.2.7/24");
	CHECK_STR(conf.nets[0].routes[0].via, "192.0.2.1");
	CHECK(!conf.nets[0].routes[0].to);
	CHECK_STR(conf.nets[0].dns[0], "192.0.2.53");
	CHECK_EQ(conf.limits.target_timeout_s, 5);
	CHECK_EQ(conf.failure_action, CONF_HALT);
	CHECK_EQ(conf.final_action, CONF_POWEROFF);
	CHECK_EQ(conf.n_extra_modules, 3);
	CHECK_STR(conf.extra_modules[2], "c");
	CHECK_EQ(conf.collector.levels[0], 17);
	CHECK_EQ(conf.collector.codec, DUMP_LZO);
	CHECK(!conf.resolved);
}

TEST(units_of_sizes)
{
	CHECK_EQ(parse("keep_bytes 3t\nmin_free 2g\n"), 0);
	CHECK_EQ(conf.keep.bytes, 3ull << 40);
	CHECK_EQ(conf.keep.min_free, 2ull << 30);
	CHECK_EQ(parse("keep_bytes 16777215T\nmin_free 7k\n"), 0);
	CHECK_EQ(conf.keep.bytes, 16777215ull << 40);
	CHECK_EQ(conf.keep.min_free, 7 << 10);
}

TEST(storage_limits_and_hooks)
{
	CHECK_EQ(parse("btrfs PARTUUID=1-2 subvol=/@\nraw PARTLABEL=crash overwrite\n"
		       "virtiofs dumps\n9p host0\nf2fs DISK=naa.5000c500\n"
		       "keep 5\nkeep_bytes 20G\nmin_free 1048576\ncrash_loop 3 60\n"
		       "target_deadline 600\ndeadline 3600\nstep_timeout 20\nstall_timeout 30\n"
		       "hook_timeout 9\nwatchdog no\nkdump_pre /etc/a\nkdump_post /etc/b\n"
		       "extra_bins /bin/c /bin/d\nfailure_action shell\n"
		       "luks_key UUID=7 /root/key\nluks_key /dev/vdb /root/key2\n"),
		 0);
	CHECK_STR(conf.targets[0].where, "PARTUUID=1-2");
	CHECK_STR(conf.targets[0].subvol, "/@");
	CHECK_EQ(conf.targets[1].kind, CONF_TARGET_RAW);
	CHECK(conf.targets[1].overwrite && !conf.targets[0].overwrite);
	CHECK_EQ(conf.targets[2].kind, CONF_TARGET_SHARE);
	CHECK_STR(conf.targets[2].type, "virtiofs");
	CHECK_STR(conf.targets[3].where, "host0");
	CHECK_STR(conf.targets[4].type, "f2fs");
	CHECK_EQ(conf.keep.dumps, 5);
	CHECK_EQ(conf.keep.bytes, 20ull << 30);
	CHECK_EQ(conf.keep.min_free, 1 << 20);
	CHECK_EQ(conf.keep.loop_crashes, 3);
	CHECK_EQ(conf.keep.loop_minutes, 60);
	CHECK_EQ(conf.limits.target_deadline_s, 600);
	CHECK_EQ(conf.limits.deadline_s, 3600);
	CHECK_EQ(conf.limits.step_timeout_s, 20);
	CHECK_EQ(conf.limits.stall_timeout_s, 30);
	CHECK_EQ(conf.limits.hook_timeout_s, 9);
	CHECK(!conf.watchdog && !conf.resolved);
	CHECK_STR(conf.hooks[CONF_HOOK_PRE], "/etc/a");
	CHECK_STR(conf.hooks[CONF_HOOK_POST], "/etc/b");
	CHECK(!conf.hooks[CONF_HOOK_EMERGENCY]);
	CHECK_EQ(conf.n_extra_bins, 2);
	CHECK_STR(conf.extra_bins[1], "/bin/d");
	CHECK_EQ(conf.failure_action, CONF_SHELL);
	CHECK_EQ(conf.n_luks_keys, 2);
	CHECK_STR(conf.luks_keys[1].device, "/dev/vdb");
	CHECK_STR(conf.luks_keys[1].file, "/root/key2");
	CHECK_EQ(conf.luks_keys[1].line, 21);
}

TEST(stacked_devices_of_the_image)
{
	CHECK_EQ(parse("dm vg-a 0 8 linear {UUID=1} 0\ndm vg-a 8 8 linear {UUID=2} 0\n"
		       "ext4 UUID=3\nmd md0 raid1\nxfs UUID=4\n"),
		 0);
	CHECK(conf.resolved);
	CHECK_EQ(conf.n_stack, 3);
	CHECK_STR(conf.stack[1].kind, "dm");
	CHECK_STR(conf.stack[1].text, "vg-a 8 8 linear {UUID=2} 0");
	CHECK_EQ(conf.stack[1].line, 2);
	CHECK_STR(conf.stack[2].kind, "md");
	CHECK_EQ(conf.stack[2].line, 4);
}

TEST(image_file)
{
	CHECK_EQ(parse("module /lib/modules/jbd2.ko\nmodule /lib/modules/ext4.ko\nhost web7\n"
		       "net 52:54:00:12:34:56 dhcp\next3 LABEL=dumps\n"),
		 0);
	CHECK(conf.resolved);
	CHECK_EQ(conf.n_modules, 2);
	CHECK_STR(conf.modules[0], "/lib/modules/jbd2.ko");
	CHECK_STR(conf.modules[1], "/lib/modules/ext4.ko");
	CHECK_STR(conf.host, "web7");
	CHECK(conf.nets[0].dhcp);
	CHECK_STR(conf.nets[0].iface, "52:54:00:12:34:56");
	CHECK_STR(conf.targets[0].type, "ext4");
}

TEST(unknown_and_repeated)
{
	check_refused("path /a\n\nexxt4 /dev/vda\n", 3,
		      "unknown directive 'exxt4'; known: path ext4");
	CHECK(strstr(error.text, "extra_modules"));
	CHECK(!strstr(error.text, "host"));
	check_refused("path /a\n\npath /b\n", 3, "path is in line 1 already");
	CHECK_STR(conf.path, "/a");
	check_refused("failure_action halt\ndefault shell\n", 2,
		      "failure_action is in line 1 already");
	check_refused("default halt\nfailure_action shell\n", 2,
		      "failure_action is in line 1 already");
	check_refused("KDUMP_SAVEDIR=\"/var/crash\"\n", 1, "a shell's variable");
	check_refused("KDUMP_SAVEDIR=\"/var/crash\"\n", 1, "write `path DIR`");
	check_refused("KDUMP_KEEP_OLD_DUMPS=5\n", 1, "write `keep N`");
	check_refused("MAKEDUMP_ARGS=\"-c -d 31\"\n", 1, "write `core_collector makedumpfile");
	check_refused("KDUMP_KERNELVER=\"\"\n", 1, "kdump-mkinitrd -k");
	check_refused("KDUMP_KERNELVERS=\"\"\n", 1, "such as `path /var/crash`");
	check_refused("final_action halt\nfinal_action halt", 2, "already");
	check_refused("ext4 /dev/vda\nxfs /dev/vda\n", 2, "is in line 1 already");
	check_refused("averyveryverylongdirectivenamethatnobodywouldeverwrite x\n", 1,
		      "'averyveryverylon'");
	check_refused("path\n", 1, "path has no value");
	check_refused("path \"  \"\n", 1, "path has no value");
	check_refused("ext4 ''\n", 1, "ext4 has no value");
	check_refused("core_collector \" \"\n", 1, "has no value");
}

TEST(what_would_send_the_dump_elsewhere_is_refused)
{
	check_refused("minix /dev/sda1\n", 1, "minix is not supported: use ext4");
	check_refused("dracut_args --mount \"//192.0.2.1/share /test cifs defaults\"\n", 1,
		      "--mount makes //192.0.2.1/share (cifs) the target, which is not supported");
	check_refused("dracut_args --mount \"192.0.2.1:/share /test nfs defaults\"\n", 1,
		      "write it as a line of its own, `nfs 192.0.2.1:/share`");
	check_refused("dracut_args --mount='/dev/sdb1 /kdump xfs defaults' --force\n", 1,
		      "write it as a line of its own, `xfs /dev/sdb1`");
}

TEST(what_means_nothing_here_is_taken_with_a_note)
{
	check_noted("auto_reset_crashkernel yes\n", 1, "the boot loader is left alone");
	check_noted("force_rebuild 1\n", 1, "no effect");
	check_noted("force_no_rebuild 1\n", 1, "no effect");
	check_noted("override_resettable 1\n", 1, "no effect");
	check_noted("blacklist nouveau\n", 1, "no effect");
	check_noted("debug_mem_level 3\n", 1, "no effect");
	check_noted("net user@host\n", 1, "taken as ssh user@host");
	check_noted("dracut_args --omit-drivers \"cfg80211 snd\"\n", 1, "not made by dracut");
	/* what it asks for is so anyway */
	CHECK_EQ(parse("auto_reset_crashkernel no\nforce_rebuild 0\nforce_no_rebuild 0\n"), 0);
	CHECK_EQ(found.n, 0);
}

TEST(other_names_are_mapped)
{
	check_noted("default shell\n", 1, "taken as failure_action shell");
	CHECK_EQ(conf.failure_action, CONF_SHELL);
	check_noted("default dump_to_rootfs\n", 1, "failure_action dump_to_rootfs");
	check_noted("default mount_root_run_init\n", 1, "failure_action dump_to_rootfs");
	CHECK_EQ(conf.failure_action, CONF_DUMP_TO_ROOTFS);
	check_refused("default sleep\n", 1, "poweroff, shell or dump_to_rootfs");
	check_noted("disk_timeout 180\n", 1, "taken as target_timeout 180");
	CHECK_EQ(conf.limits.target_timeout_s, 180);
	check_noted("link_delay 5\n", 1, "target_timeout waits 30 s");
	CHECK_EQ(conf.limits.target_timeout_s, 30);
	CHECK_EQ(parse("link_delay 60\ndisk_timeout 90\n"), 0);
	CHECK_EQ(conf.limits.target_timeout_s, 90);
	CHECK_EQ(parse("target_timeout 10\nlink_delay 60\n"), 0);
	CHECK_EQ(conf.limits.target_timeout_s, 10);
	CHECK_EQ(parse("disk_timeout 60\ntarget_timeout 40\n"), 0);
	CHECK_EQ(conf.limits.target_timeout_s, 40);
	check_refused("link_delay soon\n", 1, "link_delay needs seconds");
	check_noted("dracut_args --add-drivers \"ext2 ext3\"\n", 1, "taken as extra_modules");
	CHECK_EQ(conf.n_hint_modules, 2);
	CHECK_STR(conf.hint_modules[1], "ext3");
	check_noted("dracut_args --omit-drivers 'a b' --force-drivers=gfs2 --xz\n", 1,
		    "other options have no effect");
	CHECK_EQ(conf.n_hint_modules, 1);
	CHECK_STR(conf.hint_modules[0], "gfs2");
	CHECK_EQ(parse("options loop max_loop=1 hw_queue_depth=4\noptions be2net "
		       "rx_frag_size=8192\n"),
		 0);
	CHECK_EQ(conf.n_options, 2);
	CHECK_STR(conf.options[0].params, "max_loop=1 hw_queue_depth=4");
	check_refused("options loop\n", 1, "options needs a module");
	CHECK_EQ(parse("path crash/in\n"), 0);
	CHECK_STR(conf.path, "/crash/in");
	CHECK_EQ(parse("path //var//crash/\n"), 0);
	CHECK_STR(conf.path, "/var/crash");
	CHECK_EQ(parse("path //\n"), 0);
	CHECK_STR(conf.path, "/");
	CHECK_EQ(parse("path \"crash\"\n"), 0);
	CHECK_STR(conf.path, "/crash");
	CHECK_EQ(parse("ext4 UUID=\"0f7d\"\nxfs LABEL='d'\n"), 0);
	CHECK_STR(conf.targets[0].where, "UUID=0f7d");
	CHECK_STR(conf.targets[1].where, "LABEL=d");
}

TEST(fence_kdump)
{
	CHECK_EQ(parse("fence_kdump_args -p 7411 -f auto -c 0 -i 10 # note\nfence_kdump_nodes "
		       "node1 192.0.2.2\n"),
		 0);
	CHECK_EQ(found.n, 0);
	CHECK_EQ(conf.fence.n_nodes, 2);
	CHECK_STR(conf.fence.nodes[1], "192.0.2.2");
	CHECK_EQ(conf.fence.port, 7411);
	CHECK_EQ(conf.fence.interval_s, 10);
	CHECK_EQ(conf.fence.count, 0);
	CHECK_EQ(conf.fence.family, CONF_FAMILY_AUTO);
	CHECK_EQ(parse("fence_kdump_args -p7 --family=IPv4 --count 5 --inter 2 -vv\n"), 0);
	CHECK_EQ(conf.fence.port, 7);
	CHECK_EQ(conf.fence.interval_s, 2);
	CHECK_EQ(conf.fence.count, 5);
	CHECK_EQ(conf.fence.family, CONF_FAMILY_IPV4);
	CHECK_EQ(parse("fence_kdump_args -f ipv6\n"), 0);
	CHECK_EQ(conf.fence.family, CONF_FAMILY_IPV6);
	CHECK_EQ(parse(""), 0);
	CHECK_EQ(conf.fence.port, 7410);
	CHECK_EQ(conf.fence.interval_s, 10);
	CHECK_EQ(conf.fence.n_nodes, 0);
	check_refused("fence_kdump_args -p 0\n", 1, "-p needs a number from 1 to 65535");
	check_refused("fence_kdump_args -i 0\n", 1, "-i needs a number from 1");
	check_refused("fence_kdump_args -c\n", 1, "-c needs a value");
	check_refused("fence_kdump_args -f inet\n", 1, "write auto, ipv4 or ipv6");
	check_refused("fence_kdump_args -x 5\n", 1, "'-x' is unknown");
	check_refused("fence_kdump_args --=5\n", 1, "is unknown");
	check_refused("fence_kdump_args -p 7411 node3\n", 1, "nodes stand in fence_kdump_nodes");
	CHECK_EQ(conf.fence.port, 7410);
}

TEST(all_errors_at_once_with_the_files_own_words)
{
	char said[CONF_SAY_BYTES];

	CHECK_EQ(parse("minix /dev/x\npath /a # good\n\tfailure_action   "
		       "sleep\nauto_reset_crashkernel yes\n"
		       "garbage 1\nother 2\nhttps https://u:secret@h/x\nfinal_action halt\n"),
		 -EINVAL);
	CHECK_EQ(found.n_errors, 5);
	CHECK_EQ(found.n, 6);
	CHECK_EQ(found.at[0].line, 1);
	CHECK_STR(found.at[0].said, "minix /dev/x");
	CHECK_STR(found.at[1].said, "failure_action   sleep");
	CHECK_EQ(found.at[2].line, 4);
	CHECK(found.at[2].is_note);
	/* the list of directives once */
	CHECK(strstr(found.at[3].text, "known:") && !strstr(found.at[4].text, "known:"));
	CHECK_STR(found.at[5].said, "https https://********@h/x");
	conf_say(&found.at[0], said);
	CHECK(strstr(said, "line 1 (minix /dev/x): minix is not supported"));
	CHECK_STR(conf.path, "/a");
	CHECK_EQ(conf.final_action, CONF_HALT);
}

TEST(a_quote_that_nothing_closes)
{
	check_refused("path \"/srv/crash\n", 1,
		      "path: the value begins with a quote that does not end it");
	check_refused("path '/srv/crash\"\n", 1, "remove the quote");
	check_refused("path \"\n", 1, "remove the quote");
	check_refused("9p 'tag\n", 1, "remove the quote");
	check_refused("path \"\"/srv\"\"\n", 1, "remove the quote");
	CHECK_EQ(parse("path \"/srv/crash\"\next4 LABEL=\"a\"\ndracut_args \"--omit\" 'x'\n"), 0);
	CHECK_STR(conf.path, "/srv/crash");
	CHECK_STR(conf.targets[0].where, "LABEL=a");
}

TEST(fence_kdump_nodes_are_names_or_addresses)
{
	char s[400] = "fence_kdump_nodes ";

	check_refused("fence_kdump_nodes node1,node2\n", 1,
		      "'node1,node2' is neither a host's name nor an address");
	check_refused("fence_kdump_nodes node1 http://x\n", 1, "'http://x' is neither");
	check_refused("fence_kdump_nodes -p\n", 1, "'-p' is neither");
	CHECK_EQ(conf.fence.n_nodes, 0);
	memset(s + 18, 'n', 254);
	check_refused(s, 1, "is neither");
	s[18 + 253] = '\0';
	CHECK_EQ(parse(s), 0);
	CHECK_EQ(parse("fence_kdump_nodes a-b_c.example 192.0.2.2 fe80::1%eth0\n"), 0);
	CHECK_EQ(conf.fence.n_nodes, 3);
}

TEST(marks_and_line_ends)
{
	CHECK_EQ(parse("\xef\xbb\xbfpath /a\r\next4 /dev/vda1\r\n\tfinal_action\thalt\t# x\r"), 0);
	CHECK_STR(conf.path, "/a");
	CHECK_EQ(conf.n_targets, 1);
	CHECK_EQ(conf.final_action, CONF_HALT);
	CHECK_EQ(parse("\xef\xbb\xbf"), 0);
	CHECK_EQ(parse_bytes("\xff\xfep\0a\0t\0h\0", 10), -EINVAL);
	CHECK(strstr(error.text, "save the file as plain text"));
}

/* A flash partition is a raw target by its name, however it is written. */
TEST(flash)
{
	static const char *const lines[] = { "mtd dumps\n", "mtd   dumps  \n", "\tmtd\tdumps\n",
					     "raw MTD=dumps\n", "mtd \"dumps\"\n" };

	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		CHECK_EQ(parse(lines[i]), 0);
		CHECK_EQ(conf.n_targets, 1);
		CHECK_EQ(conf.targets[0].kind, CONF_TARGET_RAW);
		CHECK_STR(conf.targets[0].type, "raw");
		CHECK_STR(conf.targets[0].where, "MTD=dumps");
		CHECK(!conf.targets[0].overwrite);
	}
	CHECK_EQ(parse("mtd spi0.0:dumps\n"), 0);
	CHECK_STR(conf.targets[0].where, "MTD=spi0.0:dumps");
	CHECK_EQ(parse("mtd dumps overwrite\n"), 0);
	CHECK(conf.targets[0].overwrite);
	check_refused("mtd a\nraw MTD=a\n", 2, "is in line 1 already");
}

TEST(volumes_of_ubi)
{
	static const char *const names[] = { "ubi0:dumps", "ubi0_1", "/dev/ubi0_1", "ubi:dumps",
					     "MTD=spi0.0:data:dumps" };
	char line[80];

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		snprintf(line, sizeof(line), "ubifs %s\n", names[i]);
		CHECK_EQ(parse(line), 0);
		CHECK_EQ(conf.targets[0].kind, CONF_TARGET_UBI);
		CHECK_STR(conf.targets[0].type, "ubifs");
		CHECK_STR(conf.targets[0].where, names[i]);
	}
	check_refused("ubifs /dev/mtd0\n", 1, "is no volume of UBI; write ubi0:NAME");
	check_refused("ubifs MTD=dumps\n", 1, "is no volume of UBI");
	check_refused("ubifs ubi0:a b\n", 1, "ubifs takes one word: write _ for a blank in it");
	check_refused("raw /dev/ubi0_1\n", 1, "is a volume of UBI; write ubifs /dev/ubi0_1");
	check_refused("raw /dev/ubi0_1 overwrite\n", 1, "is a volume of UBI");
	check_refused("auto /dev/ubi0_1\n", 1, "is a volume of UBI; write ubifs /dev/ubi0_1");
	check_refused("dracut_args --mount \"ubi0:a /mnt ubifs\"\n", 1, "`ubifs ubi0:a`");
}

TEST(bad_values)
{
	char path[CONF_PATH_MAX + 16];

	check_refused("ext4 vda\n", 1, "'vda' is no device");
	check_refused("ext4 /dev/\n", 1, "is no device");
	check_refused("ext4 UUID=\n", 1, "is no device");
	check_refused("ext4 /dev/vda /dev/vdb\n", 1, "ext4 takes one device");
	check_refused("ext4 /dev/vda subvol=a\n", 1, "ext4 has no subvolumes");
	check_refused("btrfs /dev/vda subvol=a b\n", 1, "btrfs takes one device, and subvol=PATH");
	check_refused("btrfs /dev/vda subvol=a,ro\n", 1, "btrfs takes one device");
	check_refused("ext4 PARTUUID=\n", 1, "is no device");
	check_refused("raw /dev/vda force\n", 1, "raw takes a device");
	check_refused("mtd dumps force\n", 1,
		      "mtd takes one word, with _ for a blank in it, and `overwrite`");
	check_refused("mtd /dev/mtd0\n", 1, "mtd takes the name of a flash partition");
	check_refused("mtd MTD=a\n", 1, "mtd takes the name of a flash partition");
	check_refused("raw /dev/mtd0\n", 1, "/dev/mtd0 is no block device; write mtd NAME");
	check_refused("raw /dev/mtd10ro\n", 1, "is no block device; write mtd NAME");
	CHECK_EQ(parse("raw /dev/mtdblock0\n"), 0);
	check_refused("9p a b\n", 1, "one value");
	check_refused("keep 0\n", 1, "keep needs");
	check_refused("keep_bytes 5X\n", 1, "keep_bytes needs a size");
	check_refused("keep_bytes 5GB\n", 1, "keep_bytes needs a size");
	check_refused("keep_bytes -5\n", 1, "keep_bytes needs a size");
	check_refused("min_free 99999999999T\n", 1, "is too large");
	check_refused("min_free 99999999999999999999\n", 1, "is too large");
	check_refused("crash_loop 3\n", 1, "crash_loop needs");
	check_refused("crash_loop 0 60\n", 1, "crash_loop needs");
	check_refused("watchdog maybe\n", 1, "write yes or no");
	check_refused("kdump_pre hook.sh\n", 1, "must begin with /");
	check_refused("extra_bins /bin/a b\n", 1, "extra_bins 'b' must begin with /");
	check_refused("luks_key UUID=1\n", 1, "luks_key needs");
	check_refused("luks_key UUID=1 keyrings\n", 1, "luks_key needs");
	check_refused("luks_key UUID=1 keyring:\n", 1, "luks_key needs");
	check_refused("luks_key UUID=1 key\n", 1, "luks_key needs");
	check_refused("deadline 5\n", 1, "deadline needs seconds from 10");
	check_refused("final_action dump_to_rootfs\n", 1, "write reboot, halt, poweroff or kexec");
	check_refused("failure_action kexec\n", 1, "poweroff, shell or dump_to_rootfs");
	check_refused("kexec_initrd initrd\n", 1, "kexec_initrd");
	check_refused("kexec_disk ext4\n", 1, "device");
	check_refused("kexec_disk ext4 UUID=1 subvol=a\n", 1, "no subvolumes");
	check_refused("failure_action sleep\n", 1, "poweroff, shell or dump_to_rootfs");
	check_refused("https http://a/b\n", 1, "no https URL");
	check_refused("https https:///b\n", 1, "names no host");
	check_refused("https https://user:secret@a/b\n", 1, "user name or password");
	CHECK(!strstr(error.text, "secret"));
	check_refused("https_ca own.pem\n", 1, "must begin with /");
	check_refused("path ../etc\n", 1, "..");
	check_refused("path /var/../etc\n", 1, "..");
	check_refused("path /var/..\n", 1, "..");
	CHECK_EQ(parse("path /var/..crash\n"), 0);
	snprintf(path, sizeof(path), "path /%0*d\n", CONF_PATH_MAX - 1, 0);
	CHECK_EQ(parse(path), 0);
	snprintf(path, sizeof(path), "path /%0*d\n", CONF_PATH_MAX, 0);
	check_refused(path, 1, "has more than 300 bytes");
	check_refused("target_timeout 0\n", 1, "from 1 to 3600");
	check_refused("target_timeout 5s\n", 1, "from 1 to 3600");
	check_refused("target_timeout -1\n", 1, "from 1 to 3600");
	check_refused("target_timeout 99999999999999999999\n", 1, "from 1 to 3600");
	check_refused("final_action sleep\n", 1, "final_action 'sleep' is unknown");
	check_refused("final_action shell\n", 1, "final_action 'shell' is unknown");
	check_refused("host a/b\n", 1, "without /");
	check_refused("host a b\n", 1, "one word");
}

TEST(bad_net)
{
	check_refused("net eth0\n", 1, "needs an interface and dhcp");
	check_refused("net eth0 dhcp 192.0.2.1\n", 1, "no address with a prefix length");
	check_refused("net eth0 192.0.2.1\n", 1, "prefix length");
	check_refused("net eth0 192.0.2.1/33\n", 1, "prefix length");
	check_refused("net eth0 192.0.2.1/0\n", 1, "prefix length");
	check_refused("net eth0 2001:db8::1/129\n", 1, "prefix length");
	check_refused("net eth0 192.0.2.300/24\n", 1, "no address");
	check_refused("net eth0 192.0.2.1/24 gateway\n", 1, "gateway needs");
	check_refused("net eth0 192.0.2.1/24 dns x\n", 1, "dns needs");
	check_refused("net eth0 192.0.2.1/24 via 192.0.2.2\n", 1, "'via' is no address");
	check_refused("net eth0 192.0.2.1/24 route 192.0.2.2\n", 1, "route needs a network");
	check_refused("net eth0 192.0.2.1/24 route ::/0 via x\n", 1, "via needs");
	check_refused("net eth0 192.0.2.1/24 mtu 10\n", 1, "mtu needs bytes from 68");
	check_refused("net eth0 dns 192.0.2.1\n", 1, "eth0 has no address");
	check_refused("net eth0 dhcp dns ::1 dns ::2 dns ::3 dns ::4\n", 1,
		      "more than 3 name servers");
	check_refused("net an-interface-with-a-name dhcp\n", 1, "no interface");
	CHECK_EQ(conf.n_nets, 0);
}

TEST(several_addresses_and_routes)
{
	const struct conf_net *n = &conf.nets[0];

	CHECK_EQ(parse("net eth0 192.0.2.7/24 2001:db8::7/64 198.51.100.7/25 gateway 192.0.2.1 "
		       "gateway fe80::1 route 10.0.0.0/8 via 192.0.2.2 route 203.0.113.0/24 dns "
		       "192.0.2.53 dns 2001:db8::53 mtu 9000\nnet eth1 dhcp slaac\n"),
		 0);
	CHECK_EQ(n->n_addresses, 3);
	CHECK_STR(n->addresses[1], "2001:db8::7/64");
	CHECK_EQ(n->n_routes, 4);
	CHECK_STR(n->routes[1].via, "fe80::1");
	CHECK_STR(n->routes[2].to, "10.0.0.0/8");
	CHECK_STR(n->routes[2].via, "192.0.2.2");
	CHECK_STR(n->routes[3].to, "203.0.113.0/24");
	CHECK(!n->routes[3].via);
	CHECK_EQ(n->n_dns, 2);
	CHECK_EQ(n->mtu, 9000);
	CHECK(conf.nets[1].dhcp && conf.nets[1].slaac && !conf.nets[1].dhcp6);
}

TEST(a_target_uses_the_net_line_above_it)
{
	CHECK_EQ(parse("nfs a:/x\nnet eth0 dhcp\nnfs b:/x\nnet eth1 dhcp\nhttps https://c/\n"), 0);
	CHECK_STR(conf_net_of(&conf, &conf.targets[0])->iface, "eth0");
	CHECK_STR(conf_net_of(&conf, &conf.targets[1])->iface, "eth0");
	CHECK_STR(conf_net_of(&conf, &conf.targets[2])->iface, "eth1");
	CHECK_STR(conf_net_of(&conf, NULL)->iface, "eth0");
	CHECK_EQ(parse("nfs a:/x\n"), 0);
	CHECK(!conf_net_of(&conf, &conf.targets[0]));
}

TEST(links_made_of_others)
{
	const struct conf_link *l;

	CHECK_EQ(parse("link bond0 bond 52:54:00:00:00:01 eth1 mode=802.3ad miimon=100\n"
		       "link bond0.7 vlan bond0 7\nnet bond0.7 dhcp\n"),
		 0);
	l = conf_link_find(&conf, "bond0");
	CHECK_EQ(l->kind, CONF_LINK_BOND);
	CHECK_EQ(l->n_lower, 2);
	CHECK_STR(l->lower[1], "eth1");
	CHECK_STR(l->options, "mode=802.3ad miimon=100");
	l = conf_link_find(&conf, "bond0.7");
	CHECK_EQ(l->kind, CONF_LINK_VLAN);
	CHECK_EQ(l->vlan_id, 7);
	CHECK_STR(l->lower[0], "bond0");
	CHECK(!conf_link_find(&conf, "eth1"));
	check_refused("link a vlan eth0\n", 1, "a number from 1 to 4094");
	check_refused("link a vlan eth0 4095\n", 1, "a number from 1 to 4094");
	check_refused("link a bond\n", 1, "needs the interfaces");
	check_refused("link a bond mode=1\n", 1, "needs the interfaces");
	check_refused("link a bridge eth0\n", 1, "write `link a vlan");
	check_refused("link a/b vlan eth0 1\n", 1, "no interface's name");
	check_refused("link a vlan eth0 1\nlink a vlan eth0 2\n", 2, "in line 1 already");
	check_refused("link a bond 1 2 3 4 5 6 7 8 9\n", 1, "up to 8 ports");
}

TEST(collector)
{
	CHECK_EQ(parse("core_collector makedumpfile -c -d 17,31\n"), 0);
	CHECK_EQ(conf.collector.n_levels, 2);
	CHECK_EQ(conf.collector.levels[1], 31);
	CHECK_EQ(conf.collector.codec, DUMP_ZLIB);
	CHECK_EQ(parse("core_collector kdump-dumper\n"), 0);
	CHECK_EQ(conf.collector.levels[0], 0);
	CHECK_EQ(conf.collector.codec, DUMP_STORED);
	check_refused("core_collector rsync\n", 1, "'rsync' is not supported");
	CHECK_EQ(parse("core_collector /usr/sbin/makedumpfile -c --message-level 1 -d 31\n"), 0);
	CHECK_EQ(conf.collector.levels[0], 31);
	CHECK_EQ(conf.collector.codec, DUMP_ZLIB);
	check_noted("core_collector \"cp --sparse=always\"\n", 1, "cp copies all memory: taken as");
	CHECK_EQ(conf.collector.levels[0], 0);
	CHECK_EQ(conf.collector.format, DUMP_ELF);
	check_noted("core_collector cat\n", 1, "-d 0 --format elf");
	check_noted("core_collector scp\n", 1, "-d 0 --format elf");
	check_noted("core_collector makedumpfile -l -d 31\n", 1, "-l: lzo for each page");
	check_refused("core_collector makedumpfile -d 32\n", 1, "core_collector: -d needs");
	check_refused("core_collector makedumpfile /proc/vmcore\n", 1, "is no option");
}

TEST(a_bad_line_costs_itself_alone)
{
	check_refused("ext4 /dev/vda1\nfinal_action halt\ngarbage\npath /after\n"
		      "extra_bins /bin/a b\nnet a b\nxfs LABEL=x\n",
		      3, "garbage");
	CHECK_EQ(conf.n_targets, 2);
	CHECK_EQ(conf.final_action, CONF_HALT);
	CHECK_STR(conf.path, "/after");
	CHECK_EQ(conf.n_extra_bins, 0);
	CHECK_EQ(conf.n_nets, 0);
}

TEST(control_characters)
{
	static char nul[] = "path /a\nhost a\0b\nfinal_action halt\n";

	CHECK_EQ(parse_bytes(nul, sizeof(nul) - 1), -EINVAL);
	CHECK_EQ(error.line, 2);
	CHECK_STR(conf.path, "/a");
	CHECK_EQ(conf.final_action, CONF_HALT);
	check_refused("path /a\x1b[2J\n", 1, "control character 0x1b");
}

TEST(too_many)
{
	char s[4096] = "", line[64];

	for (int i = 0; i <= CONF_MAX_TARGETS; i++) {
		snprintf(line, sizeof(line), "ext4 /dev/vd%c\n", 'a' + i);
		strcat(s, line);
	}
	check_refused(s, CONF_MAX_TARGETS + 1, "more than 8 targets");
	CHECK_EQ(conf.n_targets, CONF_MAX_TARGETS);
	strcpy(s, "extra_modules");
	for (int i = 0; i <= CONF_MAX_EXTRA; i++)
		strcat(s, " m");
	check_refused(s, 1, "more than 64");
}

TEST(action_names)
{
	CHECK_STR(conf_action_name(CONF_POWEROFF), "poweroff");
	CHECK_STR(conf_action_name((enum conf_action)77), "reboot");
}

/* The shipped file is understood, and so is each of its examples ("#directive …") when its '#' is taken away. */
TEST(shipped_example)
{
	static char example[16384];
	char *rest, *line;
	int examples = 0;

	CHECK_EQ(io_read_file(AT_FDCWD, "configs/kdump.conf", example, sizeof(example), NULL), 0);
	CHECK_EQ(parse(example), 0);
	CHECK_EQ(conf.collector.levels[0], 31);
	for (line = strtok_r(example, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		if (line[0] != '#' || line[1] < 'a' || line[1] > 'z')
			continue;
		examples++;
		CHECK_EQ(parse(line + 1), 0);
		CHECK_STR(error.text, "");
	}
	CHECK(examples >= 10);
}
