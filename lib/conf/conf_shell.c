/* SPDX-License-Identifier: MIT */
/*
 * The variables of SUSE's and Red Hat's /etc/sysconfig/kdump and of Debian's /etc/default/kdump-tools,
 * and what says the same here.
 */
#include <string.h>

#include "lib/cleanup.h"
#include "lib/conf/conf_table.h"

const struct conf_variable conf_variables[] = {
	{ "KDUMP_SAVEDIR",
	  "`path DIR`, with a target line such as `auto DEV` or `https URL` before it" },
	{ "KDUMP_COREDIR", "`path DIR`" },
	{ "KDUMP_KEEP_OLD_DUMPS", "`keep N`" },
	{ "KDUMP_NUM_DUMPS", "`keep N`" },
	{ "KDUMP_FREE_DISK_SPACE", "`min_free SIZE`, as 64M" },
	{ "KDUMP_DUMPLEVEL", "`core_collector kdump-dumper -z -d LEVEL`" },
	{ "KDUMP_DUMPFORMAT",
	  "`core_collector kdump-dumper -z -d LEVEL`, with -c, -l or --format elf" },
	{ "MAKEDUMPFILE_OPTIONS", "`core_collector makedumpfile OPTIONS`" },
	{ "MAKEDUMP_ARGS", "`core_collector makedumpfile OPTIONS`" },
	{ "KDUMP_IMMEDIATE_REBOOT", "`final_action reboot` or `final_action halt`" },
	{ "KDUMP_CONTINUE_ON_ERROR", "`failure_action reboot` or `failure_action shell`" },
	{ "KDUMP_FAIL_CMD", "`failure_action reboot`" },
	{ "KDUMP_PRESCRIPT", "`kdump_pre FILE`" },
	{ "KDUMP_POSTSCRIPT", "`kdump_post FILE`" },
	{ "KDUMP_REQUIRED_PROGRAMS", "`extra_bins FILE`" },
	{ "KDUMP_NETCONFIG", "`net IFACE dhcp`" },
	{ "KDUMP_KERNELVER", "no line: kdump-mkinitrd -k KVER" },
	{ "KDUMP_KERNEL", "no line: kdump-loader load --kernel FILE" },
	{ "KDUMP_INITRD", "no line: kdump-loader load --initrd FILE" },
	{ "KDUMP_COMMANDLINE", "no line: kdump-loader load --command-line TEXT" },
	{ "KDUMP_CMDLINE", "no line: kdump-loader load --command-line TEXT" },
	{ "KDUMP_COMMANDLINE_APPEND", "`cmdline_append TEXT`" },
	{ "KDUMP_CMDLINE_APPEND", "`cmdline_append TEXT`" },
	{ "KDUMP_COMMANDLINE_REMOVE", "`cmdline_remove NAME`" },
	{ "KDUMP_CPUS", "`cmdline_append nr_cpus=N`" },
	{ "KEXEC_ARGS", "no line: kdump-loader load -s, -c or -a" },
	{ "KDUMP_KEXEC_ARGS", "no line: kdump-loader load -s, -c or -a" },
	{ "KEXEC_OPTIONS", "no line: kdump-loader load -s, -c or -a" },
	{ "KDUMP_TRANSFER", "`kdump_post FILE`" },
	{ "KDUMP_FREE_DISK_SIZE", "`min_free SIZE`, as 64M" },
	{ "KDUMP_CRASHKERNEL", "no line: kdump-loader estimate --apply" },
	{ "USE_KDUMP", "no line: systemctl enable kdump-loader" },
	{ "NFS", "`nfs SERVER:/PATH`" },
	{ "SSH", "`ssh USER@HOST`, or `sftp USER@HOST`" },
};

const size_t conf_n_variables = ARRAY_LEN(conf_variables);

const char *conf_shell_variable(const char *assignment)
{
	size_t len = strcspn(assignment, "=");

	for (size_t i = 0; i < conf_n_variables; i++) {
		if (strlen(conf_variables[i].name) == len &&
		    !strncmp(assignment, conf_variables[i].name, len))
			return conf_variables[i].by;
	}
	return NULL;
}
