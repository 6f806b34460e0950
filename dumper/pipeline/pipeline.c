/* SPDX-License-Identifier: MIT */
/*
 * The work of a pass: which units, which frames of them, in which pieces; and the memory for it.
 */
#include "dumper/pipeline/pipeline.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "dumper/pipeline/pipeline_work.h"
#include "lib/bits.h"
#include "lib/clock.h"

/* ---------------------------------------------------------------- progress */

void pipeline_report(struct pipeline *p, uint64_t done, bool last)
{
	uint64_t now = clock_mono_ms();
	struct dump_progress prog = {
		.pages_done = done,
		.pages_total = p->pages_total,
		.bytes_in = p->stats->bytes_in,
		.bytes_out = p->writer->bytes,
		.elapsed_ms = now - p->started_ms,
		.left_ms = UINT64_MAX,
	};

	if (!p->opt->progress || (!last && now - p->reported_ms < PIPELINE_REPORT_MS))
		return;
	p->reported_ms = now;
	if (prog.pages_done && prog.elapsed_ms > 1000)
		prog.left_ms =
			(prog.pages_total - prog.pages_done) * prog.elapsed_ms / prog.pages_done;
	p->opt->progress(p->opt->progress_ctx, &prog);
}

void pipeline_report_end(struct pipeline *p)
{
	pipeline_report(p, p->pages_done, true);
}

static void report_move(void *ctx)
{
	struct pipeline *p = ctx;

	pipeline_report(p, p->pages_done, false);
}

/* ---------------------------------------------------------------- units */

/* The unit that holds the next frames this pass has to do with; UINT64_MAX: none. */
uint64_t pipeline_find_unit(struct pipeline *p)
{
	uint64_t pfn = p->next_pfn, base;

	if (p->pass == PIPELINE_FIRST)
		pfn = protect_next(&p->first.list, pfn);
	else if (p->pass == PIPELINE_ALL && p->writer->stored)
		pfn = extents_next(p->writer->stored, pfn);
	base = pfn == UINT64_MAX ? pfn : filter_find(&p->workers[0].filter, pfn);
	if (base == UINT64_MAX ||
	    (p->opt->split && p->pass != PIPELINE_PLAN && base >= p->opt->end_pfn))
		return UINT64_MAX;
	p->next_pfn = base + p->workers[0].filter.unit_pages;
	return base;
}

/* Takes from the todo what the other pass dumps. */
static void choose_first(const struct pipeline *p, struct unit *u)
{
	uint64_t first[FILTER_WORDS];
	unsigned n = u->unit.n;

	if (!protect_bits(&p->first.list, u->unit.pfn, n, first))
		memset(first, 0, sizeof(first));
	for (unsigned i = 0; i < (n + 63) / 64; i++)
		u->todo[i] &= p->pass == PIPELINE_REST ? ~first[i] : first[i];
}

/*
 * On a running machine a second look gives other pages than the plan's, and what the file has room
 * for would be written as zeros.
 */
static void keep_to_plan(const struct pipeline *p, struct unit *u)
{
	uint64_t *planned = p->planned + u->unit.pfn / 64;
	size_t bytes = (u->unit.n + 63) / 64 * sizeof(*planned);

	if (u->unit.pfn >= p->planned_end)
		memset(u->unit.kept, 0, bytes);
	else if (p->pass == PIPELINE_PLAN)
		memcpy(planned, u->unit.kept, bytes);
	else
		memcpy(u->unit.kept, planned, bytes);
}

/* The frames of the unit that this pass dumps. */
void pipeline_choose(const struct pipeline *p, struct unit *u)
{
	uint64_t base = u->unit.pfn;
	unsigned n = u->unit.n;

	if (p->planned)
		keep_to_plan(p, u);

	if (p->pass == PIPELINE_ALL && p->writer->stored)
		extents_bits(p->writer->stored, base, n, u->todo);
	else
		memcpy(u->todo, u->unit.kept, (n + 63) / 64 * sizeof(*u->todo));
	if (p->pass == PIPELINE_FIRST || p->pass == PIPELINE_REST)
		choose_first(p, u);
	/* the plan of a split dump is of all of it */
	if (!p->opt->split || p->pass == PIPELINE_PLAN)
		return;
	if (p->opt->start_pfn > base)
		bits_clear(u->todo, NULL, 0, p->opt->start_pfn - base < n ?
			   (unsigned)(p->opt->start_pfn - base) : n);
	if (p->opt->end_pfn < base + n)
		bits_clear(u->todo, NULL, (unsigned)(p->opt->end_pfn - base), n);
}

