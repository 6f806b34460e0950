/* SPDX-License-Identifier: MIT */
#include "init/capture/jobs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#include "init/capture/job_files.h"
#include "init/device/device_stack.h"
#include "init/system/harden.h"
#include "lib/cleanup.h"
#include "lib/io.h"

enum { LOG_MAX_BYTES = 1 << 20 };

int jobs_identify(const void *ctx, void *answer, struct child *self)
{
	struct jobs_identity *a = answer;
	struct crash core;
	int r;

	harden_child(true);
	r = job_files_read(ctx, &core, self);
	if (r)
		return r;
	crash_identify(&core, &a->id);
	snprintf(a->missing, sizeof(a->missing), "%s", core.why);
	return 0;
}

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

/* On a full target the unfinished vmcore loses its last megabyte, not the admin the report. */
static int write_small(const struct jobs_report *j, const char *name, const char *text, size_t len,
		       struct child *self)
{
	const struct target *t = j->target;
	int r = job_files_put(t, name, text, len, self);

	if (r == -ENOSPC && t->kind->make_room && !t->kind->make_room(t, j->vmcore_file))
		r = job_files_put(t, name, text, len, self);
	return r;
}

/* The panic line of a report that is sealed; "": there is none. */
static int seal_panic(const struct jobs_report *j, char *buf, size_t size)
{
	buf[0] = '\0';
	return j->report->id.panic[0]
		       ? sealing_text(&j->target->conf->encrypt, j->report->id.panic, buf, size)
		       : 0;
}

/* A panic line that cannot be sealed is left out, and nothing else. */
static int put_json(const struct jobs_report *j, struct child *self)
{
	const struct conf_encrypt *to = &j->target->conf->encrypt;
	_free_ char *json = malloc(REPORT_JSON_BYTES);
	_free_ char *panic = malloc(SEALING_TEXT_BYTES(CORE_PANIC_BYTES));
	struct report_sealed sealed = { .to = to };
	size_t len;
	int r;

	if (!json || !panic)
		return -ENOMEM;
	if (to->wanted && !seal_panic(j, panic, SEALING_TEXT_BYTES(CORE_PANIC_BYTES)) && panic[0])
		sealed.panic = panic;
	r = report_json(j->report, to->wanted ? &sealed : NULL, json, REPORT_JSON_BYTES, &len);
	return r ? r : write_small(j, JOBS_JSON_FILE, json, len, self);
}

static int put_log(const struct jobs_report *j, struct child *self)
{
	_free_ char *lines = NULL;
	char name[JOB_FILES_NAME];
	size_t len;
	int r = io_load_file(AT_FDCWD, j->log_file, LOG_MAX_BYTES, &lines, &len);

	job_files_name(j->target->conf, JOBS_LOG_FILE, name);
	return r ? r : write_small(j, name, lines, len, self);
}

/* The log is saved without the report, too. */
int jobs_report(const void *ctx, void *answer, struct child *self)
{
	struct jobs_report j = *(const struct jobs_report *)ctx;
	struct target t;
	int r = job_files_connect(j.target, &t, self), r2;

	(void)answer;
	if (r)
		return r;
	j.target = &t;
	r = put_json(&j, self);
	r2 = put_log(&j, self);
	return r ? r : r2;
}
