/* SPDX-License-Identifier: MIT */
/*
 * kdump-dumper: the dumper as a command, in makedumpfile's place. Options are lib/collector's,
 * each mode is a file cmd_*.c.
 */
#include <string.h>

#include "dumper/cmd/cmd.h"
#include "dumper/cmd/folder.h"
#include "lib/io.h"
#include "lib/log.h"

static int (*const modes[COLLECTOR_MODES])(const struct collector *o) = {
	[COLLECTOR_DUMP] = cmd_dump,	       [COLLECTOR_DMESG] = cmd_dmesg,
	[COLLECTOR_INFO] = cmd_info,	       [COLLECTOR_MEM_USAGE] = cmd_mem_usage,
	[COLLECTOR_UNFLATTEN] = cmd_unflatten, [COLLECTOR_REASSEMBLE] = cmd_convert,
	[COLLECTOR_CONVERT] = cmd_convert,     [COLLECTOR_RECOVER] = cmd_recover,
	[COLLECTOR_VERIFY] = cmd_verify,       [COLLECTOR_LIST] = cmd_list,
	[COLLECTOR_HELP] = cmd_help,	       [COLLECTOR_VERSION] = cmd_version,
};

static enum log_level log_max(unsigned messages)
{
	if (messages & COLLECTOR_DEBUG)
		return LOG_DEBUG;
	return messages & COLLECTOR_COMMON ? LOG_INFO : LOG_ERR;
}

static void say_notes(const struct collector *o)
{
	char label[COLLECTOR_LABEL];

	for (unsigned i = 0; i < o->n_notes; i++) {
		collector_label(o->notes[i], label);
		log_info("%s: %s", label, o->notes[i]->text);
	}
}

/* What was printed counts as much as what was done. */
static int close_output(int status)
{
	int r = io_flush(stdout);

	if (r)
		log_err("standard output: %s", strerror(-r));
	return r && !status ? EXIT_FAILED : status;
}

int main(int argc, char **argv)
{
	struct collector_error err;
	struct collector o;

	log_init("kdump-dumper", LOG_INFO);
	collector_init(&o);
	if (collector_parse(argv + 1, argc ? (unsigned)argc - 1 : 0, &o, &err)) {
		log_err("%s (see --help)", err.text);
		return EXIT_USAGE;
	}
	if (o.check_only)
		return EXIT_OK;
	log_init("kdump-dumper", log_max(o.messages));
	say_notes(&o);
	if (folder_resolve(&o))
		return EXIT_FAILED;
	return close_output(modes[o.mode](&o));
}
