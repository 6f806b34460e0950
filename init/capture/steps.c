/* SPDX-License-Identifier: MIT */
/*
 * What is common to all steps; the order of them is capture.c's.
 */
#include "init/capture/steps.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "lib/clock.h"
#include "lib/log.h"

enum { SAY_MS = 5000 }; /* a step is silent for so long at most */

/* Of one running step. */
struct watch {
	const struct steps *steps;
	const char *name, *where;
	uint64_t said_ms;
};

/* A dump that moves speaks for itself; what does not move is told of, and when it will end. */
static void say_still(void *ctx, const struct child_tick *t)
{
	struct watch *w = ctx;
	uint64_t since = t->stall_s ? t->still_ms : t->elapsed_ms;
	int fd = w->steps->system->copy_fd;

	memory_sample(&w->steps->report->memory);
	if (since < w->said_ms)
		w->said_ms = 0;
	if (since < w->said_ms + SAY_MS)
		return;
	w->said_ms = since;
	/* for people, not for the file */
	log_remove(fd);
	if (t->stall_s)
		log_info("capture: %s: %s: nothing has moved for %" PRIu64 " s, given up at %u s",
			 w->name, w->where, since / 1000, t->stall_s);
	else
		log_info("capture: %s: %s: %" PRIu64 " s so far, %u s at most", w->name, w->where,
			 since / 1000, t->limit_s);
	if (fd >= 0)
		log_add(fd, LOG_TIMED);
}

static void too_late(struct child_end *end, const struct conf_limits *l, const struct target *t)
{
	*end = (struct child_end){ .outcome = CHILD_TIMED_OUT, .started_ms = clock_boot_ms() };
	snprintf(end->why, sizeof(end->why), "not begun: no time is left (%s%u s)",
		 t ? "target_deadline, deadline: " : "deadline: ",
		 t && l->target_deadline_s < l->deadline_s ? l->target_deadline_s : l->deadline_s);
}

int steps_run(struct steps *s, const char *name, const struct target *t, struct child_job *job,
	      enum budget_use use, struct child_end *end)
{
	const struct conf_limits *limits = &s->conf->limits;
	struct watch w = { .steps = s, .name = name, .where = t ? t->spec->where : "" };
	int r = -ETIMEDOUT;

	if (!job->limit_s)
		job->limit_s = limits->step_timeout_s;
	job->limit_s = budget_step_s(&s->budget, job->limit_s, use, clock_boot_ms());
	job->tick = say_still;
	job->tick_ctx = &w;
	/* what the steps before left; the first one, the target's opening, is not kept waiting */
	if (s->report->n_steps)
		memory_sample(&s->report->memory);
	if (job->limit_s)
		r = child_run(job, end);
	else
		too_late(end, limits, t);
	report_step(s->report, name, t ? t->spec->where : NULL, end);
	return r;
}
