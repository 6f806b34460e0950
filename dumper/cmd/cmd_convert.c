/* SPDX-License-Identifier: MIT */
/*
 * --convert, --reassemble, --recover: dumps as the source of a dump. No page is left out that the
 * source has, and the level it was made with is handed on.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "dumper/cmd/cmd.h"
#include "dumper/cmd/messages.h"
#include "dumper/cmd/verify.h"
#include "dumper/format/kdump_format.h"
#include "dumper/options.h"
#include "lib/log.h"

static bool lacks_pages(const struct vmcore *v)
{
	return v->recovered || v->truncated || v->parts_missing || v->status & KDUMP_INCOMPLETE;
}

/* A page with a wrong bit may unpack to a page all the same; what --recover saves of it is said. */
static int check_sums(const struct collector *o, const struct vmcore *v, struct dump_options *opt)
{
	struct verify_result sums;
	int r = verify_sums(v, &sums);

	if (r == -EBADMSG && o->mode == COLLECTOR_RECOVER) {
		log_warn("%s: %s", o->operands[0], sums.first);
		opt->incomplete = true;
		return 0;
	}
	if (r)
		log_err("%s: %s", o->operands[0], r == -EBADMSG ? sums.first : strerror(-r));
	return r;
}

/* Only --recover is content with what is there. */
static int check_source(const struct collector *o, const struct vmcore *v, struct dump_options *opt)
{
	const char *src = o->operands[0];

	if (!vmcore_any_data(v)) {
		log_err("%s: not one page of memory is in it", src);
		return -ENODATA;
	}
	if (o->mode == COLLECTOR_RECOVER)
		return check_sums(o, v, opt);
	if (v->parts_missing)
		log_err("%s: parts of the split dump are missing: name all of its files (--recover "
			"saves what these hold)",
			src);
	else if (v->truncated)
		log_err("%s: the file was cut off: take another copy (--recover saves what is "
			"there)",
			src);
	return v->parts_missing || v->truncated ? -EBADMSG : check_sums(o, v, opt);
}

/* What could not be read though the source promises it. 0; -ENODATA: that was all; -EBADMSG. */
static int check_pages(const struct collector *o, const struct vmcore *v,
		       const struct dump_stats *s)
{
	uint64_t lost = s->pages_lost ? vmcore_pages_lost(v) : 0;

	if (s->pages[PAGE_KEEP] <= s->pages_lost)
		return -ENODATA;
	return o->mode == COLLECTOR_RECOVER || s->pages_lost <= lost ? 0 : -EBADMSG;
}

static void say_bad_pages(const struct collector *o, const struct output *out, int r)
{
	log_err("%s: %s%s%s%s", o->operands[0],
		r == -ENODATA ? "not one of its pages can be read"
			      : "some of its pages are damaged (--verify says where, --recover "
				"saves the others)",
		out->partial ? "; written so far: " : "", out->partial ? out->name : "",
		out->partial ? ".partial" : "");
}

static int convert(const struct collector *o, struct crash *core, struct dump_options *opt)
{
	struct say_progress shown = { 0 };
	struct dump_stats stats;
	struct output out;
	int r = check_source(o, &core->vmcore, opt), bad = 0;

	if (!r)
		r = output_open(&out, o, o->operands[o->n_operands - 1], false);
	if (r)
		return r;
	opt->progress = o->messages & COLLECTOR_PROGRESS ? say_progress : NULL;
	opt->progress_ctx = &shown;
	r = dump_run(core, opt, out.top, &stats);
	if (!r)
		bad = check_pages(o, &core->vmcore, &stats);
	r = output_close(&out, r ? r : bad);
	say_progress_end(&shown);
	/* nothing was filtered: the level is the source's */
	stats.level_off = 0;
	say_warnings(o->operands[0], &stats);
	if (bad)
		say_bad_pages(o, &out, bad);
	else if (r)
		output_failed(&out, r);
	else
		say_result(o, &out, &stats);
	return r;
}

int cmd_convert(const struct collector *o)
{
	static struct crash core;
	struct collector want = *o;
	struct dump_options opt;
	const char *note;
	int r;

	/* dumps are packed; one that is stored page by page would be a surprise */
	if (want.codec == DUMP_STORED && want.format != DUMP_ELF)
		want.codec = DUMP_ZSTD;
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
	opt.damage_is_incomplete = o->mode == COLLECTOR_RECOVER;
	r = convert(&want, &core, &opt);
	crash_close(&core);
	return r ? EXIT_FAILED : EXIT_OK;
}
