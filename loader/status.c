/* SPDX-License-Identifier: MIT */
/*
 * /proc, /sys and the record -> status, as text and as JSON.
 */
#include "loader/status.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/json.h"
#include "lib/text.h"
#include "loader/check/check.h"
#include "loader/check/check_fit.h"
#include "loader/check/stale.h"
#include "loader/check/targets.h"
#include "loader/lock.h"
#include "loader/plan.h"

enum { SERVER_WAIT_MS = 3000 };

/* Text that grows; an overflow is seen at the end. */
struct text {
	char *buf;
	size_t size, len;
};

static void check_file(struct status *s, const char *what, const char *id, const struct image *img)
{
	int r = image_unchanged(img->path, &img->id);

	if (r == 1)
		return;
	s->stale = true;
	findings_stale(&s->findings, id, "%s %s %s since it was loaded: run kdump-loader reload",
		       what, img->path, r ? "is gone" : "has changed");
}

/* The image as load checks it; what lies on the disk may be another one by now. */
static void check_image(int root, struct status *s, const struct image *initrd,
			const struct kernel_head *kernel, struct manifest *m)
{
	struct check_image c = {
		.initrd = initrd, .kernel = kernel, .host = &s->host, .foreign = s->record.foreign
	};
	struct fit need = { .initrd_bytes = initrd->id.bytes };

	check_initrd(&c, m, &s->findings);
	if (m->state == MANIFEST_WHOLE) {
		need.unpacked_bytes = m->head.unpacked_bytes;
		stale_inputs(root, &c, m, &s->findings);
		targets_check(root, &c, m, SERVER_WAIT_MS, true, &s->findings);
		last_capture_find(root, m->conf, &s->last, &s->findings);
		last_capture_check(&s->host, &s->last, &s->findings);
	}
	if (kernel && s->host.crash_bytes)
		s->left_bytes = check_fit(&s->host, kernel, &need, &s->findings);
	manifest_free(m);
}

static void check_machine_state(int root, struct status *s)
{
	const struct record *rec = &s->record;
	const char *what = machine_state_changed(root, &rec->state, rec->call == KEXEC_SEGMENTS);

	if (what)
		findings_stale(&s->findings, "machine-changed",
			       "the machine's %s changed since the load, and a dump would not have "
			       "all of it: run kdump-loader reload",
			       what);
}

/* What speaks against loading once more: what is loaded stays, and captures. */
static void check_reload(struct status *s, const struct kernel_head *kernel)
{
	const struct host *h = &s->host;

	if (h->load_disabled)
		findings_warn(&s->findings, "load-disabled",
			      "kernel.kexec_load_disabled is 1: no load or unload until the next "
			      "reboot");
	if (h->limit_panic == 0)
		findings_warn(
			&s->findings, "load-limit",
			"kernel.kexec_load_limit_panic is 0: no load or unload until the next "
			"reboot");
	if (h->locked_down && kernel && !kernel->is_signed)
		findings_warn(
			&s->findings, "kernel-unsigned",
			"kernel %s is not signed, and the running kernel is locked down by "
			"now: it cannot be loaded again; sign it with an enrolled key, or use "
			"the distribution's",
			s->record.pair.kernel.path);
}

/* Would a crash now be captured? From the loaded files, or their copies. */
static void check_loaded(int root, int folder, struct status *s)
{
	_free_ struct image_pair *pair = calloc(1, sizeof(*pair));
	_free_ struct manifest *m = calloc(1, sizeof(*m));
	const struct kernel_head *known;
	struct kernel_head kernel;
	const char *why;

	if (!s->host.arch || !pair || !m || record_open(folder, &s->record, pair, &why)) {
		check_reload(s, NULL);
		return;
	}
	/* a copy is what the user knows by another name */
	snprintf(pair->initrd.path, sizeof(pair->initrd.path), "%s", s->record.pair.initrd.path);
	known = s->host.arch->read_kernel(image_kernel_fd(&pair->kernel),
					  image_kernel_bytes(&pair->kernel), &kernel, &why)
			? NULL
			: &kernel;
	check_image(root, s, &pair->initrd, known, m);
	check_reload(s, known);
	image_pair_close(pair);
}