void pipeline_count(struct pipeline *p, const struct filter_unit *u)
{
	struct dump_stats *s = p->stats;

	/* each once: not all passes see all units */
	if (p->pass == PIPELINE_FIRST || (p->pass == PIPELINE_ALL && p->writer->plan))
		return;
	/* a unit counts for the part it begins in, so that an empty part has none */
	if (p->opt->split && (u->pfn < p->opt->start_pfn || u->pfn >= p->opt->end_pfn))
		return;
	s->pages_ram += u->pages_ram;
	s->pages_absent += u->pages_absent;
	s->units_unfiltered += u->unfiltered;
	s->pages_whole += u->unfiltered ? u->pages_present : 0;
	s->pages_doubt += u->pages_doubt;
	for (unsigned c = 0; c < PAGE_CLASSES; c++)
		s->pages[c] += u->pages[c];
}

/* The next batch of the unit. False: there is none left. */
static bool cut(const struct pipeline *p, struct unit *u, struct piece *ret)
{
	unsigned n = u->unit.n, left = p->writer->batch_pages;
	unsigned from = bits_next(u->todo, u->from, n, 1), to = from;

	if (from == n)
		return false;
	while (left && to < n) {
		unsigned begin = bits_next(u->todo, to, n, 1);
		unsigned end = bits_next(u->todo, begin, n, 0);

		if (begin == n)
			break;
		to = end - begin < left ? end : begin + left;
		left -= to - begin;
	}
	u->from = to;
	*ret = (struct piece){ .unit = &u->unit, .todo = u->todo, .from = from, .to = to };
	return true;
}

/* A unit in PIPELINE_PLAN is one batch without bytes. */
static bool cut_whole(struct unit *u, struct piece *ret)
{
	if (u->from)
		return false;
	u->from = u->unit.n;
	*ret = (struct piece){ .unit = &u->unit, .todo = u->todo, .from = 0, .to = u->unit.n };
	return true;
}

bool pipeline_cut(const struct pipeline *p, struct unit *u, struct piece *ret)
{
	return p->pass == PIPELINE_PLAN ? cut_whole(u, ret) : cut(p, u, ret);
}

/* ---------------------------------------------------------------- output */

int pipeline_put_out(struct pipeline *p, const struct batch *b, const struct unit *u)
{
	struct dump_stats *s = p->stats;
	uint64_t begun;
	int r;

	if (p->pass == PIPELINE_PLAN)
		return p->writer->plan(p->writer, u->unit.pfn, u->todo, u->unit.n);
	s->pages_zero += b->zero;
	s->pages_shared += b->shared;
	s->pages_lost += b->lost;
	s->bytes_in += b->bytes_in;
	if (b->error)
		return b->error;
	begun = clock_mono_ns();
	r = p->writer->emit(p->writer, b);
	if (p->opt->adaptive)
		atomic_store(&p->speed, pace_batch(&p->pace, b->encode_ns, clock_mono_ns() - begun));
	return r;
}

void pipeline_encode(struct worker *w, const struct piece *piece, struct batch *b)
{
	uint64_t begun;

	if (w->p->pass == PIPELINE_PLAN)
		return;
	begun = clock_mono_ns();
	if (w->p->opt->adaptive)
		compress_set_speed(&w->encoder.zip, atomic_load(&w->p->speed));
	encode_batch(&w->encoder, piece, b);
	b->encode_ns = clock_mono_ns() - begun;
}

/* ---------------------------------------------------------------- one thread */

int pipeline_run_alone(struct pipeline *p)
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
			pipeline_report(p, before + (u->from < u->unit.pages_ram ? u->from :
					    u->unit.pages_ram), false);
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
	return p->threads > 1 ? pipeline_run_threads(p) : pipeline_run_alone(p);
}

/* ---------------------------------------------------------------- memory */

/* Smaller batches for more threads: the whole stays below 16 MiB. */
static void size_batches(struct pipeline *p)
{
	size_t page = 1ul << p->core->vmcore.page_shift;
	size_t bytes = p->writer->batch_pages * page;

	for (unsigned t = 4; t < p->threads; t *= 2)
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
	if (filter_extra(&w->filter, p->extra))
		return -ENOMEM;
	return encode_open(&w->encoder, &w->vmcore, p->writer, (enum compress_codec)opt->codec,
			   opt->codec_level, p->batch_bytes);
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
		  unsigned level, const struct extra_classes *extra, unsigned threads,
		  const struct protect *protect, struct writer *writer, struct dump_stats *stats)
{
	struct pipeline *p = calloc(1, sizeof(*p));
	pthread_condattr_t attr;
	int r;

	if (!p)
		return -ENOMEM;
	*p = (struct pipeline){ .core = c, .opt = opt, .extra = extra, .protect = protect,
				.writer = writer, .stats = stats, .threads = threads,
				.n_workers = threads };
	/* what a running machine changes between two looks would be dumped twice or not at all */
	if (!c->vmcore.live)
		dump_first_init(&p->first, protect, c);
	p->started_ms = clock_mono_ms();
	writer->moved = report_move;
	writer->moved_ctx = p;
	p->pages_total = vmcore_ram_pages(&c->vmcore);
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
		*ret = p;
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
