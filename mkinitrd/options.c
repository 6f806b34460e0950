/* SPDX-License-Identifier: MIT */
#include "mkinitrd/options.h"

#define AT(m) .member = offsetof(struct mkinitrd_options, m)
#define WORDS MANUAL_WORDS

const char mkinitrd_syntax[] = "[-c CONF] [-k KVER | -K FILE] [-r ROOT] [--generic | --host IMAGE] "
			       "-o OUT | --list | --check | --convert FILE";

/* clang-format off */
const struct option_row mkinitrd_option_rows[] = {
	{ "config", 'c', OPTION_TEXT, AT(conf), .arg = "CONF",
	  .help = "the config (ROOT/etc/kdump.conf)",
	  WORDS(0, NULL,
		"The config. Default: /etc/kdump.conf below ROOT. Where that one does not "
		"exist, the defaults of kdump.conf(5) hold.") },
	{ "kver", 'k', OPTION_TEXT, AT(kver), .arg = "KVER",
	  .help = "the crash kernel's version (the running one; with -r the only one in ROOT)",
	  WORDS(0, NULL,
		"The release of the crash kernel, whose modules are packed. Default: the running "
		"kernel's; with `-r` that of the only kernel below ROOT.") },
	{ "crash-kernel", 'K', OPTION_TEXT, AT(crash_kernel), .arg = "FILE",
	  .help = "a bzImage or Image without modules (make crash-kernel), which must have all drivers built in",
	  WORDS(0, NULL,
		"The crash kernel is FILE, a bzImage or Image (packed or not), which has no modules. Its configuration "
		"must have what the config needs built in, and say so (CONFIG_IKCONFIG).") },
	{ "root", 'r', OPTION_TEXT, AT(root), .arg = "ROOT",
	  .help = "for another machine's root: modules and CA certificates are ROOT's, and the config "
		  "must name the drivers in extra_modules",
	  WORDS(0, NULL,
		"For another machine, whose root file system is below ROOT: modules, hooks and "
		"CA certificates are that one's, and so are kdump-init and kdump-loader where that "
		"machine is of another architecture. As its devices cannot be looked at, the "
		"config must name the targets by what does not change, and the drivers in "
		"`extra_modules`.") },
	{ "output", 'o', OPTION_TEXT, AT(out), .arg = "OUT",
	  .help = "the image (mode 0600, replaced whole)",
	  WORDS(0, NULL,
		"The image. It gets the mode 0600, as it may hold keys, and takes the place of "
		"a former one only when it is whole.") },
	{ "list", 'l', OPTION_FLAG, AT(list), .help = "say what would go in, write nothing",
	  WORDS(0, NULL, "Say what would go in, with its sizes, and write nothing.") },
	{ "generic", .kind = OPTION_FLAG, AT(generic),
	  .help = "an image for any machine, to which --host adds a machine's part",
	  WORDS(0, NULL,
		"An image for many machines: the programs, the drivers of usual disks and network "
		"interfaces that the kernel has, and those of `extra_modules`. It says where to save "
		"nowhere: on each machine `--host` adds that.") },
	{ "host", .kind = OPTION_TEXT, AT(host), .arg = "IMAGE",
	  .help = "add this machine's part to the generic IMAGE",
	  WORDS(0, NULL,
		"Behind the generic IMAGE, which stays as it is byte for byte, add what is this "
		"machine's: the config with its targets, keys, CA certificates, hooks. A driver that "
		"IMAGE lacks is an error. The release is that of IMAGE.") },
	{ "check", .kind = OPTION_FLAG, AT(check),
	  .help = "say in words what the config means on this host, write nothing",
	  WORDS(0, NULL,
		"Say in words what the config means on this host: each target with its device and "
		"free space, what is saved and what is removed, hooks, limits of time, what "
		"follows; write nothing. An exit status other than 0 means that no image can be "
		"made, and why was said.") },
	{ "convert", 'C', OPTION_TEXT, AT(convert), .arg = "FILE",
	  .help = "print SUSE's or Debian's settings as a kdump.conf",
	  WORDS(0, NULL,
		"Read FILE, which is SUSE's /etc/sysconfig/kdump or Debian's "
		"/etc/default/kdump-tools, and print a kdump.conf that says the same, with a "
		"comment for each setting that has no meaning here. The exit status is 1 where "
		"a setting is refused, such as FTP or a password in a URL.") },
	{ "help", 'h', OPTION_HELP, .help = "this", WORDS(0, NULL, "Show the options.") },
	{ "version", 'V', OPTION_VERSION, .help = "the version",
	  WORDS(0, NULL, "Show the version.") },
	{ .name = NULL },
};
/* clang-format on */
