/* SPDX-License-Identifier: MIT */
/*
 * One target: open it, then the log, the memory, the report, close it.
 */
#include "init/capture/capture_target.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "dumper/options.h"
#include "dumper/remarks.h"
#include "init/capture/capture_identity.h"
#include "init/capture/capture_room.h"
#include "init/capture/hooks.h"
#include "init/capture/job_files.h"
#include "init/capture/job_log.h"
#include "init/capture/job_vmcore.h"
#include "init/capture/jobs.h"
#include "init/capture/ladder.h"
#include "init/device/device.h"
#include "init/remote/beacon.h"
#include "init/system/limits.h"
#include "lib/clock.h"
#include "lib/conf/target/conf_kind.h"
#include "lib/log.h"

/* A disk that hangs while all are looked through must not cost a target on another one. */
static int run_open(struct capture *c, const struct target *t, struct child_job *job,
		    struct child_end *end)
{
	uint64_t now = clock_boot_ms(), end_ms = now + job->limit_s * 1000ull;
	int r;

	for (;;) {
		r = steps_run(&c->steps, "open", t, job, BUDGET_WORK, end);
		now = clock_boot_ms();
		if (!end->looked_at[0] || now >= end_ms)
			return r;
		/* when all others were looked at, it gets more and more time */
		job->look_s *= 2;
		if (device_set_aside("", end->looked_at)) {
			job->look_s = LIMIT_LOOK_S;
			log_warn("target: %s: %s does not answer, the others are looked at first",
				 t->spec->where, end->looked_at);
		}
		job->limit_s = (unsigned)((end_ms - now + 999) / 1000);
	}
}

static bool open_target(struct capture *c, const struct conf_target *spec, struct target *t)
{
	struct jobs_opened a = { "" };
	struct child_job job = { .name = "open",
				 .run = jobs_open,
				 .ctx = t,
				 .answer = &a,
				 .answer_bytes = sizeof(a),
				 .limit_s = c->steps.conf->limits.target_timeout_s +
					    c->steps.conf->limits.step_timeout_s,
				 .look_s = LIMIT_LOOK_S };
	struct child_end end;
	int r;

	*t = (struct target){ .kind = target_kinds[spec->kind],
			      .conf = c->steps.conf,
			      .spec = spec,
			      .folder = c->folder };
	if (!t->kind) {
		log_err("target: %s: this kdump-init is built without the network", spec->where);
		return false;
	}
	r = run_open(c, t, &job, &end);
	snprintf(t->what, sizeof(t->what), "%s", a.what[0] ? a.what : spec->where);
	if (r) {
		log_err("target: %s: %s", t->what, end.why);
		return false;
	}
	log_info("target: %s: %s", t->what, t->kind->ready);
	return true;
}

static void close_target(struct capture *c, const struct target *t)
{
	struct child_job job = { .name = "close", .run = jobs_close, .ctx = t };
	struct child_end end;

	if (t->kind->close && steps_run(&c->steps, "close", t, &job, BUDGET_CLOSING, &end))
		log_err("target: %s: %s", t->what, end.why);
}

static int run_dmesg(struct capture *c, const struct target *t, struct job_log *log,
		     struct child_end *end)
{
	struct job_log_order save = { .core = c->steps.system->core, .target = t };
	struct child_job job = { .name = "dmesg",
				 .run = job_log_save,
				 .ctx = &save,
				 .answer = log,
				 .answer_bytes = sizeof(*log) };
	int r = steps_run(&c->steps, "dmesg", t, &job, BUDGET_WORK, end);

	if (r == -EPERM) {
		save.unfiltered = true;
		r = steps_run(&c->steps, "dmesg", t, &job, BUDGET_WORK, end);
	}
	return r;
}

/* Of several targets the line names the one that is at fault, by its device too. */
static void not_saved(const struct target *t, const char *what, const struct child_end *end)
{
	if (end->target_at_fault)
		log_err("target: %s: %s: %s", t->what, what, end->why);
	else
		log_err("capture: %s: %s", what, end->why);
}

