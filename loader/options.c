/* SPDX-License-Identifier: MIT */
#include "loader/options.h"

#define BIT(c) (1u << LOADER_##c)
#define LOADS  (BIT(LOAD) | BIT(RELOAD))
#define PAIR   (LOADS | BIT(ESTIMATE) | BIT(VERIFY))
#define ALL                                                                                        \
	(PAIR | BIT(TEST) | BIT(UNLOAD) | BIT(HOTPLUG) | BIT(STATUS) | BIT(EXEC) | BIT(UPDATE) |   \
	 BIT(NEWS) | BIT(SEEN) | BIT(PROPAGATE))
#define AT(m) .member = offsetof(struct loader_options, m)
#define WORDS MANUAL_WORDS

/* clang-format off */
const struct loader_command_row loader_commands[LOADER_COMMANDS] = {
	[LOADER_LOAD] = { "load", "[OPTION...]", "check everything, then load the crash kernel",
	  WORDS(0, NULL,
		"Check kernel, image, reservation, limits and rights, make the crash kernel's "
		"command line, and load the pair. Nothing is changed where a check fails. "
		"Where the kernel refuses the pair all the same, the last good one is loaded "
		"again, as the kernel has freed it by then.") },
	[LOADER_RELOAD] = { "reload", "[OPTION...]", "the same, if something has changed",
	  WORDS(0, NULL,
		"The same, to be called when the config, the image or a kernel may have changed. "
		"Where kernel, image, command line and the machine's memory are still those of "
		"the last load, nothing is done.") },
	[LOADER_UNLOAD] = { "unload", "", "drop the loaded crash kernel",
	  WORDS(0, NULL, "Drop the loaded crash kernel: a panic is not captured any more.") },
	[LOADER_HOTPLUG] = { "hotplug", "[--background]", "memory or CPUs have come or gone",
	  WORDS(0, NULL,
		"For a device manager, when memory or CPUs have come or gone. Waits until no more "
		"do, and loads what is loaded once more if the running kernel does not follow by "
		"itself; where it does, or nothing has changed, nothing is done.") },
	[LOADER_STATUS] = { "status", "[--json | --prometheus]", "is the machine armed, and with what?",
	  WORDS(0, NULL,
		"Say whether the machine is armed, with which files, and if not, all for which a "
		"load would be refused; whether the reservation is large enough; what has gone "
		"stale: a kdump.conf, hook, key, CA file, driver or program that changed since "
		"the image was made, a kernel without an image, loaded files that were replaced; "
		"whether the disks, the share and the network interface of the image are there, "
		"and whether its servers take a connection within three seconds. Each finding "
		"says what to do.") },
	[LOADER_ESTIMATE] = { "estimate", "[OPTION...]", "the crashkernel= to set, and why",
	  WORDS(0, NULL,
		"Say which `crashkernel=` this machine needs: what the crash kernel takes while "
		"it unpacks itself, the image, and the rest, or the most that a capture has used "
		"so far if that is more; with a quarter on top. `--apply` puts it where this "
		"system's boot loader has the command line.") },
	[LOADER_VERIFY] = { "verify", "[OPTION...]", "would a crash now be captured? tried out in QEMU",
	  WORDS(0, NULL,
		"Say whether a crash now would be captured, without one: in QEMU, where that is "
		"installed, this kernel crashes with what is loaded (or, if nothing is, with "
		"what `load` would take), the same reservation, and empty disks that are called "
		"as the targets are, behind the devices that this machine's drivers are for. It "
		"tells the times, the memory that the capture took, and what could not be "
		"shown: what has no device in QEMU, encrypted volumes, RAID, servers, to which "
		"nothing is sent. Nothing of this machine is changed.") },
	[LOADER_TEST] = { "test", "[--yes]", "crash this machine now, to see that it is captured",
	  WORDS(0, NULL,
		"Crash this machine now, really: what is not on a disk is lost. A machine that is "
		"not armed, or whose capture would fail, is not crashed. After the reboot "
		"`status` tells whether a dump came of it.") },
	[LOADER_EXEC] = { "exec", "[OPTION...]", "leave this kernel for another one",
	  WORDS(0, NULL,
		"Leave the running kernel for another one without the firmware: a fast reboot. "
		"With `--kernel` it is loaded and entered, with `--load` besides only loaded; "
		"without options what is loaded is entered, after a sync. Services are not "
		"stopped: `systemctl kexec` does that, and enters what is loaded.") },
	[LOADER_RETURN] = { "return", "--folder DIR [--uptime SECONDS]",
	  "in a capture: load the production kernel",
	  WORDS(0, NULL,
		"Of kdump-init, in a capture: load the production kernel that was recorded when "
		"the machine was armed (`final_action kexec`).") },
	[LOADER_PROPAGATE] = { "propagate", "", "make and install the key for ssh and sftp targets",
	  WORDS(0, NULL,
		"Make the key that kdump.conf's ssh and sftp targets are reached with (`sshkey`, or "
		"/root/.ssh/kdump_id_ed25519), where there is none, and install it on their servers by "
		"`ssh-copy-id`, which asks for passwords and host keys. Then run kdump-mkinitrd.") },
	[LOADER_UPDATE] = { "update", "[--release KVER]", "make the images that are outdated, and reload",
	  WORDS(0, NULL,
		"For the service, hooks of kernel packages, and after a change of /etc/kdump.conf: "
		"make the image of each installed kernel that has none, or whose image was made "
		"from what has changed since, and say why; then `reload`, if the running kernel's "
		"is among them. What is loaded stays loaded until then. An image that was made of "
		"two parts (`--host`), for another root or by another program is left alone.") },
	[LOADER_NEWS] = { "news", "", "tell of dumps that came since the last time",
	  WORDS(0, NULL,
		"For the service at each boot: for each dump of this host that was not told of yet, "
		"write one entry of the journal (or the system log), run `notify` of "
		"kdump.conf(5), and let each login say so until `seen`. It looks where the targets "
		"of /etc/kdump.conf are mounted, and at `path` on the root file system.") },
	[LOADER_SEEN] = { "seen", "", "the last crash was looked at: logins say nothing of it",
	  WORDS(0, NULL,
		"End the message that `news` lets a login say. `status` does so too, where root "
		"reads it at a terminal.") },
	[LOADER_HELP] = { "help", "", "show this",
	  WORDS(0, NULL, "Show the commands and options.") },
	[LOADER_VERSION] = { "version", "", "show the version",
	  WORDS(0, NULL, "Show the version.") },
};

