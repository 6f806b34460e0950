/* SPDX-License-Identifier: MIT */
/*
 * SRC DST: the dump itself, at the first level that fits, into one file or several.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "dumper/cmd/cmd.h"
#include "dumper/cmd/messages.h"
#include "dumper/cmd/split.h"
#include "dumper/options.h"
#include "lib/cleanup.h"
#include "lib/log.h"

/* A file that is finished. */
struct result {
	struct output out;
	struct dump_stats stats;
};

struct job {
	struct collector *o;
	struct crash core;
	struct dump_options opt;
	const char *src;
	bool last;		/* of the levels: what fails now has failed */
	struct result *results; /* of this level; the next one replaces its files */
	unsigned n_results;
};

/* One file. -ENOSPC before the last level is not said: the next one follows. */
static int dump_to(struct job *j, const char *dst)
{
	struct say_progress shown = { 0 };
	struct dump_stats stats;
	struct output out;
	int r = output_open(&out, j->o, dst, !strcmp(j->src, "/proc/vmcore"));

	if (r)
		return r;
	j->opt.progress = j->o->messages & COLLECTOR_PROGRESS ? say_progress : NULL;
	j->opt.progress_ctx = &shown;
	r = dump_run(&j->core, &j->opt, out.top, &stats);
	/* a part of a split dump may be empty */
	if (!r && !j->o->split && stats.pages[PAGE_KEEP] <= stats.pages_lost)
		r = -ENODATA;
	r = output_close(&out, r);
	say_progress_end(&shown);
	if (r == -ENOSPC && !j->last && !out.stream)
		return r;
	say_warnings(j->src, &stats);
	if (r) {
		output_failed(&out, r);
		return -EIO;
	}
	j->results[j->n_results++] = (struct result){ .out = out, .stats = stats };
	return 0;
}

/* Before the first part is written, as the next level may have to replace parts of our own. */
static int check_parts(struct collector *o)
{
	for (unsigned i = 1; i < o->n_operands && !o->force; i++) {
		if (access(o->operands[i], F_OK))
			continue;
		log_err("%s: exists already; -f replaces it", o->operands[i]);
		return -EEXIST;
	}
	o->force = true;
	return 0;
}

static int dump_parts(struct job *j)
{
	unsigned n = j->o->n_operands - 1;
	_free_ uint64_t *bounds = calloc(n + 1, sizeof(*bounds));
	int r = check_parts(j->o);

	if (r)
		return r;
	r = bounds ? split_plan(&j->core, &j->opt, n, bounds) : -ENOMEM;
	if (r)
		log_err("%s: %s", j->src, strerror(-r));
	j->opt.split = true;
	for (unsigned i = 0; i < n && !r; i++) {
		j->opt.start_pfn = bounds[i];
		j->opt.end_pfn = bounds[i + 1];
		r = dump_to(j, j->o->operands[i + 1]);
	}
	return r;
}

static int dump_levels(struct job *j)
{
	const struct collector *o = j->o;
	int r = -ENOSPC;

	for (unsigned i = 0; i < o->n_levels && r == -ENOSPC; i++) {
		if (i)
			log_warn("%s: no room at level %u; next: level %u", o->operands[1],
				 o->levels[i - 1], o->levels[i]);
		j->n_results = 0;
		j->opt.level = o->levels[i];
		j->last = i + 1 == o->n_levels;
		r = o->split ? dump_parts(j)
			     : dump_to(j, o->n_operands > 1 ? o->operands[1] : NULL);
	}
	return r;
}

static void say_results(const struct job *j)
{
	for (unsigned i = 0; i < j->n_results; i++) {
		if (j->o->json && i)
			fputs(",\n", stdout);
		say_result(j->o, &j->results[i].out, &j->results[i].stats);
	}
}

/* A level above 1 takes struct pages. */
static bool can_filter(const struct job *j)
{
	bool wanted = j->opt.exclude_struct_pages;

	for (unsigned i = 0; i < j->o->n_levels; i++)
		wanted |= j->o->levels[i] > LEVEL_ZERO;
	if (!wanted || !(j->core.missing & CORE_NO_MEMMAP))
		return true;
	log_err("%s: cannot filter: %s; use -d 1 for all of it", j->src, j->core.why);
	return false;
}

/* Each part has a bitmap of all, and a running machine would fill each in another way. */
static bool can_split(const struct job *j)
{
	if (!j->o->split || !j->core.vmcore.live)
		return true;
	log_err("%s: a running machine cannot be dumped in parts (--split)", j->src);
	return false;
}

int cmd_dump(const struct collector *o)
{
	struct collector own = *o;
	static struct job j;
	const char *note;
	int r = EXIT_FAILED;

	j.o = &own;
	j.src = o->operands[0];
	options_from(o, &j.opt, &note);
	if (note)
		log_info("%s", note);
	if (say_open(o->operands, 1, 0, &j.core))
		return EXIT_FAILED;
	/* one for each DST; without one a dump goes to standard output */
	j.results = calloc(o->n_operands, sizeof(*j.results));
	if (!j.results)
		log_err("%s: %s", j.src, strerror(ENOMEM));
	if (j.results && can_filter(&j) && can_split(&j)) {
		r = dump_levels(&j) ? EXIT_FAILED : EXIT_OK;
		if (o->json && o->split)
			fputs("[\n", stdout);
		say_results(&j);
		if (o->json && o->split)
			fputs("]\n", stdout);
	}
	free(j.results);
	crash_close(&j.core);
	return r;
}
