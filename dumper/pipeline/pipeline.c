/* SPDX-License-Identifier: MIT */
/*
 * The passes on one thread, and the memory for them.
 */
#include "dumper/pipeline/pipeline.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dumper/pipeline/pipeline_work.h"
#include "lib/bits.h"
#include "lib/clock.h"

void pipeline_report_end(struct pipeline *p)
{
	pipeline_report(p, p->pages_done, true);
}

static void report_move(void *ctx)
{
	struct pipeline *p = ctx;

	pipeline_report(p, p->pages_done, false);
}

/* ---------------------------------------------------------------- one thread */

static int run_alone(struct pipeline *p)
{
	struct worker *w = &p->workers[0];
	struct filter_carry carry = { 0 };
	struct slot *s = &p->slots[0];
	struct unit *u = &p->units[0];
	struct piece piece;
	uint64_t base;

	while ((base = pipeline_find_unit(p)) != UINT64_MAX) {
		struct filter_carry none = { 0 };
		bool inside = filter_begin(&w->filter, base, &u->unit);
		uint64_t before = p->pages_done;

		filter_finish(&w->filter, &u->unit, inside ? carry : none, &carry);
		pipeline_choose(p, u);
		u->from = 0;
		while (pipeline_cut(p, u, &piece)) {
			int r;

			pipeline_encode(w, &piece, &s->batch);
			r = pipeline_put_out(p, &s->batch, u);
			if (r)
				return r;
			pipeline_report(p,
					before + (u->from < u->unit.pages_ram ? u->from
									      : u->unit.pages_ram),
					false);
		}
		pipeline_count(p, &u->unit);
		p->pages_done = before + u->unit.pages_ram;
		pipeline_report(p, p->pages_done, false);
	}
	return 0;
}

int pipeline_run(struct pipeline *p, enum pipeline_pass pass)
{
	p->pass = pass;
	p->next_pfn = 0;
	p->no_more = p->stop = false;
	p->first_unit = p->next_unit = p->first_slot = p->next_slot = 0;
	for (unsigned i = 0; i < p->n_units; i++)
		p->units[i].state = FREE;
	for (unsigned i = 0; i < p->n_slots; i++)
		p->slots[i].state = FREE;
	memset(p->legacy, 0, 2 * p->n_units * sizeof(*p->legacy));
	p->pages_done = 0;
	pipeline_report_pass(p);
	if (p->threads > 1) {
		int r = pipeline_run_threads(p);

		if (r != -EAGAIN)
			return r;
		p->threads = 1;
	}
	return run_alone(p);
}

/* ---------------------------------------------------------------- memory */

/* In little memory smaller batches for more threads: the whole stays below 16 MiB. */
static void size_batches(struct pipeline *p)
{
	size_t page = 1ul << p->core->vmcore.page_shift;
	size_t bytes = p->writer->batch_pages * page;

	for (unsigned t = 4; p->opt->little_memory && t < p->threads; t *= 2)
		bytes /= 2;
	p->writer->batch_pages = bytes > page ? (unsigned)(bytes / page) : 1;
	p->batch_bytes = p->writer->batch_pages * page;
}

/* A thread that gets no descriptor where it needs one is not started. */
static void open_sources(struct pipeline *p)
{
	unsigned n;

	for (n = 0; n < p->threads; n++) {
		struct worker *w = &p->workers[n];

		w->p = p;
		w->vmcore = p->core->vmcore;
		if (p->threads > 1 && vmcore_own(&p->core->vmcore, &w->vmcore))
			break;
	}
	p->threads = n ? n : 1;
	p->stats->threads = p->threads;
}

/* For keep_to_plan(): only formats that write a file front to back, from a running machine. */
static int open_plan(struct pipeline *p)
{
	const struct vmcore *v = &p->core->vmcore;

	if (!v->live || !p->writer->plan || p->writer->encoding == WRITER_PAGES)
		return 0;
	p->planned_end = (vmcore_end(v) >> v->page_shift) / FILTER_UNIT_MAX * FILTER_UNIT_MAX +
			 FILTER_UNIT_MAX;
	p->planned = calloc(p->planned_end / 64, sizeof(*p->planned));
	return p->planned ? 0 : -ENOMEM;
}

