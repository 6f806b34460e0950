/* SPDX-License-Identifier: MIT */
/*
 * kdump.json. Times are seconds since the capture kernel's boot, like those of the log.
 */
#include "init/capture/report.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#include "dumper/filter/page_class.h"
#include "dumper/info.h"
#include "dumper/kernel/crash_identity.h"
#include "init/system/system.h"
#include "lib/cleanup.h"
#include "lib/io.h"
#include "lib/json.h"
#include "lib/keys/age_key.h"

enum { REPORT_FORMAT = 4 };

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

bool report_saved(const struct report *r)
{
	return r->have_vmcore ? !r->dump.incomplete : r->crash_loop && r->have_dmesg;
}

uint64_t report_peak(const struct report *r)
{
	return r->memory.least && r->crash_ram_bytes > r->memory.least
		       ? r->crash_ram_bytes - r->memory.least
		       : 0;
}

void report_target(struct report *r, const struct conf_target *t)
{
	if (r->n_targets && r->have_vmcore)
		r->parts |= 1u << (r->n_targets - 1);
	if (r->n_targets < CONF_MAX_TARGETS)
		r->targets[r->n_targets++] = t;
	r->fit = (struct space_fit){ .verdict = SPACE_UNKNOWN };
	r->removed = (struct retention_gone){ .dumps = 0 };
	r->crash_loop = r->have_dmesg = r->have_vmcore = false;
	r->vmcore_digest = (struct digest){ .body = "" };
}

void report_removed(struct report *r, const struct retention_gone *gone)
{
	r->removed.dumps += gone->dumps;
	r->removed.bytes += gone->bytes;
}