/* Was what is loaded tried out? */
static void check_verified(int folder, struct status *s)
{
	struct verified *v = &s->verified;

	s->was_verified =
		!verified_read(folder, v) && image_same(&v->initrd, &s->record.pair.initrd.id);
	if (s->was_verified && !v->good)
		findings_stale(&s->findings, "verified-no",
			       "the last verification said that a crash would not be captured "
			       "(%.200s): when that is mended, run kdump-loader verify again",
			       v->why);
}

/* How did a crash on purpose end? Only an image tells where its dump would be. */
static void check_drill(int root, struct status *s)
{
	char when[TEXT_UTC_BYTES];

	s->was_drilled = !drill_read(root, &s->drill);
	if (!s->was_drilled)
		return;
	s->drill_end = drill_judge(root, &s->drill, &s->last);
	if (s->drill_end == DRILL_PAST)
		s->was_drilled = false;
	text_utc((int64_t)s->drill.time_s, when);
	if (s->drill_end == DRILL_LOST)
		findings_warn(
			&s->findings, "test-lost",
			"no dump of the test of %s is on a target that is mounted here: look at "
			"the servers among the targets, and at what the console said; then run "
			"kdump-loader verify, or test, once more",
			when);
	else if (s->drill_end == DRILL_NOT_YET)
		findings_warn(&s->findings, "test-not-crashed",
			      "the test of %s did not crash this system", when);
}

/* What a load would say. */
static void check_not_armed(int root, struct status *s)
{
	_free_ struct plan *p = calloc(1, sizeof(*p));

	if (!p)
		return;
	plan_make(root, &(struct load_options){ .call = KEXEC_AUTO }, p);
	plan_close(p);
	s->last = p->last;
	s->left_bytes = p->left_bytes;
	for (unsigned i = 0; i < p->findings.n; i++) {
		const struct finding *one = &p->findings.item[i];

		/* who asks may be anybody */
		if (strcmp(one->id, "not-permitted"))
			findings_add(&s->findings, one);
	}
	if (!s->findings.fatal)
		findings_warn(&s->findings, "not-loaded",
			      "nothing speaks against it: run kdump-loader load");
	last_capture_check(&s->host, &s->last, &s->findings);
	check_drill(root, s);
}

/*
 * The machine, and the record of what is loaded. Both are between two states while a load is made: it
 * takes the record away, and the kernel drops the one image before it reads the other.
 */
static int read_loaded(int root, int folder, struct status *ret)
{
	_close_ int lock = -1;
	int r;

	if (folder >= 0)
		lock_look(folder, &lock);
	r = host_read(root, &ret->host);
	ret->recorded =
		!r && ret->host.armed == 1 && folder >= 0 && !record_read(folder, &ret->record);
	return r;
}

int status_read(int root, struct status *ret)
{
	_close_ int folder = record_folder(root, false);
	struct host *h = &ret->host;
	const struct image_pair *pair = &ret->record.pair;
	int r;

	*ret = (struct status){ 0 };
	r = read_loaded(root, folder, ret);
	if (r)
		return r;
	kernels_find(root, &ret->kernels);
	if (h->armed != 1) {
		check_not_armed(root, ret);
		return 0;
	}
	if (ret->recorded) {
		check_file(ret, "kernel", "kernel-replaced", &pair->kernel);
		check_file(ret, "initrd", "initrd-replaced", &pair->initrd);
		check_loaded(root, folder, ret);
		check_machine_state(root, ret);
		check_verified(folder, ret);
		check_drill(root, ret);
	} else {
		check_reload(ret, NULL);
	}
	stale_kernels(root, h, ret->recorded ? pair->initrd.path : NULL, &ret->findings);
	check_settings(h, &ret->findings);
	return 0;
}

static void __attribute__((format(printf, 2, 3))) put(struct text *t, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (t->len >= t->size)
		return;
	va_start(ap, fmt);
	n = vsnprintf(t->buf + t->len, t->size - t->len, fmt, ap);
	va_end(ap);
	t->len += n > 0 ? (size_t)n : 0;
}

/* With two ranges the lower one is for DMA below 4 GiB (crashkernel=,low). */
static const char *range_name(const struct host *h, unsigned i)
{
	return h->n_crash > 1 && i == h->n_crash - 1 ? "low" : "main";
}

