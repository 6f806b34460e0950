/* SPDX-License-Identifier: MIT */
/*
 * What the children of a capture do. They may crash or hang: PID 1 goes on with what comes next.
 */
#include "init/capture/jobs.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dumper/kernel/crash_identity.h"
#include "dumper/sink/sink_flat.h"
#include "dumper/sink/sink_limit.h"
#include "init/device/device_stack.h"
#include "init/system/harden.h"
#include "init/system/system.h"
#include "init/target/sink_hash.h"
#include "init/target/sink_watch.h"
#include "lib/cleanup.h"
#include "lib/io.h"
#include "lib/log.h"

enum { PROGRESS_MS = 3000, LOG_MAX_BYTES = 1 << 20 };

/* A file on its way to a target. */
struct output {
	struct target_file file;
	struct sink_hash hash;
	struct sink_watch watch;
};

static int output_open(const struct target *t, const char *name, struct output *ret,
		       struct child *self)
{
	int r;

	atomic_store(&self->in_target, 1);
	r = t->kind->create(t, name, &ret->file, self);
	atomic_store(&self->in_target, 0);
	if (r) {
		self->target_error = r;
		child_why(self, "%s", strerror(-r));
		return r;
	}
	sink_hash_init(&ret->hash, ret->file.sink);
	sink_watch_init(&ret->watch, &ret->hash.base, self);
	return 0;
}

/* The target's own words for its error, if it has any. */
static void output_why(const struct output *o, int r, struct child *self)
{
	const char *said = o->file.error ? o->file.error(&o->file) : "";

	if (self->target_error && said && said[0])
		child_why(self, "%s (after %" PRIu64 " bytes)", said, o->watch.bytes);
	else
		child_why(self, "%s (after %" PRIu64 " bytes)", strerror(-r), o->watch.bytes);
}

/* top: the sink that was written to, which stands on the output. r: how the writing went. */
static int output_close(struct output *o, struct sink *top, int r, struct child *self)
{
	if (!r) {
		r = sink_commit(top);
		if (r)
			output_why(o, r, self);
		return r;
	}
	output_why(o, r, self);
	sink_abort(top);
	return r;
}

static int open_core(const char *path, struct crash *ret, struct child *self)
{
	int r = crash_open(path, ret);

	if (r)
		child_why(self, "%s: %s", path, ret->why[0] ? ret->why : strerror(-r));
	return r;
}

/* ---------------------------------------------------------------- the crash */

int jobs_identify(const void *ctx, void *answer, struct child *self)
{
	struct jobs_identity *a = answer;
	struct crash core;
	int r;

	harden_child(true);
	r = open_core(ctx, &core, self);
	if (r)
		return r;
	crash_identify(&core, &a->id);
	snprintf(a->missing, sizeof(a->missing), "%s", core.why);
	return 0;
}

struct tail {
	uint64_t lines, skip;
	const struct system *system;
};

static int count_line(void *ctx, const char *text, size_t len)
{
	struct tail *t = ctx;

	(void)text, (void)len;
	t->lines++;
	return 0;
}

static int show_line(void *ctx, const char *text, size_t len)
{
	struct tail *t = ctx;
	char line[512];
	size_t n = len < sizeof(line) ? len : sizeof(line) - 1;

	if (t->skip) {
		t->skip--;
		return 0;
	}
	for (size_t i = 0; i < n; i++)
		line[i] = (unsigned char)text[i] < ' ' || text[i] == 0x7f ? '?' : text[i];
	line[n] = '\0';
	log_info("dmesg: %s", line);
	/* a slow line drops what its buffer cannot take, and this is the only copy */
	system_drain(t->system);
	return 0;
}

int jobs_tail(const void *ctx, void *answer, struct child *self)
{
	const struct jobs_tail *j = ctx;
	struct tail t = { .system = j->system };
	struct dmesg_stats stats;
	struct crash core;
	int r;

	(void)answer;
	harden_child(true);
	r = open_core(j->core, &core, self);
	if (!r)
		r = dmesg_each(&core.kmem, &core.info, count_line, &t, &stats);
	if (r)
		return r;
	t.skip = t.lines > JOBS_TAIL_LINES ? t.lines - JOBS_TAIL_LINES : 0;
	return dmesg_each(&core.kmem, &core.info, show_line, &t, &stats);
}

/* ---------------------------------------------------------------- the target */

int jobs_open(const void *ctx, void *answer, struct child *self)
{
	const struct target *t = ctx;
	struct jobs_opened *a = answer;
	int r = device_stack_make(t->conf, t->spec->where, self);

	r = r ? r : t->kind->open(t, a->what, sizeof(a->what), self);
	if (r)
		device_stack_unmake(t->conf, t->spec->where);
	return r;
}

int jobs_close(const void *ctx, void *answer, struct child *self)
{
	const struct target *t = ctx;
	int r = t->kind->close(t, self);

	(void)answer;
	device_stack_unmake(t->conf, t->spec->where);
	return r;
}

