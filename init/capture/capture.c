/* SPDX-License-Identifier: MIT */
/*
 * The order of things when a machine has crashed: one target after the other until one has taken
 * the memory; who it was is asked once a target is open. Each step is a child; this file and
 * capture_target.c only decide what follows when a step went wrong.
 */
#include "init/capture/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "init/capture/capture_target.h"
#include "init/capture/hooks.h"
#include "init/capture/jobs.h"
#include "init/target/folder.h"
#include "lib/clock.h"
#include "lib/io.h"
#include "lib/log.h"

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

void capture_identify(struct capture *c)
{
	struct jobs_identity a = { 0 };
	struct report *rep = c->report;
	struct child_job job = { .name = "identify",
				 .run = jobs_identify,
				 .ctx = c->steps.system->core,
				 .answer = &a,
				 .answer_bytes = sizeof(a) };
	struct child_end end;

	rep->crash_ram_bytes = memory_crashkernel();
	if (steps_run(&c->steps, "identify", NULL, &job, BUDGET_WORK, &end)) {
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

/* ---------------------------------------------------------------- all of it */

/* Nobody took the log: then at least those who watch the console see its end. */
static void show_tail(struct capture *c)
{
	struct jobs_tail tail = { .core = c->steps.system->core, .system = c->steps.system };
	struct child_job job = {
		.name = "tail", .run = jobs_tail, .ctx = &tail
	};
	struct child_end end;

	log_warn("capture: the log is on no target; its last %d lines:", JOBS_TAIL_LINES);
	if (steps_run(&c->steps, "tail", NULL, &job, BUDGET_CLOSING, &end))
		log_err("capture: log: %s", end.why);
}

/* False: the time of the whole is over. */
static bool time_is_left(const struct capture *c)
{
	if (!budget_over(&c->steps.budget, clock_boot_ms()))
		return true;
	log_err("capture: the deadline of %u s is over", c->conf->limits.deadline_s);
	return false;
}

static bool try_targets(struct capture *c, unsigned n)
{
	for (unsigned i = 0; i < n && time_is_left(c); i++) {
		if (capture_target(c, &c->conf->targets[i]))
			return true;
	}
	return false;
}

static void run_failure_hooks(struct capture *c)
{
	if (!c->post_ran)
		hooks_run(&c->steps, CONF_HOOK_POST, NULL, "1");
	c->post_ran = true;
	hooks_run(&c->steps, CONF_HOOK_EMERGENCY, NULL, NULL);
}

/* The root file system is the last target, and the one for the failure of all others. */
static unsigned count_first_choice(const struct conf *conf)
{
	bool rootfs = conf->failure_action == CONF_DUMP_TO_ROOTFS && conf->n_targets > 1;

	return conf->n_targets - rootfs;
}

static int failed(struct capture *c)
{
	unsigned n = count_first_choice(c->conf);
	char line[900];

	report_line(c->report, line, sizeof(line));
	log_err("capture: no vmcore was saved: %s", line);
	c->report->have_dmesg = false;
	run_failure_hooks(c);
	if (n < c->conf->n_targets && time_is_left(c)) {
		log_warn("capture: dump_to_rootfs");
		if (capture_target(c, &c->conf->targets[n]))
			return 0;
	}
	if (!c->folder[0])
		capture_identify(c);
	if (!c->log_is_safe)
		show_tail(c);
	return -EIO;
}

/* Its refusal is the user's will, so what follows is final_action, as after a dump. */
static int refused(struct capture *c)
{
	log_warn("capture: kdump_pre does not want a dump: only the log is saved");
	c->no_memory = true;
	if (!try_targets(c, c->conf->n_targets) && !c->log_is_safe)
		show_tail(c);
	return 0;
}

int capture_run(const struct system *s, const struct conf *conf, struct report *report)
{
	struct capture c = { .steps = { .system = s, .conf = conf, .report = report },
			     .conf = conf,
			     .report = report };

	budget_start(&c.steps.budget, &conf->limits);
	report->level_wanted = conf->collector.levels[0];
	if (!conf->n_targets)
		log_err("capture: the config names no target");
	if (hooks_run(&c.steps, CONF_HOOK_PRE, NULL, NULL) > 0)
		return refused(&c);
	return try_targets(&c, count_first_choice(conf)) ? 0 : failed(&c);
}