static int open_worker(struct pipeline *p, struct worker *w, unsigned level)
{
	const struct dump_options *opt = p->opt;
	size_t page = 1ul << p->core->vmcore.page_shift;

	w->kmem = p->core->kmem;
	w->kmem.vmcore = &w->vmcore;
	w->filter_buf = malloc(page);
	if (!w->filter_buf)
		return -ENOMEM;
	filter_init(&w->filter, &w->kmem, &p->core->memmap, p->protect, &p->core->info, level,
		    opt->whole, w->filter_buf, page);
	if (p->vmemmap && filter_exclude_struct_pages(&w->filter, p->vmemmap))
		return -ENOMEM;
	return encode_open(&w->encoder, &w->vmcore, p->writer, opt->codec, opt->codec_level,
			   p->batch_bytes);
}

static int allocate(struct pipeline *p, unsigned level)
{
	size_t room = encode_room(p->writer, p->batch_bytes, 1ul << p->core->vmcore.page_shift);
	int r = 0;

	p->n_units = p->threads > 1 ? p->threads + 2 : 1;
	p->n_slots = p->threads > 1 ? 2 * p->threads + 6 : 1;
	p->workers = calloc(p->threads, sizeof(*p->workers));
	p->units = calloc(p->n_units, sizeof(*p->units));
	p->legacy = calloc(2 * p->n_units, sizeof(*p->legacy));
	p->slots = calloc(p->n_slots, sizeof(*p->slots));
	p->slot_bytes = malloc(p->n_slots * room);
	if (!p->workers || !p->units || !p->legacy || !p->slots || !p->slot_bytes)
		return -ENOMEM;
	for (unsigned i = 0; i < p->n_slots; i++)
		p->slots[i].batch.bytes = p->slot_bytes + i * room;
	open_sources(p);
	r = open_plan(p);
	for (unsigned i = 0; i < p->threads && !r; i++)
		r = open_worker(p, &p->workers[i], level);
	return r;
}

int pipeline_open(struct pipeline **ret, struct crash *c, const struct dump_options *opt,
		  unsigned level, const struct vmemmap *vmemmap, unsigned threads,
		  const struct protect *protect, struct writer *writer, struct dump_stats *stats)
{
	struct pipeline *p = calloc(1, sizeof(*p));
	pthread_condattr_t attr;
	int r;

	if (!p)
		return -ENOMEM;
	*p = (struct pipeline){ .core = c,
				.opt = opt,
				.vmemmap = vmemmap,
				.protect = protect,
				.writer = writer,
				.stats = stats,
				.threads = threads,
				.n_workers = threads };
	/* what a running machine changes between two looks would be dumped twice or not at all */
	if (!c->vmcore.live)
		dump_first_init(&p->first, protect, c);
	writer->moved = report_move;
	writer->moved_ctx = p;
	pace_init(&p->pace, threads);
	pthread_mutex_init(&p->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&p->work, NULL);
	pthread_cond_init(&p->ready, &attr);
	pthread_condattr_destroy(&attr);
	size_batches(p);
	r = allocate(p, level);
	if (r)
		pipeline_close(p);
	else
		pipeline_report_open(p);
	*ret = r ? NULL : p;
	return r;
}

void pipeline_close(struct pipeline *p)
{
	for (unsigned i = 0; p->workers && i < p->n_workers; i++) {
		struct worker *w = &p->workers[i];

		encode_close(&w->encoder);
		if (w->filter_buf)
			filter_close(&w->filter);
		free(w->filter_buf);
		if (w->p)
			vmcore_own_close(&w->vmcore, &p->core->vmcore);
	}
	pthread_cond_destroy(&p->ready);
	pthread_cond_destroy(&p->work);
	pthread_mutex_destroy(&p->lock);
	dump_first_free(&p->first);
	free(p->slot_bytes);
	free(p->slots);
	free(p->planned);
	free(p->legacy);
	free(p->units);
	free(p->workers);
	free(p);
}
