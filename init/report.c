/* SPDX-License-Identifier: MIT */
/*
 * kdump.json. Times are seconds since the capture kernel's boot, like those of the log.
 */
#include "init/report.h"

#include <stdio.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <time.h>

#include "dumper/info.h"
#include "dumper/page.h"
#include "lib/cleanup.h"
#include "lib/json.h"

enum { REPORT_FORMAT = 1 };

void report_step(struct report *r, const char *name, const char *target,
		 const struct child_end *end)
{
	struct report_step *s =
		&r->steps[r->n_steps < REPORT_MAX_STEPS ? r->n_steps++ : REPORT_MAX_STEPS - 1];

	*s = (struct report_step){
		.target = target,
		.outcome = end->outcome,
		.started_ms = end->started_ms,
		.elapsed_ms = end->elapsed_ms,
	};
	snprintf(s->name, sizeof(s->name), "%s", name);
	snprintf(s->why, sizeof(s->why), "%s", end->why);
}

const char *report_state(const struct report *r)
{
	if (r->have_vmcore && r->dump.incomplete)
		return "partial";
	if (r->have_vmcore)
		return r->level == r->level_wanted ? "complete" : "fallback";
	return r->have_dmesg ? "dmesg-only" : "nothing";
}

static void put_text(struct json *j, const char *key, const char *value)
{
	json_string(j, key, value[0] ? value : NULL);
}

static void put_time(struct json *j, const char *key, uint64_t s)
{
	char text[40];
	time_t t = (time_t)s;
	struct tm tm;

	if (!s || !gmtime_r(&t, &tm) || tm.tm_year > 8099 || tm.tm_year < 70) {
		json_string(j, key, NULL);
		return;
	}
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	json_string(j, key, text);
}

static void put_crashed(struct json *j, const struct report *r)
{
	const struct core_identity *id = &r->id;

	json_object(j, "kernel");
	put_text(j, "release", id->release);
	put_text(j, "version", id->version);
	put_text(j, "machine", id->machine);
	put_text(j, "build_id", id->build_id);
	put_text(j, "nodename", id->nodename);
	json_uint(j, "cpus", id->cpus);
	json_uint(j, "ram_bytes", id->ram_bytes);
	put_text(j, "not_understood", r->missing);
	json_end_object(j);
	put_text(j, "panic", id->panic);
}

static void put_dmesg(struct json *j, const struct report *r)
{
	if (!r->have_dmesg) {
		json_string(j, "dmesg", NULL);
		return;
	}
	json_object(j, "dmesg");
	json_string(j, "file", "dmesg.txt");
	json_uint(j, "records", r->dmesg.records);
	json_uint(j, "bytes", r->dmesg.bytes);
	json_end_object(j);
}

static void put_pages(struct json *j, const struct dump_stats *d)
{
	json_object(j, "pages");
	json_uint(j, "ram", d->pages_ram);
	json_uint(j, "absent", d->pages_absent);
	json_uint(j, "zero", d->pages_zero);
	json_uint(j, "unreadable", d->pages_lost);
	for (unsigned i = 0; i < PAGE_CLASSES; i++)
		json_uint(j, i == PAGE_KEEP ? "saved" : page_class_name(i),
			  i == PAGE_KEEP && d->incomplete ? d->pages_saved : d->pages[i]);
	json_end_object(j);
}

static const char *const codecs[] = {
	[DUMP_STORED] = "none",
	[DUMP_ZSTD] = "zstd",
	[DUMP_ZLIB] = "zlib",
	[DUMP_LZO] = "lzo",
};

static void put_vmcore(struct json *j, const struct report *r)
{
	if (!r->have_vmcore) {
		json_string(j, "vmcore", NULL);
		return;
	}
	json_object(j, "vmcore");
	json_string(j, "file", r->vmcore_file);
	json_string(j, "rung", r->rung);
	json_uint(j, "level_wanted", r->level_wanted);
	json_uint(j, "level", r->level);
	json_string(j, "compression", codecs[r->codec]);
	put_pages(j, &r->dump);
	info_json_checks(j, &r->dump);
	json_uint(j, "units_unfiltered", r->dump.units_unfiltered);
	json_uint(j, "bytes_read", r->dump.bytes_in);
	json_uint(j, "bytes_written", r->dump.bytes_out);
	json_seconds(j, "seconds", r->dump.elapsed_ms);
	json_uint(j, "peak_rss_bytes", r->dump_peak_rss_bytes);
	json_end_object(j);
}

static void put_steps(struct json *j, const struct report *r)
{
	json_array(j, "steps");
	for (unsigned i = 0; i < r->n_steps; i++) {
		const struct report_step *s = &r->steps[i];

		json_object(j, NULL);
		json_string(j, "step", s->name);
		if (s->target)
			json_string(j, "target", s->target);
		json_seconds(j, "start", s->started_ms);
		json_seconds(j, "seconds", s->elapsed_ms);
		json_string(j, "outcome", child_outcome_name(s->outcome));
		if (s->outcome != CHILD_DONE)
			json_string(j, "why", s->why);
		json_end_object(j);
	}
	json_end_array(j);
}

/* The kernel this runs on, and how much of the crashkernel= memory is left. */
static void put_capture(struct json *j, const struct report *r)
{
	struct sysinfo si = { 0 };
	struct utsname u = { 0 };

	uname(&u);
	sysinfo(&si);
	json_object(j, "capture");
	json_string(j, "kernel", u.release);
	put_text(j, "boot_id", r->boot_id);
	json_uint(j, "memory_bytes", (uint64_t)si.totalram * si.mem_unit);
	json_uint(j, "memory_free_bytes", (uint64_t)si.freeram * si.mem_unit);
	json_uint(j, "modules_loaded", r->modules_loaded);
	json_uint(j, "modules_failed", r->modules_failed);
	json_seconds(j, "modules_seconds", r->modules_ms);
	json_end_object(j);
}

int report_json(const struct report *r, char *buf, size_t size, size_t *ret_len)
{
	struct json j;
	int err;

	json_init(&j, buf, size);
	json_object(&j, NULL);
	json_uint(&j, "format", REPORT_FORMAT);
	json_string(&j, "program", "kdump-init " KDUMP_VERSION);
	json_string(&j, "state", report_state(r));
	put_text(&j, "host", r->host);
	put_time(&j, "crash_time", r->id.crash_time_s);
	put_crashed(&j, r);
	put_dmesg(&j, r);
	put_vmcore(&j, r);
	put_steps(&j, r);
	put_capture(&j, r);
	json_end_object(&j);
	err = json_finish(&j);
	if (!err)
		*ret_len = j.len;
	return err;
}
