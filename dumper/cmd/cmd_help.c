/* SPDX-License-Identifier: MIT */
/*
 * --help and --version, from the table that is parsed.
 */
#include <stdio.h>

#include "dumper/cmd/cmd.h"
#include "dumper/options.h"
#include "lib/options.h"

static const char *const groups[COLLECTOR_GROUPS] = {
	[COLLECTOR_G_FILTER] = "What is left out",
	[COLLECTOR_G_STORE] = "How and where the rest is written",
	[COLLECTOR_G_SAY] = "What is said",
	[COLLECTOR_G_NO_EFFECT] = "makedumpfile's, accepted without effect",
	[COLLECTOR_G_REFUSED] = "makedumpfile's, refused",
};

static void print_usage(const struct collector_usage *u)
{
	char call[80];
	int n = snprintf(call, sizeof(call), "  %s%s%s", u->option, *u->option ? " " : "",
			 u->operands);

	fputs(call, stdout);
	options_print_text(stdout, (size_t)n, OPTIONS_COLUMN, u->text);
}

static void print_option(const struct collector_option *o)
{
	char letter[3] = { '-', o->letter, '\0' }, call[60];
	int n = snprintf(call, sizeof(call), "  %s%s%s%s%s%s", o->letter ? letter : "",
			 o->letter && o->name ? ", " : "", o->name ? "--" : "",
			 o->name ? o->name : "", o->arg ? " " : "", o->arg ? o->arg : "");

	fputs(call, stdout);
	options_print_text(stdout, (size_t)n, OPTIONS_COLUMN, o->text);
}

int cmd_help(const struct collector *c)
{
	(void)c;
	printf("kdump-dumper %s: filters and compresses the memory of a crashed kernel, in "
	       "makedumpfile's place\n\nkdump-dumper [OPTION...] ...\n",
	       KDUMP_VERSION);
	for (int m = 0; m < COLLECTOR_HELP; m++)
		print_usage(&collector_usages[m]);
	puts("\nSRC is /proc/vmcore, an ELF core or a dump (QEMU's and virsh dump --memory-only's "
	     "too), or "
	     "a\nfolder with one: vmcore, vmcore.flat, vmcore.elf.zst, vmcore.incomplete.\n"
	     "DST is a file that does not exist yet, a block device, or - for standard output "
	     "(flattened\nand elf.zst).");
	for (unsigned g = 0; g < COLLECTOR_GROUPS; g++) {
		if (!groups[g])
			continue;
		printf("\n%s:\n", groups[g]);
		for (size_t i = 0; i < collector_n_options; i++) {
			if (collector_options[i].group == g)
				print_option(&collector_options[i]);
		}
	}
	printf("\nzlib support:\n  enabled\nLZO support:\n  %s\nsnappy support:\n  reading alone "
	       "('-p' is "
	       "answered with zstd)\nzstd support:\n  enabled\n",
	       options_built_in(DUMP_LZO) ? "enabled"
					  : "reading alone ('-l' is answered with zstd)");
	puts("\nWithout -z, -c, -l pages are stored as they are (--convert, --reassemble and "
	     "--recover: zstd).\nExit status: 0 done, 1 failed (what was written stays as "
	     "DST.partial) or nothing to do,\n2 wrong usage, 3 --recover found no dump on a "
	     "device.");
	return EXIT_OK;
}

int cmd_version(const struct collector *c)
{
	(void)c;
	puts("kdump-dumper " KDUMP_VERSION);
	return EXIT_OK;
}
