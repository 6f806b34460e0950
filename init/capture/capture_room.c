/* SPDX-License-Identifier: MIT */
/*
 * The decisions of init/capture/space.h, put into the steps of a capture.
 */
#include "init/capture/capture_room.h"

#include <inttypes.h>

#include "dumper/filter/page_class.h"
#include "init/capture/space.h"
#include "lib/log.h"

#define ROOM_FOR_LOG_BYTES (4u << 20)

static bool make_room(struct capture *c, const struct target *t, uint64_t want, uint64_t *ret_free)
{
	const struct space_order order = { .target = t, .want_bytes = want };
	struct space_made made = { .free = 0 };
	struct child_job job = { .name = "room",
				 .run = space_make_room,
				 .ctx = &order,
				 .answer = &made,
				 .answer_bytes = sizeof(made) };
	struct child_end end;
	int r = steps_run(&c->steps, "room", t, &job, BUDGET_WORK, &end);

	report_removed(c->steps.report, &made.gone);
	*ret_free = made.free;
	log_info("room: %s: %u old dumps removed (%" PRIu64 " MiB), %" PRIu64 " MiB free now",
		 t->spec->where, made.gone.dumps, made.gone.bytes >> 20, made.free >> 20);
	if (r)
		log_warn("room: %s: %s", t->spec->where, end.why);
	return made.gone.dumps;
}

bool capture_room_for_log(struct capture *c, const struct target *t)
{
	uint64_t free_bytes;

	return t->kind->folder && t->kind->space && space_may_remove(&c->steps.conf->keep) &&
	       make_room(c, t, ROOM_FOR_LOG_BYTES, &free_bytes);
}

void capture_retain(struct capture *c, const struct target *t)
{
	const struct space_order order = { .target = t,
					   .present_bytes = c->steps.report->dump.bytes_out };
	struct space_made made = { .free = 0 };
	struct child_job job = { .name = "retain",
				 .run = space_retain,
				 .ctx = &order,
				 .answer = &made,
				 .answer_bytes = sizeof(made) };
	struct child_end end;

	if (!t->kind->folder || (!c->steps.conf->keep.dumps && !c->steps.conf->keep.bytes))
		return;
	if (steps_run(&c->steps, "retain", t, &job, BUDGET_CLOSING, &end))
		log_warn("retention: %s: %s", t->spec->where, end.why);
	else if (made.gone.dumps)
		log_info("retention: %s: %u old dumps removed (%" PRIu64 " MiB)", t->spec->where,
			 made.gone.dumps, made.gone.bytes >> 20);
}

/* ---------------------------------------------------------------- will it fit? */

static void order_levels(struct space_order *o, const struct collector *want)
{
	for (unsigned i = 0; i < want->n_levels; i++)
		o->levels[o->n_levels++] = want->levels[i];
	if (o->levels[o->n_levels - 1] != LEVEL_ALL)
		o->levels[o->n_levels++] = LEVEL_ALL;
}

static void say(const struct target *t, const struct space_order *o, const struct space_fit *f)
{
	unsigned level = o->levels[f->index];

	switch (f->verdict) {
	case SPACE_FITS:
		log_info("room: %s: %" PRIu64 " MiB free, level %u takes %" PRIu64 " at most",
			 t->spec->where, f->free >> 20, level, f->need >> 20);
		break;
	case SPACE_FITS_MEASURED:
		log_info("room: %s: %" PRIu64 " MiB free and %" PRIu64 " of old dumps; level %u "
			 "would take up to %" PRIu64 ": measured, level %u takes %" PRIu64,
			 t->spec->where, f->free >> 20, f->spare >> 20, o->levels[0],
			 f->bound >> 20, level, f->need >> 20);
		break;
	default:
		log_warn("room: %s: %" PRIu64 " MiB free and %" PRIu64
			 " of old dumps: too little for "
			 "any level; level %u as far as it goes",
			 t->spec->where, f->free >> 20, f->spare >> 20, level);
	}
}

/* The dump may be larger than measured: its pages compress a little better or worse in time. */
static uint64_t with_margin(uint64_t bytes)
{
	return bytes + bytes / 16;
}

static void start_ladder(struct ladder *l, const struct space_fit *f, const struct collector *want)
{
	if (f->index < want->n_levels)
		*l = ladder_start(want->levels + f->index, want->n_levels - f->index);
	else
		*l = ladder_smallest();
}

static bool is_loop(struct capture *c, const struct space_fit *f)
{
	const struct conf_keep *keep = &c->steps.conf->keep;

	if (f->verdict != SPACE_LOOP)
		return false;
	c->steps.report->crash_loop = true;
	log_warn("capture: crash loop: with this one %u crashes within %u minutes: only the log is "
		 "saved",
		 f->recent + 1, keep->loop_minutes);
	return true;
}

bool capture_fit(struct capture *c, const struct target *t, const struct dump_options *opt,
		 struct ladder *l, uint64_t *ret_limit)
{
	struct space_order order = { .core = c->steps.system->core, .target = t, .opt = opt };
	struct space_fit fit = { .verdict = SPACE_UNKNOWN };
	struct child_job job = { .name = "fit",
				 .run = space_fit,
				 .ctx = &order,
				 .answer = &fit,
				 .answer_bytes = sizeof(fit) };
	struct child_end end;
	int r;

	*ret_limit = 0;
	if (!t->kind->space)
		return true;
	order_levels(&order, &c->steps.conf->collector);
	r = steps_run(&c->steps, "fit", t, &job, BUDGET_WORK, &end);
	c->steps.report->fit = fit;
	if (is_loop(c, &fit))
		return false;
	if (r || fit.verdict == SPACE_UNKNOWN) {
		log_warn("room: %s: size of the dump not known: %s", t->spec->where, end.why);
		return true;
	}
	say(t, &order, &fit);
	start_ladder(l, &fit, &c->steps.conf->collector);
	if (fit.spare && (!fit.need || with_margin(fit.need) > fit.free))
		make_room(c, t, fit.need ? with_margin(fit.need) : UINT64_MAX, &fit.free);
	if (c->steps.conf->keep.min_free || t->kind->out_of_place)
		*ret_limit = fit.free ? fit.free : 1;
	return true;
}
