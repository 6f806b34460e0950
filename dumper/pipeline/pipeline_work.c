/* SPDX-License-Identifier: MIT */
/*
 * The work of a pass: which units, which frames of them, in which pieces.
 */
#include "dumper/pipeline/pipeline_work.h"

#include <stdatomic.h>
#include <string.h>

#include "lib/bits.h"
#include "lib/clock.h"

/* ---------------------------------------------------------------- progress */

/* Free pages by the kernel's counters are not kept; of the others, all may be. */
void pipeline_report_open(struct pipeline *p)
{
	uint64_t ram = vmcore_ram_pages(&p->core->vmcore);
	uint64_t free = p->workers[0].filter.level & LEVEL_FREE ? p->stats->selfcheck.free_all : 0;

	p->pages_total = ram;
	p->started_ms = clock_mono_ms();
	p->progress.to_read = free < ram ? ram - free : ram;
	p->progress.to_look = p->writer->plan ? 2 * ram : ram;
}

/* Passes that do not go over all of memory count what they read alone. */
static bool looks_at_all(const struct pipeline *p)
{
	return p->pass != PIPELINE_FIRST && (p->pass != PIPELINE_ALL || !p->writer->stored);
}

void pipeline_report_pass(struct pipeline *p)
{
	struct progress *g = &p->progress;

	g->read_before = g->read = p->stats->bytes_in >> p->core->vmcore.page_shift;
	g->looked_before = g->looked;
	if (p->pass == PIPELINE_ALL && p->writer->stored)
		g->to_look = g->looked;
	/* the plan of a split dump is of all of it */
	g->planned = p->writer->plan && p->pass != PIPELINE_PLAN && !p->opt->split;
	if (g->planned)
		g->to_read = p->pages_planned;
	p->pass_started_ms = clock_mono_ms();
}

static void estimate(struct pipeline *p, uint64_t now, uint64_t done, bool last,
		     struct dump_progress *ret)
{
	struct progress *g = &p->progress;
	unsigned percent;

	g->read = p->stats->bytes_in >> p->core->vmcore.page_shift;
	if (looks_at_all(p))
		g->looked = g->looked_before + done;
	g->to_look = g->looked > g->to_look ? g->looked : g->to_look;
	g->pass_ms = now - p->pass_started_ms;
	percent = last ? 100 : progress_percent(g);
	p->percent = percent > p->percent ? percent : p->percent;
	ret->percent = p->percent;
	ret->left_ms = last ? 0 : progress_left_ms(g);
}

void pipeline_report(struct pipeline *p, uint64_t done, bool last)
{
	uint64_t now = clock_mono_ms();
	struct dump_progress prog = {
		.pages_done = done,
		.pages_total = p->pages_total,
		.bytes_in = p->stats->bytes_in,
		.bytes_out = p->writer->bytes,
		.elapsed_ms = now - p->started_ms,
	};

	if (!p->opt->progress || (!last && now - p->reported_ms < PIPELINE_REPORT_MS))
		return;
	p->reported_ms = now;
	estimate(p, now, done, last, &prog);
	p->opt->progress(p->opt->progress_ctx, &prog);
}

/* ---------------------------------------------------------------- units */

/* The unit that holds the next frames this pass has to do with; UINT64_MAX: none. */
uint64_t pipeline_find_unit(struct pipeline *p)
{
	uint64_t pfn = p->next_pfn, base;

	if (p->pass == PIPELINE_FIRST)
		pfn = protect_next(&p->first.list, pfn);
	else if (p->pass == PIPELINE_ALL && p->writer->stored)
		pfn = ranges_next(p->writer->stored, pfn);
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

	if (p->pass == PIPELINE_ALL && p->writer->stored) {
		memset(u->todo, 0, (n + 63) / 64 * sizeof(*u->todo));
		ranges_bits(p->writer->stored, base, n, u->todo);
	} else {
		memcpy(u->todo, u->unit.kept, (n + 63) / 64 * sizeof(*u->todo));
	}
	if (p->pass == PIPELINE_FIRST || p->pass == PIPELINE_REST)
		choose_first(p, u);
	/* the plan of a split dump is of all of it */
	if (!p->opt->split || p->pass == PIPELINE_PLAN)
		return;
	if (p->opt->start_pfn > base)
		bits_clear(u->todo, NULL, 0,
			   p->opt->start_pfn - base < n ? (unsigned)(p->opt->start_pfn - base) : n);
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
static bool cut_batch(const struct pipeline *p, struct unit *u, struct piece *ret)
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
	return p->pass == PIPELINE_PLAN ? cut_whole(u, ret) : cut_batch(p, u, ret);
}

/* ---------------------------------------------------------------- output */

int pipeline_put_out(struct pipeline *p, const struct batch *b, const struct unit *u)
{
	struct dump_stats *s = p->stats;
	uint64_t begun;
	int r;

	if (p->pass == PIPELINE_PLAN) {
		p->pages_planned += bits_count(u->todo, u->unit.n);
		return p->writer->plan(p->writer, u->unit.pfn, u->todo, u->unit.n);
	}
	s->pages_zero += b->zero;
	s->pages_shared += b->shared;
	s->pages_lost += b->lost;
	s->bytes_in += b->bytes_in;
	if (b->error)
		return b->error;
	begun = clock_mono_ns();
	r = p->writer->emit(p->writer, b);
	if (p->opt->adaptive)
		atomic_store(&p->speed,
			     pace_batch(&p->pace, b->encode_ns, clock_mono_ns() - begun));
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