/* False: the target did not take it, so it need not be asked for more. */
static bool save_dmesg(struct capture *c, const struct target *t)
{
	struct job_log log = { .panic = "" };
	struct report *rep = c->steps.report;
	struct child_end end;
	int r = run_dmesg(c, t, &log, &end);

	if (r && end.error == -ENOSPC && end.target_at_fault && capture_room_for_log(c, t))
		r = run_dmesg(c, t, &log, &end);
	if (log.panic[0])
		memcpy(rep->id.panic, log.panic, sizeof(log.panic));
	if (log.said.told || log.said.crashkernel_bytes)
		rep->log = log.said;
	if (r) {
		not_saved(t, JOB_LOG_FILE, &end);
		return !end.target_at_fault;
	}
	rep->have_dmesg = c->log_is_safe = true;
	rep->dmesg = log.stats;
	rep->dmesg_digest = log.digest;
	log_info("capture: %s: saved (%" PRIu64 " records, %" PRIu64 " bytes)", JOB_LOG_FILE,
		 log.stats.records, log.stats.bytes);
	log_info("crash: %s", log.panic[0] ? log.panic : "no panic line found");
	return true;
}

static void say_remark(void *file, const char *line)
{
	log_warn("capture: %s: %s", (const char *)file, line);
}

static void vmcore_saved(struct capture *c, const struct ladder *l,
			 const struct job_vmcore_order *save, const struct job_vmcore *dumped,
			 const struct child_end *end)
{
	const struct dump_stats *stats = &dumped->stats;
	struct report *rep = c->steps.report;
	uint64_t pages = stats->incomplete ? stats->pages_saved : stats->pages[PAGE_KEEP];

	rep->have_vmcore = true;
	snprintf(rep->vmcore_file, sizeof(rep->vmcore_file), "%.30s%s", save->file,
		 stats->incomplete ? TARGET_INCOMPLETE : "");
	rep->rung = l->rung;
	rep->level = l->level;
	rep->codec = save->opt.codec;
	rep->dump = *stats;
	rep->vmcore_digest = dumped->digest;
	rep->dump_peak_rss_bytes = end->peak_rss_bytes;
	if (stats->incomplete)
		log_warn("capture: %s: no more room: pages are missing", rep->vmcore_file);
	remarks_each(stats, say_remark, rep->vmcore_file);
	log_info("capture: %s: saved (%" PRIu64 " pages, %" PRIu64 " bytes, %" PRIu64 " MB/s)",
		 rep->vmcore_file, pages, stats->bytes_out,
		 stats->elapsed_ms ? stats->bytes_in / 1000 / stats->elapsed_ms : 0);
}

/* False: the target hangs, so it is left alone. */
static bool save_vmcore(struct capture *c, const struct target *t, const char *file)
{
	const struct collector *want = &c->steps.conf->collector;
	struct job_vmcore_order save = { .core = c->steps.system->core,
					 .target = t,
					 .file = file,
					 .limit_bytes = want->limit,
					 .quiet_fd = c->steps.system->copy_fd };
	struct ladder l = ladder_start(want->levels, want->n_levels);
	struct job_vmcore dumped;
	uint64_t room;
	struct child_job job = { .name = "vmcore",
				 .run = job_vmcore_save,
				 .ctx = &save,
				 .answer = &dumped,
				 .answer_bytes = sizeof(dumped),
				 .stall_s = c->steps.conf->limits.stall_timeout_s };
	struct child_end end;
	const char *note;

	options_from(want, &save.opt, &note);
	save.opt.little_memory = true;
	/* whether disk or CPU is the slower one shows only now */
	save.opt.adaptive |= save.opt.codec == DUMP_ZSTD && !save.opt.codec_level;
	if (note)
		log_warn("capture: %s: %s", file, note);
	if (!capture_fit(c, t, &save.opt, &l, &room))
		return true;
	if (room && (!save.limit_bytes || room < save.limit_bytes))
		save.limit_bytes = room;
	for (;;) {
		save.opt.level = l.level;
		save.opt.whole = l.whole;
		/* no other level needs less: better some pages than none */
		save.opt.keep_partial = l.smallest_tried;
		job.limit_s = UINT_MAX;
		if (!steps_run(&c->steps, l.rung, t, &job, BUDGET_WORK, &end)) {
			vmcore_saved(c, &l, &save, &dumped, &end);
			return true;
		}
		log_err("capture: %s: level %u: %s", file, l.level, end.why);
		/* the next child may make any system call: a filter must not cost the dump */
		if (end.error == -EPERM && !save.unfiltered) {
			save.unfiltered = true;
			continue;
		}
		save.unfiltered = true;
		if (!ladder_next(&l, &end))
			return !(end.target_at_fault && end.outcome != CHILD_FAILED);
		log_warn("capture: %s: next: %s, level %u", file, l.rung, l.level);
	}
}