/* ---------------------------------------------------------------- dmesg.txt */

static int stop_at_once(void *ctx, const char *text, size_t len)
{
	(void)ctx, (void)text, (void)len;
	return 1;
}

int jobs_dmesg(const void *ctx, void *answer, struct child *self)
{
	const struct jobs_save *s = ctx;
	struct jobs_log *a = answer;
	struct dmesg_stats again;
	struct output out;
	struct crash core;
	int r;

	harden_child(!s->unfiltered);
	r = open_core(s->core, &core, self);
	if (r)
		return r;
	/* a log that cannot be read leaves no empty file */
	r = dmesg_each(&core.kmem, &core.info, stop_at_once, NULL, &a->stats);
	if (r < 0) {
		child_why(self, "%s", core.why[0] ? core.why : "the core has no readable log");
		return r;
	}
	r = output_open(s->target, s->file, &out, self);
	if (r)
		return r;
	r = dmesg_save(&core.kmem, &core.info, &out.watch.base, &a->stats);
	r = output_close(&out, &out.watch.base, r, self);
	if (!r)
		sink_hash_digest(&out.hash, &a->digest);
	/* more walks, but the file is safe by now */
	crash_panic_line(&core, a->panic);
	dmesg_each(&core.kmem, &core.info, crashlog_line, &a->said, &again);
	return r;
}

/* ---------------------------------------------------------------- vmcore */

struct progress {
	struct child *self;
	const struct jobs_save *save;
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
static int dump_to(struct crash *core, const struct dump_options *opt, struct output *out,
		   struct dump_stats *stats, struct child *self)
{
	_free_ uint8_t *chunk = NULL;
	struct sink *top = &out->watch.base;
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
	return output_close(out, top, r, self);
}

int jobs_vmcore(const void *ctx, void *answer, struct child *self)
{
	const struct jobs_save *s = ctx;
	struct progress progress = { .self = self, .save = s };
	struct dump_options opt = s->opt;
	struct jobs_dumped *a = answer;
	struct sink_limit limit;
	struct output out;
	struct crash core;
	int r;

	harden_child(!s->unfiltered);
	r = open_core(s->core, &core, self);
	if (r)
		return r;
	/* refused before anything is created or sent */
	if (opt.level > LEVEL_ZERO && !opt.whole && core.missing & CORE_NO_MEMMAP) {
		child_why(self, "pages cannot be told apart: %s", core.why);
		return -ENODATA;
	}
	r = output_open(s->target, s->file, &out, self);
	if (r)
		return r;
	if (s->limit_bytes) {
		/* below the watch: a file that is full is a full target */
		sink_limit_init(&limit, &out.hash.base, s->limit_bytes);
		out.watch.below = &limit.base;
	}
	/* the only lines of this child, and many: for those who watch, not for the file */
	log_remove(s->quiet_fd);
	opt.keep_partial &= out.file.incomplete != NULL;
	opt.progress = show_progress;
	opt.progress_ctx = &progress;
	r = dump_to(&core, &opt, &out, &a->stats, self);
	/* a flattened file is no larger than what was sent, whatever it unflattens to */
	if (!out.watch.base.rewrites)
		a->stats.bytes_out = out.watch.bytes;
	if (!r)
		sink_hash_digest(&out.hash, &a->digest);
	return r;
}

/* ---------------------------------------------------------------- kdump.json, kdump.log */

static int write_file(const struct target *t, const char *name, const char *text, size_t len,
		      struct child *self)
{
	struct output out;
	int r = output_open(t, name, &out, self);

	if (r)
		return r;
	r = sink_put(&out.watch.base, 0, text, len);
	return output_close(&out, &out.watch.base, r, self);
}

/* On a full target the unfinished vmcore loses its last megabyte, not the admin the report. */
static int write_small(const struct jobs_report *j, const char *name, const char *text, size_t len,
		       struct child *self)
{
	const struct target *t = j->target;
	int r = write_file(t, name, text, len, self);

	if (r == -ENOSPC && t->kind->make_room && !t->kind->make_room(t, j->vmcore_file))
		r = write_file(t, name, text, len, self);
	return r;
}

int jobs_report(const void *ctx, void *answer, struct child *self)
{
	const struct jobs_report *j = ctx;
	_free_ char *json = malloc(REPORT_JSON_BYTES);
	_free_ char *lines = NULL;
	size_t len;
	int r, r2;

	(void)answer;
	if (!json)
		return -ENOMEM;
	r = report_json(j->report, json, REPORT_JSON_BYTES, &len);
	if (!r)
		r = write_small(j, JOBS_JSON_FILE, json, len, self);
	r2 = io_load_file(AT_FDCWD, j->log_file, LOG_MAX_BYTES, &lines, &len);
	if (!r2)
		r2 = write_small(j, JOBS_LOG_FILE, lines, len, self);
	return r ? r : r2;
}
