/* SPDX-License-Identifier: MIT */
#include "init/capture/job_log.h"

#include "init/capture/job_files.h"
#include "init/system/harden.h"
#include "lib/log.h"
#include "lib/text.h"

static int stop_at_once(void *ctx, const char *text, size_t len)
{
	(void)ctx, (void)text, (void)len;
	return 1;
}

static int no_log(const struct crash *core, int r, struct child *self)
{
	child_why(self, "%s", core->why[0] ? core->why : "the core has no readable log");
	return r;
}

int job_log_save(const void *ctx, void *answer, struct child *self)
{
	const struct job_log_order *s = ctx;
	struct job_log *a = answer;
	struct dmesg_stats again;
	char name[JOB_FILES_NAME];
	struct job_file out;
	struct crash core;
	struct target t;
	int r = job_files_connect(s->target, &t, self);

	if (r)
		return r;
	harden_child(!s->unfiltered);
	r = job_files_read(s->core, &core, self);
	if (r)
		return r;
	/* a log that cannot be read leaves no empty file */
	r = dmesg_each(&core.kmem, &core.info, stop_at_once, NULL, &a->stats);
	if (r < 0)
		return no_log(&core, r, self);
	job_files_name(t.conf, JOB_LOG_FILE, name);
	r = job_files_create(&t, name, 0, &out, self);
	if (r)
		return r;
	r = dmesg_save(&core.kmem, &core.info, out.top, &a->stats);
	r = job_files_finish(&out, out.top, r, self);
	if (!r)
		sink_hash_digest(&out.hash, &a->digest);
	/* more walks, but the file is safe by now */
	crash_panic_line(&core, a->panic);
	dmesg_each(&core.kmem, &core.info, crashlog_line, &a->said, &again);
	return r;
}

/* ---------------------------------------------------------------- the tail */

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
		line[i] = text[i] ? text[i] : '?';
	line[n] = '\0';
	text_make_printable(line);
	log_info("dmesg: %s", line);
	/* a slow line drops what its buffer cannot take, and this is the only copy */
	system_drain(t->system);
	return 0;
}

int job_log_tail(const void *ctx, void *answer, struct child *self)
{
	const struct job_log_tail *j = ctx;
	struct tail t = { .system = j->system };
	struct dmesg_stats stats;
	struct crash core;
	int r;

	(void)answer;
	harden_child(true);
	r = job_files_read(j->core, &core, self);
	if (r)
		return r;
	r = dmesg_each(&core.kmem, &core.info, count_line, &t, &stats);
	if (r)
		return no_log(&core, r, self);
	t.skip = t.lines > JOB_LOG_TAIL_LINES ? t.lines - JOB_LOG_TAIL_LINES : 0;
	return dmesg_each(&core.kmem, &core.info, show_line, &t, &stats);
}
