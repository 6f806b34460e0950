/* SPDX-License-Identifier: MIT */
#include "mkinitrd/options.h"

#define AT(m) .member = offsetof(struct mkinitrd_options, m)
#define WORDS MANUAL_WORDS

const char mkinitrd_syntax[] = "[-c CONF] [-k KVER | -K FILE] [-r ROOT] -o OUT | --list";

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
	  .help = "a bzImage without modules (make crash-kernel), which must have all drivers built in",
	  WORDS(0, NULL,
		"The crash kernel is the bzImage FILE, which has no modules. Its configuration "
		"must have what the config needs built in, and say so (CONFIG_IKCONFIG).") },
	{ "root", 'r', OPTION_TEXT, AT(root), .arg = "ROOT",
	  .help = "for another machine's root: modules and CA certificates are ROOT's, and the config "
		  "must name the drivers in extra_modules",
	  WORDS(0, NULL,
		"For another machine, whose root file system is below ROOT: modules, hooks and "
		"CA certificates are that one's. As its devices cannot be looked at, the "
		"config must name the targets by what does not change, and the drivers in "
		"`extra_modules`.") },
	{ "output", 'o', OPTION_TEXT, AT(out), .arg = "OUT",
	  .help = "the image (mode 0600, replaced whole)",
	  WORDS(0, NULL,
		"The image. It gets the mode 0600, as it may hold keys, and takes the place of "
		"a former one only when it is whole.") },
	{ "list", 'l', OPTION_FLAG, AT(list), .help = "say what would go in, write nothing",
	  WORDS(0, NULL, "Say what would go in, with its sizes, and write nothing.") },
	{ "help", 'h', OPTION_HELP, .help = "this", WORDS(0, NULL, "Show the options.") },
	{ "version", 'V', OPTION_VERSION, .help = "the version",
	  WORDS(0, NULL, "Show the version.") },
	{ .name = NULL },
};
/* clang-format on */