const struct option_row loader_option_rows[] = {
	{ "kernel", .kind = OPTION_TEXT, .commands = PAIR, AT(load.kernel), .arg = "FILE",
	  .help = "bzImage or Image; else /boot/vmlinuz-RELEASE, /lib/modules/RELEASE/vmlinuz, ...",
	  WORDS(0, NULL,
		"The crash kernel: on x86_64 a bzImage, on aarch64 and riscv64 an Image, also one "
		"that is packed by gzip or zstd, or as an EFI zboot image. Default: the running "
		"kernel's, the first of /boot/vmlinuz-RELEASE, /lib/modules/RELEASE/vmlinuz, "
		"/boot/Image-RELEASE, /lib/modules/RELEASE/Image, /boot/bzImage-RELEASE, "
		"/boot/vmlinux-RELEASE, Alpine's /boot/vmlinuz-lts, /boot/vmlinuz, /boot/Image, "
		"/boot/Image.gz and /boot/bzImage.") },
	{ "initrd", .kind = OPTION_TEXT, .commands = PAIR, AT(load.initrd), .arg = "FILE",
	  .help = "capture image; else /boot/kdump-init-RELEASE.img",
	  WORDS(0, NULL,
		"The capture image. It must be whole and made by kdump-mkinitrd(8) for the "
		"crash kernel's release. Default: /boot/kdump-init-RELEASE.img.") },
	{ "append", .kind = OPTION_TEXT, .commands = LOADS | BIT(VERIFY), AT(load.append), .arg = "TEXT",
	  .help = "behind the command line made from the running kernel's",
	  WORDS(0, NULL,
		"Added behind the command line that is made from the running kernel's. What "
		"stands here is passed on, whatever it is.") },
	{ "command-line", .kind = OPTION_TEXT, .commands = LOADS, AT(load.command_line),
	  .arg = "TEXT", .help = "the whole command line, instead",
	  WORDS(0, NULL, "The whole command line, with nothing left out or added.") },
	{ "reuse-cmdline", .kind = OPTION_FLAG, .commands = LOADS, AT(load.reuse_cmdline),
	  .help = "the running kernel's, less only crashkernel= and the boot loader's",
	  WORDS(0, NULL,
		"The running kernel's command line, less only `crashkernel=` and what the boot "
		"loader put there. `--append` may be added.") },
	{ "foreign-initrd", .kind = OPTION_FLAG, .commands = LOADS, AT(load.foreign_initrd),
	  .help = "the initrd is meant though kdump-mkinitrd did not make it so",
	  WORDS(0, NULL,
		"Load the initrd though kdump-mkinitrd did not make it, or made it for another "
		"kernel.") },
	{ "dry-run", .kind = OPTION_FLAG, .commands = LOADS, AT(load.dry_run),
	  .help = "check, show what would be loaded, change nothing",
	  WORDS(0, NULL,
		"Check, show what would be loaded, the command line and what was left out of "
		"it with the reasons; change nothing.") },
	{ "kexec-file-syscall", 's', OPTION_FLAG, .commands = LOADS | BIT(EXEC), AT(file_call),
	  .help = "by kexec_file_load alone",
	  WORDS(0, NULL,
		"Load by kexec_file_load alone. By default it is tried first, and kexec_load taken "
		"where the running kernel lacks it.") },
	{ "kexec-syscall", 'c', OPTION_FLAG, .commands = LOADS | BIT(EXEC), AT(segments_call),
	  .help = "by kexec_load alone",
	  WORDS(0, NULL, "Load by kexec_load alone. Under lockdown (Secure Boot) it is forbidden.") },
	{ "kexec-syscall-auto", 'a', OPTION_FLAG, .commands = LOADS | BIT(EXEC), AT(any_call),
	  .help = "by kexec_load too where the other one refuses the image",
	  WORDS(0, NULL,
		"By kexec_load not only where kexec_file_load is missing, but also where it refuses "
		"the image (EINVAL, ENOEXEC, EOPNOTSUPP).") },
	{ "kernel", .kind = OPTION_TEXT, .commands = BIT(EXEC), AT(exec.kernel), .arg = "FILE",
	  .help = "bzImage or Image; without, what is loaded is entered",
	  WORDS(0, NULL, "Of `exec`: the kernel to enter, as of `load`.") },
	{ "initrd", .kind = OPTION_TEXT, .commands = BIT(EXEC), AT(exec.initrd), .arg = "FILE",
	  .help = "its initrd",
	  WORDS(0, NULL, "Of `exec`: its initrd. Default: none.") },
	{ "load", 'l', OPTION_FLAG, .commands = BIT(EXEC), AT(exec.load_only),
	  .help = "load, and leave the rest to systemctl kexec or exec",
	  WORDS(0, NULL, "Of `exec`: load it, and do not enter it yet.") },
	{ "append", .kind = OPTION_TEXT, .commands = BIT(EXEC), AT(exec.append), .arg = "TEXT",
	  .help = "behind the running kernel's command line",
	  WORDS(0, NULL, "Of `exec`: added behind the running kernel's command line.") },
	{ "command-line", .kind = OPTION_TEXT, .commands = BIT(EXEC), AT(exec.command_line),
	  .arg = "TEXT", .help = "the whole command line, instead",
	  WORDS(0, NULL, "Of `exec`: the whole command line.") },
	{ "reuse-cmdline", .kind = OPTION_FLAG, .commands = BIT(EXEC), AT(reuse_again),
	  .help = "the running kernel's: so it is without",
	  WORDS(0, NULL,
		"Of `exec`: the running kernel's command line, less what its boot loader put "
		"there, which is the default; `crashkernel=` stays.") },
	{ "memory-map", .kind = OPTION_TEXT, .commands = BIT(EXEC), AT(exec.memory), .arg = "FILE",
	  .help = "as /proc/iomem: the memory that it is told of",
	  WORDS(0, NULL,
		"Of `exec`: the memory that the kernel is told of, a text as /proc/iomem. Default: "
		"this machine's. It implies `-c`.") },
	{ "unload", .kind = OPTION_FLAG, .commands = BIT(EXEC), AT(unload),
	  .help = "drop what is loaded",
	  WORDS(0, NULL, "Of `exec`: drop what `--load` has loaded.") },
	{ "folder", .kind = OPTION_TEXT, .commands = BIT(RETURN), AT(folder), .arg = "DIR",
	  .help = "where the disk with the kernel is mounted",
	  WORDS(0, NULL, "Of `return`: where the disk with kernel and initrd is mounted.") },
	{ "uptime", .kind = OPTION_TEXT, .commands = BIT(RETURN), AT(uptime), .arg = "SECONDS",
	  .help = "how long the kernel that crashed had run",
	  WORDS(0, NULL,
		"Of `return`: how long the kernel that crashed had run, for "
		"`kexec_min_uptime`.") },
	{ "release", .kind = OPTION_TEXT, .commands = BIT(UPDATE), AT(release), .arg = "KVER",
	  .help = "of this kernel alone (all that are installed)",
	  WORDS(0, NULL, "Of `update`: the image of this kernel alone.") },
	{ "background", .kind = OPTION_FLAG, .commands = BIT(HOTPLUG), AT(background),
	  .help = "return at once; messages go to the kernel's log",
	  WORDS(0, NULL,
		"Of `hotplug`: return at once and do the work in the background, for a device "
		"manager that waits. Messages go to the kernel's log.") },
	{ "json", .kind = OPTION_FLAG, .commands = BIT(STATUS) | BIT(ESTIMATE) | BIT(VERIFY),
	  AT(json),
	  .help = "as JSON",
	  WORDS(0, NULL,
		"Of `status`, `estimate` and `verify`: JSON on standard output. Each finding of `status` "
		"has an `id`, which stays from version to version, and a `level`: `error`, "
		"`stale` or `warning`.") },
	{ "prometheus", .kind = OPTION_FLAG, .commands = BIT(STATUS), AT(prometheus),
	  .help = "as metrics for node_exporter's textfile collector",
	  WORDS(0, NULL,
		"Of `status`: metrics in Prometheus' text format on standard output, for a file "
		"that the textfile collector of node_exporter reads. The exit status is that of "
		"`status` all the same.") },
	{ "apply", .kind = OPTION_FLAG, .commands = BIT(ESTIMATE), AT(apply),
	  .help = "write it into the boot loader's configuration",
	  WORDS(0, NULL,
		"Of `estimate`: show the change, write it into the configuration of the boot "
		"loader that is there (a file in /etc/default/grub.d, /etc/default/grub, "
		"/etc/kernel/cmdline, /etc/update-extlinux.conf, /etc/default/u-boot, "
		"/boot/extlinux/extlinux.conf) and run what makes it take effect. Where only a "
		"hand can do it, say how.") },
	{ "remove", .kind = OPTION_FLAG, .commands = BIT(ESTIMATE), AT(remove),
	  .help = "take crashkernel= out of it again",
	  WORDS(0, NULL,
		"Of `estimate`: take the file that `--apply` wrote, or each `crashkernel=`, out of "
		"that configuration.") },
	{ "yes", .kind = OPTION_FLAG, .commands = BIT(TEST), AT(yes), .help = "do not ask",
	  WORDS(0, NULL, "Of `test`: do not ask whether it is meant.") },
	{ "timeout", .kind = OPTION_TEXT, .commands = BIT(VERIFY), AT(timeout), .arg = "SECONDS",
	  .help = "for all of it (300; without KVM 900)",
	  WORDS(0, NULL,
		"Of `verify`: after so many seconds a machine that has not come to an end has "
		"failed. Default: 300, without KVM 900.") },
	{ "console", .kind = OPTION_FLAG, .commands = BIT(VERIFY), AT(console),
	  .help = "show the virtual machine's console",
	  WORDS(0, NULL, "Of `verify`: the console of the virtual machine, on standard error.") },
	{ "root", 'r', OPTION_TEXT, .commands = BIT(VERIFY), AT(root), .arg = "ROOT",
	  .help = "of another machine, whose files, /proc and /sys are below ROOT",
	  WORDS(0, NULL,
		"Of `verify`: for another machine, whose files are below ROOT, what of its /proc, "
		"/sys and /dev is needed too.") },
	{ "help", .kind = OPTION_HELP, .commands = ALL, .help = "this",
	  WORDS(0, NULL, "As the command `help`.") },
	{ .name = NULL },
};
/* clang-format on */