const char *status_words(const struct status *s)
{
	if (s->host.armed != 1)
		return "not armed";
	return s->findings.fatal   ? "armed, but a capture would fail"
	       : s->findings.stale ? "armed, but stale"
				   : "armed";
}

/* When, how it went, of what, and where it lies. */
static void put_last(struct text *t, const struct last_capture *l)
{
	const struct dump_report *r = &l->report;
	char when[TEXT_UTC_BYTES];

	text_utc((int64_t)r->time_s, when);
	put(t, "last capture  %s, %s%s%s%s\n", when, r->read ? r->state : "without a report",
	    *r->sealed_to ? ", sealed" : "", *r->panic ? ": " : "", r->panic);
	if (*r->host || *r->release)
		put(t, "  of          %s%s%s\n", r->host, *r->host && *r->release ? ", " : "",
		    r->release);
	put(t, "  in          %s\n", l->folder);
}

/* Kernels that would run without being armed. */
static void put_kernels(struct text *t, const struct kernels *k)
{
	if (!kernels_bare(k))
		return;
	put(t, "no image for ");
	for (unsigned i = 0; i < k->n; i++) {
		if (!k->item[i].has_image)
			put(t, " %s", k->item[i].release);
	}
	put(t, "\n");
}

static void put_verified(struct text *t, const struct verified *v)
{
	char when[TEXT_UTC_BYTES];

	text_utc((int64_t)v->time_s, when);
	put(t, "verified      %s: %s", when, v->good ? "it would capture" : "it would not capture");
	if (v->used_bytes)
		put(t, ", with %" PRIu64 " MiB of memory at most", v->used_bytes >> 20);
	put(t, "\n");
}

static const char *call_name(const struct record *r)
{
	return r->call == KEXEC_SEGMENTS ? "kexec_load" : "kexec_file_load";
}

int status_text(const struct status *s, char *buf, size_t size)
{
	const struct host *h = &s->host;
	const struct image_pair *p = &s->record.pair;
	struct text t = { buf, size, 0 };
	char when[TEXT_UTC_BYTES];

	put(&t, "%s\n", status_words(s));
	put(&t, "reserved      %" PRIu64 " MiB\n", h->crash_bytes >> 20);
	for (unsigned i = 0; i < h->n_crash; i++)
		put(&t, "  %-11s %" PRIu64 " MiB at 0x%" PRIx64 "\n", range_name(h, i),
		    h->crash[i].bytes >> 20, h->crash[i].start);
	if (s->left_bytes)
		put(&t, "  left        about %" PRIu64 " MiB for the capture system\n",
		    s->left_bytes >> 20);
	put_kernels(&t, &s->kernels);
	if (s->recorded) {
		text_utc(s->record.loaded_s, when);
		put(&t,
		    "kernel        %s\ninitrd        %s\ncommand line  %s\nloaded        %s by "
		    "%s\n",
		    p->kernel.path, p->initrd.path, p->cmdline, when, call_name(&s->record));
		if (*s->record.back)
			put(&t, "after a dump  production again, by kexec\n");
	} else if (h->armed == 1) {
		put(&t, "loaded        by another program, or the record was lost\n");
	}
	if (s->last.found)
		put_last(&t, &s->last);
	if (s->was_verified)
		put_verified(&t, &s->verified);
	if (s->was_drilled && s->drill_end == DRILL_CAPTURED) {
		text_utc((int64_t)s->drill.time_s, when);
		put(&t, "tested        %s: captured, %s\n", when,
		    s->last.report.read ? s->last.report.state : "without a report");
	}
	for (unsigned i = 0; i < s->findings.n; i++)
		put(&t, "%s: %s\n", findings_level_name(s->findings.item[i].level),
		    s->findings.item[i].text);
	return t.len < size ? 0 : -ENOSPC;
}

static void json_image(struct json *j, const char *key, const struct image *img)
{
	json_object(j, key);
	json_string(j, "path", img->path);
	json_uint(j, "bytes", img->id.bytes);
	json_bool(j, "changed", image_unchanged(img->path, &img->id) != 1);
	json_end_object(j);
}

