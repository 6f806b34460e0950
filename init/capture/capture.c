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

#include "init/capture/capture_identity.h"
#include "init/capture/capture_target.h"
#include "init/capture/hooks.h"
#include "init/capture/job_log.h"
#include "init/target/folder.h"
#include "lib/clock.h"
#include "lib/io.h"
#include "lib/log.h"

/* Nobody took the log: then at least those who watch the console see its end. */
static void show_tail(struct capture *c)
{
	struct job_log_tail tail = { .core = c->steps.system->core, .system = c->steps.system };
	struct child_job job = { .name = "tail", .run = job_log_tail, .ctx = &tail };
	struct child_end end;

	log_warn("capture: the log is on no target; its last %d lines:", JOB_LOG_TAIL_LINES);
	if (steps_run(&c->steps, "tail", NULL, &job, BUDGET_CLOSING, &end))
		log_err("capture: log: %s", end.why);
}

/* False: the time of the whole is over. */
static bool time_is_left(const struct capture *c)
{
	if (!budget_over(&c->steps.budget, clock_boot_ms()))
		return true;
	log_err("capture: the deadline of %u s is over", c->steps.conf->limits.deadline_s);
	return false;
}

static bool try_targets(struct capture *c, unsigned n)
{
	for (unsigned i = 0; i < n && time_is_left(c); i++) {
		if (capture_target(c, &c->steps.conf->targets[i]))
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
	unsigned n = count_first_choice(c->steps.conf);
	char line[900];

	report_line(c->steps.report, line, sizeof(line));
	log_err("capture: no %svmcore was saved: %s", c->steps.report->have_vmcore ? "whole " : "",
		line);
	c->steps.report->have_dmesg = false;
	capture_tell(c, NULL, true);
	run_failure_hooks(c);
	if (n < c->steps.conf->n_targets && time_is_left(c)) {
		log_warn("capture: dump_to_rootfs");
		if (capture_target(c, &c->steps.conf->targets[n]))
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
	if (!try_targets(c, c->steps.conf->n_targets) && !c->log_is_safe)
		show_tail(c);
	return 0;
}

int capture_run(const struct system *s, const struct conf *conf, struct report *report)
{
	struct capture c = { .steps = { .system = s, .conf = conf, .report = report } };

	budget_start(&c.steps.budget, &conf->limits);
	report->level_wanted = conf->collector.levels[0];
	if (!conf->n_targets)
		log_err("capture: the config names no target");
	if (hooks_run(&c.steps, CONF_HOOK_PRE, NULL, NULL) > 0)
		return refused(&c);
	return try_targets(&c, count_first_choice(conf)) ? 0 : failed(&c);
}
