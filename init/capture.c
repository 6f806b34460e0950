/* SPDX-License-Identifier: MIT */
/*
 * The order of things when a machine has crashed: for one target after the other the log, the
 * memory, the report, until one has taken the memory; who it was is asked once a target is open. Each step is a child; this
 * file only decides what follows when a step went wrong.
 */
#include "init/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "dumper/options.h"
#include "init/folder.h"
#include "init/jobs.h"
#include "init/ladder.h"
#include "init/limits.h"
#include "lib/cleanup.h"
#include "lib/io.h"
#include "lib/log.h"

struct capture {
	const struct system *system;
	const struct conf *conf;
	struct report *report;
	char folder[TARGET_FOLDER_BYTES]; /* "": not identified yet */
	bool log_is_safe; /* dmesg.txt lies on some target */
};

/* Runs one step and puts it on record. 0 or -errno. */
static int step(struct capture *c, const char *name, const struct target *t,
		const struct child_job *job, struct child_end *end)
{
	int r = child_run(job, end);

	report_step(c->report, name, t ? t->spec->where : NULL, end);
	return r;
}

/* ---------------------------------------------------------------- who it was */

/* The kernel's own name for a machine that was given none says nothing. */
static const char *host_of(const struct capture *c)
{
	if (c->conf->host)
		return c->conf->host;
	return strcmp(c->report->id.nodename, "(none)") ? c->report->id.nodename : "";
}

static void name_folder(struct capture *c)
{
	struct report *rep = c->report;
	const char *host = host_of(c);
	uint64_t when = rep->id.crash_time_s ? rep->id.crash_time_s : (uint64_t)time(NULL);

	snprintf(rep->host, sizeof(rep->host), "%s", host);
	if (io_read_file(AT_FDCWD, "/proc/sys/kernel/random/boot_id", rep->boot_id,
			 sizeof(rep->boot_id), NULL))
		snprintf(rep->boot_id, sizeof(rep->boot_id), "00000000");
	rep->boot_id[strcspn(rep->boot_id, "\n")] = '\0';
	folder_name(host, when, rep->boot_id, c->folder, sizeof(c->folder));
}

static void identify(struct capture *c)
{
	struct jobs_identity a = { 0 };
	struct report *rep = c->report;
	struct child_job job = { .name = "identify",
				 .run = jobs_identify,
				 .ctx = SYSTEM_VMCORE,
				 .answer = &a,
				 .answer_bytes = sizeof(a),
				 .limit_s = LIMIT_IDENTIFY_S };
	struct child_end end;

	if (step(c, "identify", NULL, &job, &end)) {
		log_err("crash: %s", end.why);
	} else {
		rep->id = a.id;
		snprintf(rep->missing, sizeof(rep->missing), "%s", a.missing);
		log_info("crash: %s: %" PRIu64 " MiB, %u CPUs",
			 a.id.release[0] ? a.id.release : "unknown kernel", a.id.ram_bytes >> 20,
			 a.id.cpus);
		if (a.missing[0])
			log_warn("crash: not understood: %s", a.missing);
	}
	system_clock(rep->id.crash_time_s);
	name_folder(c);
	log_info("capture: folder %s", c->folder);
}

/* ---------------------------------------------------------------- one target */

static bool open_target(struct capture *c, const struct conf_target *spec, struct target *t)
{
	struct jobs_opened a = { "" };
	struct child_job job = { .name = "open",
				 .run = jobs_open,
				 .ctx = t,
				 .answer = &a,
				 .answer_bytes = sizeof(a),
				 .limit_s = c->conf->limits.target_timeout_s + LIMIT_OPEN_S };
	struct child_end end;
	int r;

	*t = (struct target){
		.kind = target_kinds[spec->kind], .conf = c->conf, .spec = spec, .folder = c->folder
	};
	if (!t->kind) {
		log_err("target: %s: this kdump-init is built without the network", spec->where);
		return false;
	}
	r = step(c, "open", t, &job, &end);
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
	struct child_job job = {
		.name = "close", .run = jobs_close, .ctx = t, .limit_s = LIMIT_CLOSE_S
	};
	struct child_end end;

	if (t->kind->close && step(c, "close", t, &job, &end))
		log_err("target: %s: %s", t->what, end.why);
}

/* False: the target did not take it, so it need not be asked for more. */
static bool save_dmesg(struct capture *c, const struct target *t)
{
	struct jobs_save save = { .core = SYSTEM_VMCORE, .target = t, .file = JOBS_DMESG_FILE };
	struct jobs_log log = { .panic = "" };
	struct child_job job = { .name = "dmesg",
				 .run = jobs_dmesg,
				 .ctx = &save,
				 .answer = &log,
				 .answer_bytes = sizeof(log),
				 .limit_s = LIMIT_DMESG_S };
	struct child_end end;
	int r = step(c, "dmesg", t, &job, &end);

	if (log.panic[0])
		memcpy(c->report->id.panic, log.panic, sizeof(log.panic));
	if (r) {
		log_err("capture: %s: %s", JOBS_DMESG_FILE, end.why);
		return !end.target_at_fault;
	}
	c->report->have_dmesg = c->log_is_safe = true;
	c->report->dmesg = log.stats;
	log_info("capture: %s: saved (%" PRIu64 " records, %" PRIu64 " bytes)", JOBS_DMESG_FILE,
		 log.stats.records, log.stats.bytes);
	log_info("crash: %s", log.panic[0] ? log.panic : "no panic line found");
	return true;
}