const char *report_state(const struct report *r)
{
	if (r->have_vmcore && r->dump.incomplete)
		return "partial";
	if (r->have_vmcore)
		return r->level == r->level_wanted ? "complete" : "fallback";
	if (r->crash_loop && r->have_dmesg)
		return "crash-loop";
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

static void put_crashed(struct json *j, const struct report *r, bool sealed)
{
	const struct crash_identity *id = &r->id;

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
	json_string(j, "panic", id->panic[0] && !sealed ? id->panic : NULL);
	json_string(j, "taint", r->log.told ? r->log.taint : NULL);
}

static void put_sealed(struct json *j, const struct report_sealed *sealed)
{
	if (!sealed) {
		json_string(j, "sealed", NULL);
		return;
	}
	json_object(j, "sealed");
	json_array(j, "to");
	for (unsigned i = 0; i < sealed->to->n_keys; i++)
		json_string(j, NULL, sealed->to->keys[i]);
	json_end_array(j);
	json_string(j, "panic", sealed->panic);
	json_end_object(j);
}

/* The first step on a target that went wrong: what followed is of its making. NULL: none did. */
static const struct report_step *fault_of(const struct report *r, const char *where)
{
	for (unsigned i = 0; i < r->n_steps; i++) {
		const struct report_step *s = &r->steps[i];

		if (s->target && !strcmp(s->target, where) && s->outcome != CHILD_DONE)
			return s;
	}
	return NULL;
}

/* All but the last one failed or took a part, else they would be the last. */
static const char *outcome_of(const struct report *r, unsigned i)
{
	if (i + 1 < r->n_targets)
		return r->parts >> i & 1 ? "partial" : "failed";
	return report_saved(r) ? "saved" : r->have_vmcore ? "partial" : "failed";
}

static void put_targets(struct json *j, const struct report *r)
{
	json_array(j, "targets");
	for (unsigned i = 0; i < r->n_targets; i++) {
		const struct conf_target *t = r->targets[i];
		const struct report_step *fault = fault_of(r, t->where);

		json_object(j, NULL);
		json_string(j, "target", t->where);
		json_string(j, "type", t->type);
		json_string(j, "outcome", outcome_of(r, i));
		json_string(j, "failed_step", fault ? fault->name : NULL);
		json_string(j, "why", fault ? fault->why : NULL);
		json_end_object(j);
	}
	json_end_array(j);
}

static void put_room(struct json *j, const struct report *r)
{
	static const char *const verdicts[] = {
		[SPACE_UNKNOWN] = "unknown",
		[SPACE_FITS] = "fits",
		[SPACE_FITS_MEASURED] = "fits, measured",
		[SPACE_TOO_SMALL] = "too small",
		[SPACE_LOOP] = "not asked",
	};
	const struct space_fit *f = &r->fit;

	json_object(j, "room");
	json_string(j, "verdict", verdicts[f->verdict]);
	json_uint(j, "free_bytes", f->free);
	json_uint(j, "old_dumps_bytes", f->spare);
	json_uint(j, "bound_bytes", f->bound);
	json_uint(j, "need_bytes", f->need);
	json_uint(j, "removed_dumps", r->removed.dumps);
	json_uint(j, "removed_bytes", r->removed.bytes);
	json_uint(j, "recent_crashes", f->recent);
	json_end_object(j);
}

static void put_dmesg(struct json *j, const struct report *r, bool sealed)
{
	if (!r->have_dmesg) {
		json_string(j, "dmesg", NULL);
		return;
	}
	json_object(j, "dmesg");
	json_string(j, "file", sealed ? "dmesg.txt" AGE_SUFFIX : "dmesg.txt");
	json_uint(j, "records", r->dmesg.records);
	json_uint(j, "bytes", r->dmesg.bytes);
	put_text(j, "sha256", r->dmesg_digest.body);
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

static void put_part(struct json *j, uint64_t offset, uint64_t bytes, const char *sha256)
{
	json_object(j, NULL);
	json_uint(j, "offset", offset);
	json_uint(j, "bytes", bytes);
	json_string(j, "sha256", sha256);
	json_end_object(j);
}

/* The digest of a whole whose first block came last would need all of it read again. */
static void put_digest(struct json *j, const struct digest *d)
{
	json_string(j, "sha256", d->body[0] && !d->head_bytes ? d->body : NULL);
	if (!d->body[0] || !d->head_bytes) {
		json_string(j, "sha256_parts", NULL);
		return;
	}
	json_array(j, "sha256_parts");
	put_part(j, 0, d->head_bytes, d->head);
	put_part(j, d->head_bytes, d->body_bytes, d->body);
	json_end_array(j);
}

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
	json_uint(j, "bytes_read", r->dump.bytes_in);
	json_uint(j, "bytes_written", r->dump.bytes_out);
	json_seconds(j, "seconds", r->dump.elapsed_ms);
	json_uint(j, "peak_rss_bytes", r->dump_peak_rss_bytes);
	put_digest(j, &r->vmcore_digest);
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

static void put_policy(struct json *j, const struct policy *p)
{
	json_array(j, "policy");
	for (unsigned i = 0; i < p->n; i++) {
		json_object(j, NULL);
		json_string(j, "setting", p->changes[i].setting);
		json_string(j, "found", p->changes[i].found);
		json_string(j, "now", p->changes[i].now);
		json_end_object(j);
	}
	json_end_array(j);
}

/* As init/system/system.h notes it: a target's child may have set the clock. */
static void put_clock(struct json *j)
{
	char text[200];
	uint64_t before, now;
	char *at = text;

	if (io_read_file(AT_FDCWD, SYSTEM_CLOCK_FILE, text, sizeof(text), NULL))
		text[0] = '\0';
	before = strtoull(at, &at, 10);
	now = strtoull(at, &at, 10);
	if (*at != ' ') {
		json_string(j, "clock", NULL);
		return;
	}
	at[strcspn(at, "\n")] = '\0';
	json_object(j, "clock");
	put_time(j, "found", before ? before : 1);
	put_time(j, "set_to", now);
	json_string(j, "by", at + 1);
	json_end_object(j);
}

/* The kernel this runs on, and how much of the crashkernel= memory it took. */
static void put_capture(struct json *j, const struct report *r)
{
	struct utsname u = { 0 };

	uname(&u);
	json_object(j, "capture");
	json_string(j, "kernel", u.release);
	put_text(j, "boot_id", r->boot_id);
	json_uint(j, "crashkernel_bytes", r->log.crashkernel_bytes);
	json_uint(j, "ram_bytes", r->crash_ram_bytes);
	json_uint(j, "memory_bytes", r->memory.total);
	json_uint(j, "available_bytes", r->memory.available);
	json_uint(j, "least_available_bytes", r->memory.least);
	json_uint(j, "modules_loaded", r->modules_loaded);
	json_uint(j, "modules_failed", r->modules_failed);
	json_seconds(j, "modules_seconds", r->modules_ms);
	put_clock(j);
	put_policy(j, &r->policy);
	json_end_object(j);
}

void report_line(const struct report *r, char *buf, size_t size)
{
	size_t n = (size_t)snprintf(buf, size, "state %s; kernel %s; %s", report_state(r),
				    r->id.release[0] ? r->id.release : "unknown",
				    r->id.panic[0] ? r->id.panic : "no panic line");

	for (unsigned i = 0; i < r->n_targets && n < size; i++) {
		const struct report_step *fault = fault_of(r, r->targets[i]->where);

		/* without one it is full, and has a part */
		n += (size_t)snprintf(buf + n, size - n, "; %s: %s: %s", r->targets[i]->where,
				      fault ? fault->name : r->vmcore_file,
				      fault ? fault->why : "no more room");
	}
}

int report_json(const struct report *r, const struct report_sealed *sealed, char *buf, size_t size,
		size_t *ret_len)
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
	put_crashed(&j, r, sealed);
	put_sealed(&j, sealed);
	put_targets(&j, r);
	put_room(&j, r);
	put_dmesg(&j, r, sealed);
	put_vmcore(&j, r);
	put_steps(&j, r);
	put_capture(&j, r);
	json_end_object(&j);
	err = json_finish(&j);
	if (!err)
		*ret_len = j.len;
	return err;
}
