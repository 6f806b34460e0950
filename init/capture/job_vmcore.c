/* SPDX-License-Identifier: MIT */
#include "init/capture/job_vmcore.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "dumper/sink/sink_flat.h"
#include "init/capture/job_files.h"
#include "init/system/harden.h"
#include "lib/cleanup.h"
#include "lib/log.h"

enum { PROGRESS_MS = 3000 };

struct progress {
	struct child *self;
	const struct job_vmcore_order *save;
	uint64_t pages, said_ms;
};

static void show_progress(void *ctx, const struct dump_progress *p)
{
	struct progress *g = ctx;
	char left[40] = "";

	/* memory looked at counts like bytes written: free memory gives none */
	if (p->pages_done > g->pages)
		atomic_fetch_add(&g->self->moved, p->pages_done - g->pages);
	g->pages = p->pages_done;
	if (p->elapsed_ms < g->said_ms + PROGRESS_MS || !p->pages_total)
		return;
	g->said_ms = p->elapsed_ms;
	if (p->left_ms != UINT64_MAX)
		snprintf(left, sizeof(left), ", %" PRIu64 " s left", (p->left_ms + 999) / 1000);
	log_info("capture: %s: %u %%, %" PRIu64 " MB/s, %" PRIu64 " MB written to %s%s",
		 g->save->file, p->percent, p->bytes_in / 1000 / p->elapsed_ms,
		 p->bytes_out / 1000000, g->save->target->what, left);
}

/* For a stream the file is flattened on its way, unless its format is a stream. */
static int dump_to(struct crash *core, const struct dump_options *opt, struct job_file *out,
		   struct dump_stats *stats, struct child *self)
{
	_free_ uint8_t *chunk = NULL;
	struct sink *top = out->top;
	struct sink_flat flat;
	int r = 0;

	if (!top->rewrites && opt->format != DUMP_ELF_ZST) {
		chunk = malloc(SINK_FLAT_CHUNK);
		r = chunk ? sink_flat_open(&flat, top, chunk) : -ENOMEM;
		if (!r)
			top = &flat.base;
	}
	if (!r)
		r = dump_run(core, opt, top, stats);
	if (!r && stats->incomplete)
		out->file.incomplete(&out->file);
	return job_files_finish(out, top, r, self);
}

int job_vmcore_save(const void *ctx, void *answer, struct child *self)
{
	const struct job_vmcore_order *s = ctx;
	struct progress progress = { .self = self, .save = s };
	struct dump_options opt = s->opt;
	struct job_vmcore *a = answer;
	struct job_file out;
	struct crash core;
	struct target t;
	int r = job_files_connect(s->target, &t, self);

	if (r)
		return r;
	t.about.level = s->opt.level;
	harden_child(!s->unfiltered);
	r = job_files_read(s->core, &core, self);
	if (r)
		return r;
	/* refused before anything is created or sent */
	if (opt.level > LEVEL_ZERO && !opt.whole && core.missing & CORE_NO_MEMMAP) {
		child_why(self, "pages cannot be told apart: %s", core.why);
		return -ENODATA;
	}
	r = job_files_create(&t, s->file, s->limit_bytes, &out, self);
	if (r)
		return r;
	/* the only lines of this child, and many: for those who watch, not for the file */
	log_remove(s->quiet_fd);
	/* what is sealed cannot be cut */
	opt.keep_partial &= out.file.incomplete != NULL && !out.seal;
	opt.progress = show_progress;
	opt.progress_ctx = &progress;
	r = dump_to(&core, &opt, &out, &a->stats, self);
	/* a flattened file is no larger than what was sent, whatever it unflattens to */
	if (!out.top->rewrites)
		a->stats.bytes_out = out.watch.bytes;
	if (!r)
		sink_hash_digest(&out.hash, &a->digest);
	return r;
}