static void vmcore_saved(struct capture *c, const struct ladder *l, const struct jobs_save *save,
			 const struct dump_stats *stats, const struct child_end *end)
{
	struct report *rep = c->report;

	rep->have_vmcore = true;
	snprintf(rep->vmcore_file, sizeof(rep->vmcore_file), "%s", save->file);
	rep->rung = l->rung;
	rep->level = l->level;
	rep->codec = save->opt.codec;
	rep->dump = *stats;
	rep->dump_peak_rss_bytes = end->peak_rss_bytes;
	log_info("capture: %s: saved (%" PRIu64 " pages, %" PRIu64 " bytes, %" PRIu64 " MB/s)",
		 save->file, stats->pages[PAGE_KEEP], stats->bytes_out,
		 stats->elapsed_ms ? stats->bytes_in / 1000 / stats->elapsed_ms : 0);
}

/* False: the target hangs, so it is left alone. */
static bool save_vmcore(struct capture *c, const struct target *t, const char *file)
{
	const struct collector *want = &c->conf->collector;
	struct jobs_save save = { .core = SYSTEM_VMCORE,
				  .target = t,
				  .file = file,
				  .limit_bytes = want->limit,
				  .quiet_fd = c->system->copy_fd };
	struct ladder l = ladder_start(want->levels, want->n_levels);
	struct dump_stats stats;
	struct child_job job = { .name = "vmcore",
				 .run = jobs_vmcore,
				 .ctx = &save,
				 .answer = &stats,
				 .answer_bytes = sizeof(stats),
				 .limit_s = LIMIT_VMCORE_S,
				 .stall_s = LIMIT_STALL_S };
	struct child_end end;
	const char *note;

	options_from(want, &save.opt, &note);
	/* whether disk or CPU is the slower one shows only now */
	save.opt.adaptive |= save.opt.codec == DUMP_ZSTD && !save.opt.codec_level;
	if (note)
		log_warn("capture: %s: %s", file, note);
	for (;;) {
		save.opt.level = l.level;
		save.opt.whole = l.whole;
		if (!step(c, l.rung, t, &job, &end)) {
			vmcore_saved(c, &l, &save, &stats, &end);
			return true;
		}
		log_err("capture: %s: level %u: %s", file, l.level, end.why);
		if (!ladder_next(&l, &end))
			return !(end.target_at_fault && end.outcome != CHILD_FAILED);
		log_warn("capture: %s: next: %s, level %u", file, l.rung, l.level);
	}
}

static void save_report(struct capture *c, const struct target *t, const char *vmcore_file)
{
	struct jobs_report order = { .target = t,
				     .report = c->report,
				     .vmcore_file = vmcore_file,
				     .log_file = SYSTEM_LOG_FILE };
	struct child_job job = {
		.name = "report", .run = jobs_report, .ctx = &order, .limit_s = LIMIT_REPORT_S
	};
	struct child_end end;

	if (step(c, "report", t, &job, &end))
		log_err("capture: report: %s", end.why);
	else
		log_info("capture: %s, %s: saved, state %s", JOBS_JSON_FILE, JOBS_LOG_FILE,
			 report_state(c->report));
}

static bool capture_to(struct capture *c, const struct conf_target *spec)
{
	struct report *rep = c->report;
	const char *vmcore_file;
	struct target t;

	rep->have_dmesg = rep->have_vmcore = false;
	if (!open_target(c, spec, &t))
		return false;
	if (!c->folder[0])
		identify(c);
	vmcore_file = c->conf->collector.format == COLLECTOR_ELF_ZST ? "vmcore.elf.zst"
		      : t.kind->stream				     ? "vmcore.flat"
								     : "vmcore";
	if (save_dmesg(c, &t) && save_vmcore(c, &t, vmcore_file))
		save_report(c, &t, vmcore_file);
	close_target(c, &t);
	return rep->have_vmcore;
}

/* ---------------------------------------------------------------- all of it */

/* Nobody took the log: then at least those who watch the console see its end. */
static void show_tail(struct capture *c)
{
	struct jobs_tail tail = { .core = SYSTEM_VMCORE, .system = c->system };
	struct child_job job = {
		.name = "tail", .run = jobs_tail, .ctx = &tail, .limit_s = LIMIT_DMESG_S
	};
	struct child_end end;

	log_warn("capture: the log is on no target; its last %d lines:", JOBS_TAIL_LINES);
	if (step(c, "tail", NULL, &job, &end))
		log_err("capture: log: %s", end.why);
}

int capture_run(const struct system *s, const struct conf *conf, struct report *report)
{
	struct capture c = { .system = s, .conf = conf, .report = report };

	report->level_wanted = conf->collector.levels[0];
	if (!conf->n_targets)
		log_err("capture: the config names no target");
	for (unsigned i = 0; i < conf->n_targets; i++) {
		if (capture_to(&c, &conf->targets[i]))
			return 0;
	}
	if (!c.folder[0])
		identify(&c);
	log_err("capture: no vmcore was saved");
	if (!c.log_is_safe)
		show_tail(&c);
	return -EIO;
}
