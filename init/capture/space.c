/* SPDX-License-Identifier: MIT */
/*
 * Free space, old dumps and the size of the new one.
 */
#include "init/capture/space.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dumper/kernel/crash.h"
#include "dumper/sink/sink_count.h"
#include "dumper/sink/sink_limit.h"
#include "init/capture/job_files.h"
#include "init/capture/space_private.h"
#include "init/target/sink_watch.h"
#include "lib/cleanup.h"
#include "lib/conf/target/conf_kind.h"

bool space_may_remove(const struct conf_keep *keep)
{
	return keep->dumps || keep->bytes || keep->min_free;
}

/* 0 with *ret: what min_free leaves of the free bytes. */
static int free_beside(const struct target *t, uint64_t *ret, struct child *self)
{
	uint64_t min_free = t->conf->keep.min_free;
	int r = t->kind->space ? t->kind->space(t, ret, self) : -EOPNOTSUPP;

	if (!r)
		*ret = *ret > min_free ? *ret - min_free : 0;
	return r;
}

/* The dumps that lie there; free() it. *ret_dir is to be closed. NULL: there are none to see. */
static struct retention *look_at_dumps(const struct target *t, int *ret_dir)
{
	const struct conf_keep *keep = &t->conf->keep;
	bool shared = conf_kind(t->spec)->shared;
	struct retention *r;

	*ret_dir = t->kind->folder ? t->kind->folder(t) : -EOPNOTSUPP;
	if (*ret_dir < 0)
		return NULL;
	r = calloc(1, sizeof(*r));
	if (r && retention_look(r, *ret_dir, t->folder, shared, keep->loop_minutes)) {
		free(r);
		r = NULL;
	}
	return r;
}

/* ---------------------------------------------------------------- will it fit? */

static bool left_out(unsigned class, unsigned level)
{
	switch (class) {
	case PAGE_FREE:
		return level & LEVEL_FREE;
	case PAGE_CACHE:
		return level & (LEVEL_CACHE | LEVEL_CACHE_PRIVATE);
	case PAGE_CACHE_PRIVATE:
		return level & LEVEL_CACHE_PRIVATE;
	case PAGE_USER:
		return level & LEVEL_USER;
	case PAGE_HWPOISON:
	case PAGE_OFFLINE:
		return true;
	default:
		return false;
	}
}

uint64_t space_bound(const struct dump_stats *counted, unsigned level, unsigned page_shift,
		     uint64_t end_pfn)
{
	/* a descriptor, copies of the index, a share of a page's headers */
	const uint64_t beside = 64, fixed = 4u << 20;
	uint64_t pages = 0;

	for (unsigned c = 0; c < PAGE_CLASSES; c++)
		pages += left_out(c, level) ? 0 : counted->pages[c];
	/* two bitmaps of a bit for each page frame */
	return (pages << page_shift) + pages * beside + end_pfn / 4 + fixed;
}

static void progress(void *ctx, const struct dump_progress *p)
{
	struct child *self = ctx;

	if (p->pages_done)
		atomic_fetch_add(&self->moved, 1);
}

/* A dump to nowhere that ends as soon as it is larger than room. 0: it is; else its size. */
static uint64_t measure_dump(const char *path, const struct dump_options *opt, uint64_t room,
			     struct child *self)
{
	struct dump_options o = *opt;
	struct dump_stats stats;
	struct sink_count count;
	struct sink_limit limit;
	struct crash core;
	uint64_t bytes = 0;

	if (crash_open(path, &core))
		return 0;
	o.progress = progress;
	o.progress_ctx = self;
	sink_count_init(&count, o.format == DUMP_ELF_ZST);
	sink_limit_init(&limit, &count.base, room);
	if (!dump_run(&core, &o, &limit.base, &stats))
		bytes = count.bytes;
	sink_abort(&limit.base);
	crash_close(&core);
	return bytes;
}

static void measure_levels(const struct space_order *o, struct space_fit *fit, struct child *self)
{
	struct dump_options opt = *o->opt;

	fit->verdict = SPACE_TOO_SMALL;
	for (unsigned i = 0; i < o->n_levels && !fit->need; i++) {
		fit->index = i;
		opt.level = o->levels[i];
		fit->need = measure_dump(o->core, &opt, fit->free + fit->spare, self);
		if (fit->need)
			fit->verdict = SPACE_FITS_MEASURED;
	}
}

/* The bound at the first level; without struct pages that cannot be counted, and nothing tells. */
static int count_pages(const struct space_order *o, struct space_fit *fit)
{
	struct dump_stats stats;
	struct crash core;
	int r = crash_open(o->core, &core);

	if (r)
		return r;
	r = dump_count(&core, &stats);
	if (!r)
		fit->bound = space_bound(&stats, o->levels[0], core.vmcore.page_shift,
					 vmcore_end(&core.vmcore) >> core.vmcore.page_shift);
	crash_close(&core);
	return r;
}

int space_fit(const void *ctx, void *answer, struct child *self)
{
	const struct space_order *o = ctx;
	const struct conf_keep *keep = &o->target->conf->keep;
	struct space_fit *fit = answer;
	_close_ int dir = -1;
	_free_ struct retention *old = look_at_dumps(o->target, &dir);
	struct target t;
	int r;

	if (old) {
		fit->recent = old->recent;
		fit->spare = space_may_remove(keep) ? retention_spare(old) : 0;
	}
	if (keep->loop_crashes && fit->recent + 1 >= keep->loop_crashes) {
		fit->verdict = SPACE_LOOP;
		return 0;
	}
	r = job_files_connect(o->target, &t, self);
	r = r ? r : free_beside(&t, &fit->free, self);
	r = r ? r : count_pages(o, fit);
	if (r)
		return r;
	if (fit->bound <= fit->free) {
		fit->verdict = SPACE_FITS;
		fit->need = fit->bound;
	} else {
		measure_levels(o, fit, self);
	}
	return 0;
}

/* ---------------------------------------------------------------- what goes */

int space_make_room(const void *ctx, void *answer, struct child *self)
{
	const struct space_order *o = ctx;
	struct space_made *made = answer;
	_close_ int dir = -1;
	_free_ struct retention *old = look_at_dumps(o->target, &dir);
	int r = free_beside(o->target, &made->free, self);

	while (!r && old && made->free < o->want_bytes &&
	       !retention_remove_oldest(old, &made->gone)) {
		atomic_fetch_add(&self->moved, 1);
		r = free_beside(o->target, &made->free, self);
	}
	return r ? r : made->free < o->want_bytes ? -ENOSPC : 0;
}

int space_retain(const void *ctx, void *answer, struct child *self)
{
	const struct space_order *o = ctx;
	struct space_made *made = answer;
	_close_ int dir = -1;
	_free_ struct retention *old = look_at_dumps(o->target, &dir);

	(void)self;
	if (old)
		retention_apply(old, &o->target->conf->keep, o->present_bytes, &made->gone);
	return 0;
}