static void json_loaded(struct json *j, const struct status *s)
{
	char when[TEXT_UTC_BYTES];

	if (!s->recorded) {
		json_string(j, "loaded", NULL);
		return;
	}
	text_utc(s->record.loaded_s, when);
	json_object(j, "loaded");
	json_string(j, "time", when);
	json_string(j, "call", call_name(&s->record));
	json_image(j, "kernel", &s->record.pair.kernel);
	json_image(j, "initrd", &s->record.pair.initrd);
	json_string(j, "command_line", s->record.pair.cmdline);
	json_bool(j, "way_back", *s->record.back != 0);
	json_bool(j, "stale", s->stale);
	json_end_object(j);
}

static void json_last(struct json *j, const struct last_capture *l)
{
	const struct dump_report *r = &l->report;
	char when[TEXT_UTC_BYTES];

	if (!l->found) {
		json_string(j, "last_capture", NULL);
		return;
	}
	text_utc((int64_t)r->time_s, when);
	json_object(j, "last_capture");
	json_string(j, "time", when);
	json_string(j, "folder", l->folder);
	json_string(j, "state", r->read ? r->state : NULL);
	json_string(j, "panic", *r->panic ? r->panic : NULL);
	json_string(j, "host", *r->host ? r->host : NULL);
	json_string(j, "release", *r->release ? r->release : NULL);
	json_uint(j, "peak_bytes", last_capture_peak(l));
	json_uint(j, "dumps", l->dumps);
	json_end_object(j);
}

static void json_verified(struct json *j, const struct status *s)
{
	char when[TEXT_UTC_BYTES];

	if (!s->was_verified) {
		json_string(j, "verified", NULL);
		return;
	}
	text_utc((int64_t)s->verified.time_s, when);
	json_object(j, "verified");
	json_string(j, "time", when);
	json_bool(j, "captured", s->verified.good);
	json_uint(j, "peak_bytes", s->verified.used_bytes);
	json_end_object(j);
}

static void json_drill(struct json *j, const struct status *s)
{
	static const char *const ends[] = { [DRILL_NOT_YET] = "not crashed",
					    [DRILL_CAPTURED] = "captured",
					    [DRILL_LOST] = "lost" };
	char when[TEXT_UTC_BYTES];

	if (!s->was_drilled) {
		json_string(j, "test", NULL);
		return;
	}
	text_utc((int64_t)s->drill.time_s, when);
	json_object(j, "test");
	json_string(j, "time", when);
	json_string(j, "end", ends[s->drill_end]);
	json_end_object(j);
}

int status_json(const struct status *s, char *buf, size_t size)
{
	const struct host *h = &s->host;
	struct json j;

	json_init(&j, buf, size);
	json_object(&j, NULL);
	json_bool(&j, "armed", h->armed == 1);
	json_string(&j, "state", status_words(s));
	json_string(&j, "release", h->release);
	json_uint(&j, "reserved_bytes", h->crash_bytes);
	json_array(&j, "reserved");
	for (unsigned i = 0; i < h->n_crash; i++) {
		json_object(&j, NULL);
		json_string(&j, "use", range_name(h, i));
		json_uint(&j, "start", h->crash[i].start);
		json_uint(&j, "bytes", h->crash[i].bytes);
		json_end_object(&j);
	}
	json_end_array(&j);
	json_uint(&j, "left_bytes", s->left_bytes);
	json_array(&j, "kernels");
	for (unsigned i = 0; i < s->kernels.n; i++) {
		json_object(&j, NULL);
		json_string(&j, "release", s->kernels.item[i].release);
		json_bool(&j, "image", s->kernels.item[i].has_image);
		json_end_object(&j);
	}
	json_end_array(&j);
	json_loaded(&j, s);
	json_last(&j, &s->last);
	json_verified(&j, s);
	json_drill(&j, s);
	json_array(&j, "findings");
	for (unsigned i = 0; i < s->findings.n; i++) {
		json_object(&j, NULL);
		json_string(&j, "id", s->findings.item[i].id);
		json_string(&j, "level", findings_level_name(s->findings.item[i].level));
		json_string(&j, "text", s->findings.item[i].text);
		json_end_object(&j);
	}
	json_end_array(&j);
	json_end_object(&j);
	return json_finish(&j);
}
