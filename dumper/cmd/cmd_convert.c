/* SPDX-License-Identifier: MIT */
/*
 * --convert, --reassemble, --recover: dumps as the source of a dump. No page is left out that the
 * source has, and the level it was made with is handed on.
 */
#include <stdio.h>
#include <string.h>

#include "dumper/cmd/cmd.h"
#include "dumper/cmd/say.h"
#include "dumper/kdump_format.h"
#include "dumper/options.h"
#include "lib/log.h"

static bool lacks_pages(const struct vmcore *v)
{
	return v->recovered || v->truncated || v->parts_missing || v->status & KDUMP_INCOMPLETE;
}

static int convert(const struct collector *o, struct core *core, struct dump_options *opt)
{
	struct say_progress shown = { 0 };
	struct dump_stats stats;
	struct output out;
	int r = output_open(&out, o, o->operands[o->n_operands - 1], false);

	if (r)
		return r;
	opt->progress = o->messages & COLLECTOR_PROGRESS ? say_progress : NULL;
	opt->progress_ctx = &shown;
	r = output_close(&out, dump_run(core, opt, out.top, &stats));
	say_progress_end(&shown);
	/* nothing was filtered: the level is the source's */
	stats.level_off = 0;
	say_warnings(o->operands[0], 0, &stats);
	if (r)
		output_failed(&out, r);
	else
		say_result(o, &out, &stats);
	return r;
}

int cmd_convert(const struct collector *o)
{
	static struct core core;
	struct collector want = *o;
	struct dump_options opt;
	const char *note;
	int r;

	/* dumps are packed; one that is stored page by page would be a surprise */
	if (want.codec == COLLECTOR_STORED && want.format != COLLECTOR_ELF)
		want.codec = COLLECTOR_ZSTD;
	options_from(&want, &opt, &note);
	if (note)
		log_info("%s", note);
	/* all names but the last are the dump */
	if (say_open(o->operands, o->n_operands - 1,
		     o->mode == COLLECTOR_RECOVER ? VMCORE_DAMAGED : 0, &core))
		return EXIT_FAILED;
	opt.whole = true;
	opt.level = core.vmcore.dump_level;
	opt.incomplete = lacks_pages(&core.vmcore);
	r = convert(&want, &core, &opt);
	core_close(&core);
	return r || fflush(stdout) ? EXIT_FAILED : EXIT_OK;
}
