/* SPDX-License-Identifier: MIT */
/*
 * The directives of kdump.conf, a row each. The order is that of an unknown directive's message;
 * kdump.conf(5) has them by their groups. Values are checked as far as that is possible without
 * looking at a machine, so that a typing error is found on the host and not in the crash.
 */
#include "lib/conf/conf_table.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/conf/conf_parse.h"

#define AT(m)		.member = offsetof(struct conf, m)
#define RANGE(from, to) .min = (from), .max = (to)
#define WORDS		MANUAL_WORDS

/* Rows whose words end with NULL have the text of the row in front of them. */
/* clang-format off */
const struct conf_directive conf_directives[] = {
	{ "path", conf_parse_path, AT(path),
	  WORDS(CONF_G_TARGETS, "DIR",
		"The folder for dumps, below the root of the target's file system. Each dump "
		"is a folder of its own in it, which is called after host, time and boot. "
		"Where the file names no target, the file system of the running host that DIR "
		"lies in is the target, with its subvolume.") },

	{ "ext4", conf_parse_fs, .flags = CONF_REPEATS,
	  WORDS(CONF_G_TARGETS, "DEV",
		"A file system on the device DEV: `/dev/NAME` or any link to it, `UUID=`, "
		"`LABEL=`, `PARTUUID=`, `PARTLABEL=`, or `DISK=` with the wwid or serial "
		"number that /sys/class/block has of a whole disk. `auto` is the type that is "
		"found on the device. kdump-mkinitrd writes names that do not change into the "
		"image. With `subvol=` a btrfs is mounted at that subvolume; without, as it is "
		"mounted when kdump-mkinitrd runs. The device may stand on LVM, LUKS, md RAID "
		"or multipath.") },
	{ "xfs", conf_parse_fs, .flags = CONF_REPEATS, WORDS(CONF_G_TARGETS, "DEV", NULL) },
	{ "btrfs", conf_parse_fs, .flags = CONF_REPEATS,
	  WORDS(CONF_G_TARGETS, "DEV [subvol=PATH]", NULL) },
	{ "f2fs", conf_parse_fs, .flags = CONF_REPEATS, WORDS(CONF_G_TARGETS, "DEV", NULL) },
	{ "vfat", conf_parse_fs, .flags = CONF_REPEATS, WORDS(CONF_G_TARGETS, "DEV", NULL) },
	{ "auto", conf_parse_fs, .flags = CONF_REPEATS,
	  WORDS(CONF_G_TARGETS, "DEV [subvol=PATH]", NULL) },

	{ "virtiofs", conf_parse_share, .flags = CONF_REPEATS,
	  WORDS(CONF_G_TARGETS, "TAG",
		"A folder that the host of a virtual machine shares. TAG is what the host "
		"calls it: `tag=` of QEMU's vhost-user-fs, `mount_tag=` of its virtio-9p.") },
	{ "9p", conf_parse_share, .flags = CONF_REPEATS, WORDS(CONF_G_TARGETS, "TAG", NULL) },

	{ "ubifs", conf_parse_ubifs, .flags = CONF_REPEATS,
	  WORDS(CONF_G_TARGETS, "VOLUME",
		"A volume of UBI on flash: `ubi0:NAME`, `ubi0_1` or `/dev/ubi0_1` as the "
		"running system has it attached, or `MTD=PARTITION:NAME` by the flash "
		"partition, with `_` for blanks; kdump-mkinitrd writes that name into the "
		"image. The capture attaches UBI where the kernel's command line (`ubi.mtd=`) "
		"has not. A partition that holds no UBI is left alone.") },

	{ "raw", conf_parse_raw, .flags = CONF_REPEATS,
	  WORDS(CONF_G_TARGETS, "DEV [overwrite]",
		"A device or partition without a file system. The vmcore begins at its first "
		"byte, so that crash(8) opens the device itself; log and report lie at its "
		"end. `kdump-dumper --recover`, which the service kdump-recover runs at each "
		"boot, saves them below `path` and marks the device as free. A device that is "
		"in use or holds anything is refused, and so is one with a dump that was not "
		"recovered: the next target is tried. With `overwrite` whatever it holds is "
		"lost to the newest crash.") },

	{ "mtd", conf_parse_mtd, .flags = CONF_REPEATS,
	  WORDS(CONF_G_TARGETS, "NAME [overwrite]",
		"A flash partition, as `raw` through mtdblock: NAME is what /proc/mtd calls it, "
		"with `_` for blanks. For NOR flash; NAND has bad blocks, which UBI "
		"hides and mtdblock does not, and is refused.") },

	{ "https", conf_parse_https, .flags = CONF_REPEATS,
	  WORDS(CONF_G_TARGETS, "URL",
		"A server that takes a PUT of each file, to URL/FOLDER/FILE. The server's "
		"certificate is always checked. URL has no user name or password.") },
	{ "https_ca", conf_parse_file, AT(https_ca),
	  WORDS(CONF_G_TARGETS, "FILE",
		"CA certificates (PEM) that https targets are checked against. Default: the "
		"system's bundle. FILE is packed into the image.") },

	{ "https_method", conf_parse_https_method,
	  WORDS(CONF_G_TARGETS, "PUT|POST",
		"How https targets are asked to take a file. Default: PUT.") },
	{ "https_header", conf_parse_https_header, .flags = CONF_REPEATS,
	  WORDS(CONF_G_TARGETS, "NAME: VALUE",
		"A header of each request to https targets, such as `Authorization: Bearer TOKEN`. It stands in "
		"the image, and in no log and no report.") },
	{ "https_cert", conf_parse_file, AT(https.cert),
	  WORDS(CONF_G_TARGETS, "FILE",
		"The certificate (PEM) by which https servers know this machine, with those between it and "
		"their CA behind it.") },
	{ "https_key", conf_parse_file, AT(https.key),
	  WORDS(CONF_G_TARGETS, "FILE",
		"Its private key (PEM), without a passphrase. It is packed into the image.") },
	{ "s3", conf_parse_s3, .flags = CONF_REPEATS,
	  WORDS(CONF_G_TARGETS, "s3://BUCKET[/PREFIX]",
		"A bucket of an object store that speaks S3. The objects are PREFIX/FOLDER/FILE, the vmcore "
		"as on a disk; release, panic line and dump level are their metadata.") },
	{ "s3_endpoint", conf_parse_s3_endpoint,
	  WORDS(CONF_G_TARGETS, "URL",
		"The server of s3 targets, https alone; `https_ca` holds for it. Default: AWS, "
		"`https://s3.REGION.amazonaws.com`.") },
	{ "s3_region", conf_parse_s3_region,
	  WORDS(CONF_G_TARGETS, "NAME", "The region that requests are signed for. Default: us-east-1.") },
	{ "s3_style", conf_parse_s3_style,
	  WORDS(CONF_G_TARGETS, "path|host",
		"Is the bucket a part of the path or of the host's name? Default: `host` for AWS, `path` with "
		"`s3_endpoint`.") },
	{ "s3_credentials", conf_parse_s3_credentials,
	  WORDS(CONF_G_TARGETS, "FILE|instance",
		"The keys that sign: FILE as ~/.aws/credentials, section [default], which is packed into the "
		"image; or those of the role that the cloud has given the machine, which it asks for by its "
		"metadata service (IMDSv2) in the capture. Default: /root/.aws/credentials.") },
	{ "sftp", conf_parse_ssh, .flags = CONF_REPEATS,
	  WORDS(CONF_G_TARGETS, "USER@HOST[:PORT]",
		"A folder on an SSH server that has SFTP, as each has by default: `path` there, "
		"relative to where the server puts USER if it is made so. The vmcore is as on a disk, "
		"and goes on from where it was when the connection is made again. The server must be "
		"in known_hosts of root or of the machine when kdump-mkinitrd runs, and take the key.") },
	{ "ssh", conf_parse_ssh, .flags = CONF_REPEATS,
	  WORDS(CONF_G_TARGETS, "USER@HOST[:PORT]",
		"The same where the server runs commands alone: `cat`, `mkdir` and `mv` of a shell. The "
		"vmcore is flattened.") },
	{ "sshkey", conf_parse_file, AT(ssh_key),
	  WORDS(CONF_G_TARGETS, "FILE",
		"The private key for ssh and sftp targets, without a passphrase: ed25519, ecdsa or rsa, as "
		"ssh-keygen writes it. It is packed into the image, so that what it is good for on the "
		"server should be little. `kdump-loader propagate` makes one and installs it. Default: "
		"`/root/.ssh/kdump_id_rsa`, then `/root/.ssh/kdump_id_ed25519`.") },

	{ "nfs", conf_parse_nfs, .flags = CONF_REPEATS,
	  WORDS(CONF_G_TARGETS, "SERVER:/PATH [OPTION,...]",
		"A directory that an NFS server exports, mounted by the kernel's client: the "
		"newest of 4.2, 4.1, 4.0 and 3 that the server has, or `vers=`. An IPv6 "
		"address stands in brackets. Where the line has no options and the directory "
		"is mounted when kdump-mkinitrd runs, the version is that of the mount. The "
		"other options that count are `proto=tcp`, `port=`, `mountport=`, `rsize=`, "
		"`wsize=`, `nconnect=`, `sec=sys`, `noresvport`; locks are not taken, and "
		"`stall_timeout` bounds each wait whatever `hard` and `timeo=` say. The export "
		"must be writable for root of this host: with `root_squash`, `path` belongs to "
		"the user that root becomes.") },

	{ "net", conf_parse_net, .flags = CONF_REPEATS,
	  WORDS(CONF_G_NETWORK,
		"IFACE [dhcp] [dhcp6] [slaac] [ADDR/LEN...] [gateway ADDR...] "
		"[route NET/LEN [via ADDR]...] [dns ADDR...] [mtu BYTES]",
		"How an interface is set up for the network targets behind this line, up to the "
		"next one, and for those in front of the first; beacons and fence_kdump use the first. "
		"Without such a line kdump-mkinitrd records what the running kernel has: the "
		"interface of the route to the target, its addresses, routes, name servers and "
		"MTU, or DHCP, DHCPv6 and router announcements (`slaac`) where they came from "
		"there. A VLAN and a bond are recorded with what they are made of, as `link` "
		"lines; a bridge, an Open vSwitch bridge and a team are left out, and their "
		"port is used. IFACE is a name, a MAC address, or `auto` for the interface of "
		"the default route; kdump-mkinitrd writes the MAC address into the image.") },
	{ "link", conf_parse_link, .flags = CONF_REPEATS,
	  WORDS(CONF_G_NETWORK, "NAME vlan PORT ID\nNAME bond PORT... [OPTION=VALUE...]",
		"An interface that is made of others, for a `net` line. A PORT is a name, a MAC "
		"address or the name of another `link`; an OPTION is a file of "
		"/sys/class/net/NAME/bonding, as `mode=802.3ad miimon=100`, with ports by their "
		"MAC address.") },
	{ "ntp", conf_parse_ntp,
	  WORDS(CONF_G_NETWORK, "SERVER...",
		"Who is asked for the time of day (SNTP) where the clock has lost it, before a "
		"certificate is judged or a request is signed. A clock that stands before 2020 "
		"is set to the time of the crash, if the crashed kernel knew it; else to that "
		"of these servers, else to the Date of the https server. Without the directive "
		"kdump-mkinitrd takes the servers that chrony, systemd-timesyncd or ntpd of the "
		"running machine have.") },
	{ "fence_kdump_nodes", conf_parse_fence_nodes,
	  WORDS(CONF_G_NETWORK, "NODE...",
		"Nodes of a cluster whose fence_kdump(8) is told, by UDP, that this machine "
		"captures a crash: from the moment that the network is up until the end. Names "
		"become addresses when kdump-mkinitrd runs. fence_kdump knows this machine by "
		"its usual address: where DHCP gives the crash kernel another one, write a "
		"`net` line.") },
	{ "fence_kdump_args", conf_parse_fence_args,
	  WORDS(CONF_G_NETWORK, "[-p PORT] [-f auto|ipv4|ipv6] [-c COUNT] [-i SECONDS] [-v]",
		"The options of fence_kdump_send(8), under their long names too: port, family, "
		"number of messages (0: until the end) and the time between two. Default: `-p "
		"7410 -f auto -c 0 -i 10`.") },

	{ "beacon", conf_parse_beacon, .flags = CONF_REPEATS,
	  WORDS(CONF_G_NETWORK, "udp://HOST[:514]\nhttps://HOST/PATH",
		"Who is told, once before the dump and once after it: host, release, panic line, where the "
		"dump goes, and how it ended. As a message of syslog (RFC 5424) by UDP, or as JSON by POST. "
		"Nothing waits for it. With `encrypt` the panic line is left out.") },

	{ "core_collector", conf_parse_collector,
	  WORDS(CONF_G_DUMP, "makedumpfile|kdump-dumper [OPTION...]\ncp|cat|dd|scp ...",
		"What is saved, and how: the options that kdump-dumper(8) describes, which are "
		"makedumpfile's. The program may have its path before it; it is kdump-init "
		"that dumps in any case. A second level behind `-d` is for targets without "
		"room. In a line without `-d` the level is 0, in one without `-z`, `-c` or "
		"`-l` pages are stored as they are, as with makedumpfile(8). Without the "
		"directive: `-d 31 -z`. The programs that only copy stand for all of the "
		"memory, as an ELF file: `-d 0 --format elf`.") },

	{ "encrypt", conf_parse_encrypt, .flags = CONF_REPEATS,
	  WORDS(CONF_G_DUMP, "KEY...\nFILE",
		"Seals the dump to public keys of age(1), as `age-keygen` prints them (`age1...`): only "
		"who has the other half of one of them opens it, by `age -d -i KEYFILE`. FILE is a "
		"list of keys, one a line, `#` before comments; kdump-mkinitrd reads it. The vmcore is "
		"flattened then, and the names of vmcore, log and kdump.log end with `.age`; kdump.json "
		"has the panic line sealed as well. The image has no secret. Applies to all targets; "
		"where sealing fails, nothing is saved.") },

	{ "target_timeout", conf_parse_number, "seconds", AT(limits.target_timeout_s),
	  RANGE(1, 3600),
	  WORDS(CONF_G_TIME, "SECONDS", "The wait for a target's device or for a network link, and "
		"then for a server that takes no connection yet.") },
	{ "target_deadline", conf_parse_number, "seconds", AT(limits.target_deadline_s),
	  RANGE(10, 7 * 86400),
	  WORDS(CONF_G_TIME, "SECONDS", "All steps on one target.") },
	{ "deadline", conf_parse_number, "seconds", AT(limits.deadline_s), RANGE(10, 7 * 86400),
	  WORDS(CONF_G_TIME, "SECONDS",
		"The whole capture, from the boot of the capture kernel on.") },
	{ "step_timeout", conf_parse_number, "seconds", AT(limits.step_timeout_s), RANGE(5, 3600),
	  WORDS(CONF_G_TIME, "SECONDS", "One step that is not the dump.") },
	{ "stall_timeout", conf_parse_number, "seconds", AT(limits.stall_timeout_s), RANGE(5, 3600),
	  WORDS(CONF_G_TIME, "SECONDS",
		"A dump of which nothing moves: no byte is written, no page is looked at. One "
		"that moves may take as long as the deadlines allow.") },
	{ "hook_timeout", conf_parse_number, "seconds", AT(limits.hook_timeout_s), RANGE(1, 86400),
	  WORDS(CONF_G_TIME, "SECONDS", "One hook.") },

	{ "failure_action", conf_parse_failure_action, AT(failure_action),
	  .max = CONF_DUMP_TO_ROOTFS,
	  WORDS(CONF_G_END, "reboot|halt|poweroff|shell|dump_to_rootfs",
		"What follows when no target took the vmcore. `shell` needs a static busybox "
		"on the host, which is packed: it gives a shell on each console, until `exit` "
		"or the `deadline`, and then `final_action`. `dump_to_rootfs` makes the root "
		"file system one more target, the last one, and `final_action` follows.") },
	{ "final_action", conf_parse_final_action, AT(final_action), .max = CONF_POWEROFF,
	  WORDS(CONF_G_END, "reboot|halt|poweroff|kexec",
		"What follows a dump, a shell, or a `kdump_pre` that refused the dump. With "
		"`kexec` the production kernel is entered again without the firmware, with all of "
		"the machine's memory; kdump-loader records how when it arms the machine, and "
		"tells then if it cannot be. Where it cannot after all, and after a failure, the "
		"machine reboots. Devices have seen no reset: see kdump-loader(8).") },
	{ "kexec_kernel", conf_parse_file, AT(kexec.kernel),
	  WORDS(CONF_G_END, "FILE",
		"Of `final_action kexec`: the production kernel. Default: as kdump-loader(8) "
		"finds it by the running kernel's release.") },
	{ "kexec_initrd", conf_parse_kexec_initrd, AT(kexec.initrd),
	  WORDS(CONF_G_END, "FILE|none",
		"Its initrd. Default: initrd.img-RELEASE, initramfs-RELEASE.img or "
		"initrd-RELEASE beside the kernel.") },
	{ "kexec_min_uptime", conf_parse_number, "seconds", AT(kexec.min_uptime_s),
	  RANGE(0, 86400),
	  WORDS(CONF_G_END, "SECONDS",
		"A kernel that was entered so and crashed within this time is left by a reboot "
		"through the firmware, which resets the devices.") },

	{ "keep", conf_parse_number, "a number of dumps", AT(keep.dumps), RANGE(1, 100000),
	  WORDS(CONF_G_SPACE, "N",
		"How many complete dumps stay on a target, the new one included. Of unfinished "
		"ones and mere logs as many stay as well. Applied when the new dump is saved.") },
	{ "keep_bytes", conf_parse_size, AT(keep.bytes),
	  WORDS(CONF_G_SPACE, "SIZE",
		"And how large they may be together, as 500M or 20G (powers of 1024).") },
	{ "min_free", conf_parse_size, AT(keep.min_free),
	  WORDS(CONF_G_SPACE, "SIZE", "What stays free on the file system beside them.") },
	{ "crash_loop", conf_parse_crash_loop,
	  WORDS(CONF_G_SPACE, "N MINUTES",
		"From the Nth crash within MINUTES on, only the log is saved.") },

	{ "watchdog", conf_parse_yes_no, AT(watchdog),
	  WORDS(CONF_G_MACHINE, "yes|no",
		"Take over the hardware watchdog that is armed when kdump-mkinitrd runs, set "
		"it to 60 seconds, and feed it while the capture is within its limits.") },

	{ "kdump_pre", conf_parse_file, AT(hooks[CONF_HOOK_PRE]),
	  WORDS(CONF_G_HOOKS, "FILE",
		"Run before the dump. With another exit status than 0 there is no vmcore: the "
		"log and the report are saved, and `final_action` follows.") },
	{ "kdump_post", conf_parse_file, AT(hooks[CONF_HOOK_POST]),
	  WORDS(CONF_G_HOOKS, "FILE",
		"Run after the dump, while the target is mounted, with the argument 0: it was "
		"saved, or 1: no target took it.") },
	{ "kdump_emergency", conf_parse_file, AT(hooks[CONF_HOOK_EMERGENCY]),
	  WORDS(CONF_G_HOOKS, "FILE",
		"Run when all targets have failed, before `failure_action`.") },
	{ "notify", conf_parse_file, AT(notify),
	  WORDS(CONF_G_HOOKS, "FILE",
		"A program of the running machine, not of the image: after the reboot `kdump-loader "
		"news` runs it for each dump that came, with the dump's folder as its argument and "
		"KDUMP_TIME, KDUMP_HOST, KDUMP_RELEASE, KDUMP_STATE, KDUMP_PANIC and KDUMP_BYTES in "
		"its environment.") },
	{ "extra_bins", conf_parse_extra_bins,
	  WORDS(CONF_G_HOOKS, "FILE...",
		"What hooks call by themselves, or read: packed with interpreter and "
		"libraries, as they are.") },

	{ "extra_modules", conf_parse_extra_modules,
	  WORDS(CONF_G_MACHINE, "NAME...",
		"Kernel modules to load besides those that the targets need. With "
		"`kdump-mkinitrd -r`, which cannot look at the machine, they are the drivers.") },
	{ "options", conf_parse_options, .flags = CONF_REPEATS,
	  WORDS(CONF_G_MACHINE, "MODULE PARAMETER=VALUE...",
		"What a module is loaded with. `MODULE.PARAMETER=VALUE` on the crash kernel's "
		"command line does the same, and comes last.") },

	{ "cmdline_append", conf_parse_arguments, AT(cmdline_append),
	  WORDS(CONF_G_MACHINE, "ARGUMENT...",
		"Added by kdump-loader(8) to the crash kernel's command line, in the place of "
		"an argument of the same name that it would add by itself.") },
	{ "cmdline_remove", conf_parse_arguments, AT(cmdline_remove),
	  WORDS(CONF_G_MACHINE, "NAME...",
		"Names of arguments that kdump-loader(8) leaves out of the crash kernel's command "
		"line, whether the running kernel has them or kdump-loader would add them.") },

	{ "luks_key", conf_parse_luks_key, .flags = CONF_REPEATS,
	  WORDS(CONF_G_TARGETS, "DEV FILE\nDEV keyring[:NAME]",
		"The volume key of the encrypted device DEV that a target stands on. FILE is "
		"packed into the image, which belongs on an encrypted disk then; `cryptsetup "
		"luksDump --dump-volume-key --volume-key-file FILE DEV` writes it. With "
		"`keyring` the kernel that crashes hands its key over (Linux 6.16 with "
		"CONFIG_CRASH_DM_CRYPT), and the image has no secret.") },

	{ "module", conf_parse_module, .flags = CONF_REPEATS | CONF_IMAGE,
	  WORDS(CONF_G_IMAGE, "FILE", "A module, loaded in this order; a path inside the image.") },
	{ "host", conf_parse_host, .flags = CONF_IMAGE,
	  WORDS(CONF_G_IMAGE, "NAME", "The host's name, for the dump's folder.") },
	{ "kexec_disk", conf_parse_kexec_disk, .flags = CONF_IMAGE,
	  WORDS(CONF_G_IMAGE, "TYPE DEV [subvol=PATH]",
		"The file system that has the production kernel of `final_action kexec`.") },
	{ "dm", conf_parse_stack, .flags = CONF_REPEATS | CONF_IMAGE,
	  WORDS(CONF_G_IMAGE, "NAME START LENGTH TYPE PARAMETERS",
		"A line of a device-mapper table that targets below this line stand on.") },
	{ "md", conf_parse_stack, .flags = CONF_REPEATS | CONF_IMAGE,
	  WORDS(CONF_G_IMAGE, "NAME VERSION UUID EVENTS NEED",
		"An array that targets below this line stand on.") },

	{ "nfs4", conf_parse_nfs, .flags = CONF_REPEATS,
	  WORDS(CONF_G_TAKEN, "SERVER:/PATH [OPTION,...]",
		"Taken as `nfs` with `vers=4`.") },
	/* the ext4 driver mounts its ancestors */
	{ "ext3", conf_parse_fs, "ext4", .flags = CONF_REPEATS,
	  WORDS(CONF_G_TAKEN, "DEV", "Taken as `ext4`, whose driver mounts it.") },
	{ "ext2", conf_parse_fs, "ext4", .flags = CONF_REPEATS, WORDS(CONF_G_TAKEN, "DEV", NULL) },

	/* known to kdump-utils, now or once */
	{ "default", conf_parse_failure_action, "failure_action", AT(failure_action),
	  .max = CONF_DUMP_TO_ROOTFS, .flags = CONF_ALIAS,
	  WORDS(CONF_G_TAKEN, "ACTION",
		"Taken as `failure_action`; so is `mount_root_run_init`, as `dump_to_rootfs`.") },
	{ "link_delay", conf_parse_delay, RANGE(0, 3600), .flags = CONF_FOREIGN,
	  WORDS(CONF_G_TAKEN, "SECONDS",
		"Taken as `target_timeout`, where that is not given: the longest counts.") },
	{ "disk_timeout", conf_parse_delay, RANGE(0, 3600), .flags = CONF_FOREIGN,
	  WORDS(CONF_G_TAKEN, "SECONDS", NULL) },
	{ "dracut_args", conf_parse_dracut_args, .flags = CONF_FOREIGN,
	  WORDS(CONF_G_TAKEN, "OPTION...",
		"The image is not made by dracut. Options that say what a capture does are "
		"understood, the others have no effect:") },
	{ "auto_reset_crashkernel", conf_parse_no_effect,
	  "the boot loader is left alone: crashkernel= stays as you set it",
	  .flags = CONF_FOREIGN | CONF_NO_VALUE, WORDS(CONF_G_NO_EFFECT, "yes|no", NULL) },
	{ "force_rebuild", conf_parse_no_effect, "the image is made when kdump-mkinitrd is run",
	  .flags = CONF_FOREIGN | CONF_NO_VALUE, WORDS(CONF_G_NO_EFFECT, "0|1", NULL) },
	{ "force_no_rebuild", conf_parse_no_effect, "the image is made when kdump-mkinitrd is run",
	  .flags = CONF_FOREIGN | CONF_NO_VALUE, WORDS(CONF_G_NO_EFFECT, "0|1", NULL) },
	{ "override_resettable", conf_parse_no_effect, "nor has it in kdump-utils",
	  .flags = CONF_FOREIGN | CONF_NO_VALUE,
	  WORDS(CONF_G_NO_EFFECT, "0|1", "Has no effect in kdump-utils either.") },
	{ "blacklist", conf_parse_no_effect,
	  "only modules that the config needs are packed and loaded",
	  .flags = CONF_FOREIGN | CONF_NO_VALUE, WORDS(CONF_G_NO_EFFECT, "MODULE...", NULL) },
	{ "debug_mem_level", conf_parse_no_effect, "kdump.json always tells of memory",
	  .flags = CONF_FOREIGN | CONF_NO_VALUE, WORDS(CONF_G_NO_EFFECT, "N", NULL) },
	{ "minix", conf_parse_refused, "not supported: use ext4, xfs, btrfs, f2fs or vfat",
	  .flags = CONF_FOREIGN | CONF_NO_VALUE | CONF_REPEATS,
	  WORDS(CONF_G_REFUSED, "DEV", NULL) },
};
/* clang-format on */

const size_t conf_n_directives = ARRAY_LEN(conf_directives);
static_assert(ARRAY_LEN(conf_directives) <= CONF_MAX_DIRECTIVES,
	      "the parser notes each one's line");

const struct conf_directive *conf_find_directive(const char *name)
{
	for (size_t i = 0; i < conf_n_directives; i++) {
		if (!strcmp(name, conf_directives[i].name))
			return &conf_directives[i];
	}
	return NULL;
}
