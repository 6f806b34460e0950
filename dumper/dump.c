/* SPDX-License-Identifier: MIT */
/*
 * A dump from beginning to end: what is to be done, who writes it, in which passes. The pages
 * themselves go through pipeline.c.
 */
#include "dumper/dump.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "dumper/compress/compress.h"
#include "dumper/filter/filter.h"
#include "dumper/filter/protect.h"
#include "dumper/filter/units.h"
#include "dumper/filter/vmemmap.h"
#include "dumper/pipeline/pipeline.h"
#include "dumper/write/write_elf.h"
#include "dumper/write/write_kdump.h"
#include "lib/cleanup.h"
#include "lib/clock.h"
#include "lib/cpus.h"

/* What a run owns. */
struct dump {
	struct crash *core;
	const struct dump_options *opt;
	struct dump_stats *stats;
	struct protect protect;
	struct vmemmap vmemmap; /* where struct pages are excluded */
	unsigned level;		/* as far as it is applied */
	struct compressor zip;	/* for the zero page */
	union {
		struct kdump_writer kdump;
		struct elf_writer elf;
	} as;
	struct writer *writer;
	struct pipeline *pipeline;
};

static unsigned count_threads(const struct dump_options *opt)
{
	unsigned n = opt->threads ? opt->threads : cpus_allowed();

	return n > PIPELINE_THREADS_MAX ? PIPELINE_THREADS_MAX : n;
}

/* The part of the level that this kernel's names allow. */
static void choose_level(struct dump *d)
{
	struct page_layout layout = { .rules = 0 };

	d->level = d->opt->level;
	if (!d->opt->whole && !(d->core->missing & CORE_NO_MEMMAP))
		page_layout_init(&layout, d->core->memmap.page_bytes, &d->core->info);
	d->stats->level_off = d->level & ~LEVEL_ZERO & ~layout.rules;
}

/* And the part of it that makes sense. */
static int check_level(struct dump *d)
{
	int r = d->opt->whole ? 0
			      : selfcheck_run(d->core, &d->protect, d->level, &d->stats->selfcheck);

	d->level &= ~d->stats->selfcheck.off;
	return r;
}

/* Where struct pages lie, if they are to be excluded. */
static int find_vmemmap(struct dump *d)
{
	struct dump_stats *s = d->stats;
	int r;

	if (!d->opt->exclude_struct_pages || d->opt->whole)
		return 0;
	r = vmemmap_init(&d->vmemmap, &d->core->kmem, &d->core->memmap, &s->struct_pages_why);
	s->struct_pages_excluded = !r && !s->struct_pages_why;
	return r;
}

static int open_writer(struct dump *d, struct sink *out)
{
	const struct dump_options *opt = d->opt;
	size_t page = 1ul << d->core->vmcore.page_shift;
	int r;

	if (opt->format == DUMP_ELF || opt->format == DUMP_ELF_ZST) {
		r = elf_open(&d->as.elf, d->core, opt, out);
		d->writer = r ? NULL : &d->as.elf.base;
		return r;
	}
	r = compress_open(&d->zip, opt->codec, opt->codec_level, page);
	if (!r)
		r = kdump_open(&d->as.kdump, d->core, opt, &d->zip, out);
	d->writer = r ? NULL : &d->as.kdump.base;
	return r;
}

static int finish_full(struct dump *d)
{
	int r = d->writer->finish_full(d->writer);

	d->stats->incomplete = !r;
	d->stats->pages_saved = d->writer->saved;
	return r;
}

static int run_passes(struct dump *d)
{
	static const enum pipeline_pass in_turn[] = { PIPELINE_FIRST, PIPELINE_REST };
	struct writer *w = d->writer;
	int r = w->plan ? pipeline_run(d->pipeline, PIPELINE_PLAN) : 0;

	if (!r)
		r = w->begin(w);
	if (!r && !w->begin_next)
		r = pipeline_run(d->pipeline, PIPELINE_ALL);
	for (size_t i = 0; i < ARRAY_LEN(in_turn) && !r && w->begin_next; i++) {
		r = i ? w->begin_next(w) : 0;
		if (!r)
			r = pipeline_run(d->pipeline, in_turn[i]);
	}
	if (!r)
		r = w->finish(w);
	return r == -ENOSPC && d->opt->keep_partial && w->finish_full ? finish_full(d) : r;
}

/* Bytes from a wrong place are no dump; memory that came or went is. */
static int check_source(struct dump *d)
{
	int r = vmcore_changed(&d->core->vmcore);

	d->stats->memory_changed = r;
	return r < 0 ? r : 0;
}

static int dump(struct dump *d, struct sink *out)
{
	int r;

	protect_init(&d->protect, &d->core->kmem, &d->core->memmap, &d->core->info);
	choose_level(d);
	r = check_level(d);
	if (!r)
		r = find_vmemmap(d);
	if (!r)
		r = open_writer(d, out);
	if (r)
		return r;
	d->writer->struct_pages_excluded = d->stats->struct_pages_excluded;
	r = pipeline_open(&d->pipeline, d->core, d->opt, d->level,
			  d->stats->struct_pages_excluded ? &d->vmemmap : NULL,
			  count_threads(d->opt), &d->protect, d->writer, d->stats);
	if (!r)
		r = run_passes(d);
	if (!r)
		r = check_source(d);
	if (!r)
		pipeline_report_end(d->pipeline);
	d->stats->bytes_out = d->writer->bytes;
	return r;
}

static void dump_close(struct dump *d)
{
	if (d->pipeline)
		pipeline_close(d->pipeline);
	if (d->writer)
		d->writer->close(d->writer);
	compress_close(&d->zip);
	vmemmap_free(&d->vmemmap);
	free(d);
}

int dump_run(struct crash *c, const struct dump_options *opt, struct sink *out,
	     struct dump_stats *ret)
{
	uint64_t started_ms = clock_mono_ms();
	struct rusage usage;
	struct dump *d;
	int r;

	memset(ret, 0, sizeof(*ret));
	if (c->missing & CORE_NO_MEMMAP && opt->level & ~LEVEL_ZERO && !opt->whole)
		return -ENODATA;
	d = calloc(1, sizeof(*d));
	if (!d)
		return -ENOMEM;
	d->core = c;
	d->opt = opt;
	d->stats = ret;
	ret->live = c->vmcore.live;
	ret->part = opt->split;
	r = dump(d, out);
	dump_close(d);
	ret->elapsed_ms = clock_mono_ms() - started_ms;
	if (!getrusage(RUSAGE_SELF, &usage))
		ret->peak_rss_bytes = (uint64_t)usage.ru_maxrss * 1024;
	return r;
}

static int count_unit(void *ctx, const struct filter_unit *u)
{
	struct dump_stats *s = ctx;

	s->pages_ram += u->pages_ram;
	s->pages_absent += u->pages_absent;
	s->units_unfiltered += u->unfiltered;
	s->pages_whole += u->unfiltered ? u->pages_present : 0;
	s->pages_doubt += u->pages_doubt;
	for (unsigned c = 0; c < PAGE_CLASSES; c++)
		s->pages[c] += u->pages[c];
	return 0;
}

int dump_count(struct crash *c, struct dump_stats *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->live = c->vmcore.live;
	if (c->missing & CORE_NO_MEMMAP)
		return -ENODATA;
	return units_each(c, LEVEL_ALL, false, count_unit, ret);
}