static void save_report(struct capture *c, const struct target *t, const char *vmcore_file)
{
	struct jobs_report order = { .target = t,
				     .report = c->steps.report,
				     .vmcore_file = vmcore_file,
				     .log_file = SYSTEM_LOG_FILE };
	struct child_job job = { .name = "report", .run = jobs_report, .ctx = &order };
	struct child_end end;

	if (steps_run(&c->steps, "report", t, &job, BUDGET_CLOSING, &end))
		not_saved(t, "report", &end);
	else
		log_info("capture: %s, %s: saved, state %s, %" PRIu64 " MiB of memory used at most",
			 JOBS_JSON_FILE, JOBS_LOG_FILE, report_state(c->steps.report),
			 report_peak(c->steps.report) >> 20);
}

/* What it said and how it ended goes into the reports too, where they can be written again. */
static void run_post(struct capture *c, const struct target *t, const char *vmcore_file)
{
	if (!c->steps.conf->hooks[CONF_HOOK_POST] || c->post_ran)
		return;
	c->post_ran = true;
	hooks_run(&c->steps, CONF_HOOK_POST, t, "0");
	if (conf_kind(t->spec)->mounted)
		save_report(c, t, vmcore_file);
}

/* What is sealed is a stream, too. */
static const char *vmcore_name(const struct capture *c, const struct target *t,
			       char buf[JOB_FILES_NAME])
{
	const struct conf *conf = c->steps.conf;
	bool stream = t->kind->stream || conf->encrypt.wanted;

	return job_files_name(conf,
			      conf->collector.format == DUMP_ELF_ZST ? "vmcore.elf.zst"
			      : stream				     ? "vmcore.flat"
								     : "vmcore",
			      buf);
}

void capture_tell(struct capture *c, const struct conf_target *spec, bool end)
{
	const struct report *rep = c->steps.report;
	const struct beacon_words w = { .host = rep->host,
					.release = rep->id.release,
					.panic = rep->id.panic,
					.folder = c->folder,
					.state = end ? report_state(rep) : "capturing",
					.target = spec };
	bool *told = end ? &c->told_end : &c->told_begin;

	if (!*told)
		beacon_tell(c->steps.conf, &w);
	*told = true;
}

/* What a target is to hold, one after the other. */
static void save_all(struct capture *c, const struct target *t, const char *vmcore_file)
{
	bool works = save_dmesg(c, t);

	capture_tell(c, t->spec, false);
	works = works && (c->no_memory || save_vmcore(c, t, vmcore_file));
	/* its last steps take longer than a word does */
	if (c->no_memory ? c->steps.report->have_dmesg : report_saved(c->steps.report))
		capture_tell(c, t->spec, true);
	if (works)
		save_report(c, t, vmcore_file);
}

bool capture_target(struct capture *c, const struct conf_target *spec)
{
	struct report *rep = c->steps.report;
	char vmcore_file[JOB_FILES_NAME];
	struct target t;

	report_target(rep, spec);
	budget_target(&c->steps.budget, &c->steps.conf->limits, clock_boot_ms());
	if (!open_target(c, spec, &t))
		return false;
	if (!c->folder[0])
		capture_identify(c);
	t.about =
		(struct target_about){ .release = rep->id.release,
				       .panic = c->steps.conf->encrypt.wanted ? "" : rep->id.panic,
				       .level = rep->level_wanted,
				       .ram_bytes = rep->id.ram_bytes };
	vmcore_name(c, &t, vmcore_file);
	save_all(c, &t, vmcore_file);
	if (rep->have_vmcore && report_saved(rep)) {
		run_post(c, &t, vmcore_file);
		capture_retain(c, &t);
	}
	close_target(c, &t);
	/* with pages missing, another target may take them all */
	return c->no_memory ? rep->have_dmesg : report_saved(rep);
}
