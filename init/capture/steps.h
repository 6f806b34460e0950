/* SPDX-License-Identifier: MIT */
/*
 * Runs the steps of a capture: each within its budget, on record in the report, and with a line
 * every few seconds for those who watch when it takes long.
 */
#ifndef INIT_CAPTURE_STEPS_H
#define INIT_CAPTURE_STEPS_H

#include "init/capture/budget.h"
#include "init/capture/report.h"
#include "init/system/child.h"
#include "init/system/system.h"
#include "init/target/target.h"
#include "lib/conf/conf.h"

struct steps {
	const struct system *system;
	const struct conf *conf;
	struct report *report;
	struct budget budget;
};

/*
 * Runs job as the step `name` of t (NULL: of no target). job->limit_s, 0 for the config's
 * step_timeout, is cut to what the budget leaves; with nothing left the job is not run and ends
 * as CHILD_TIMED_OUT. 0 or -errno.
 */
int steps_run(struct steps *s, const char *name, const struct target *t, struct child_job *job,
	      enum budget_use use, struct child_end *end);

#endif
