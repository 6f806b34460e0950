/* SPDX-License-Identifier: MIT */
/*
 * --info and --json.
 */
#include "dumper/info.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dumper/kernel/crash_identity.h"
#include "dumper/kernel/dmesg.h"
#include "dumper/remarks.h"
#include "lib/json.h"

#define JSON_BYTES 32768 /* a path of 4,096 bytes, each as an escape of six, and the numbers */

static void utc(uint64_t seconds, char buf[32])
{
	time_t t = (time_t)seconds;
	struct tm tm;

	if (!seconds || !gmtime_r(&t, &tm) || !strftime(buf, 32, "%Y-%m-%dT%H:%M:%SZ", &tm))
		buf[0] = '\0';
}

static void json_classes(struct json *j, const struct dump_stats *s)
{
	json_object(j, "pages");
	json_uint(j, "ram", s->pages_ram);
	json_uint(j, "absent", s->pages_absent);
	for (int c = 0; c < PAGE_CLASSES; c++)
		json_uint(j, page_class_name((enum page_class)c), s->pages[c]);
	json_end_object(j);
}

static const char *or_null(const char *text)
{
	return text[0] ? text : NULL;
}

static void print_json(FILE *f, const struct crash_identity *id, const struct crash *c,
		       const struct dump_stats *s, const char *time)
{
	char buf[JSON_BYTES];
	struct json j;

	json_init(&j, buf, sizeof(buf));
	json_object(&j, NULL);
	json_string(&j, "release", or_null(id->release));
	json_string(&j, "version", or_null(id->version));
	json_string(&j, "machine", or_null(id->machine));
	json_string(&j, "nodename", or_null(id->nodename));
	json_string(&j, "build_id", or_null(id->build_id));
	json_string(&j, "crash_time", or_null(time));
	json_string(&j, "panic", or_null(id->panic));
	json_uint(&j, "cpus", id->cpus);
	json_uint(&j, "page_bytes", 1ull << c->vmcore.page_shift);
	json_uint(&j, "ram_bytes", id->ram_bytes);
	if (s)
		json_classes(&j, s);
	else
		json_string(&j, "pages", NULL);
	json_string(&j, "missing", or_null(c->why));
	json_end_object(&j);
	json_finish(&j);
	fputs(buf, f);
}

static void line(FILE *f, const char *name, const char *value)
{
	if (value[0])
		fprintf(f, "%-14s %s\n", name, value);
}

static void print_text(FILE *f, const struct crash_identity *id, const struct crash *c,
		       const struct dump_stats *s, const char *time)
{
	line(f, "release", id->release);
	line(f, "version", id->version);
	line(f, "machine", id->machine);
	line(f, "nodename", id->nodename);
	line(f, "build id", id->build_id);
	line(f, "crash time", time);
	line(f, "panic", id->panic);
	fprintf(f, "%-14s %u\n", "cpus", id->cpus);
	fprintf(f, "%-14s %" PRIu64 " MiB\n", "ram", id->ram_bytes >> 20);
	for (int i = 0; s && i < PAGE_CLASSES; i++)
		fprintf(f, "%-14s %12" PRIu64 " pages %9" PRIu64 " MiB\n",
			page_class_name((enum page_class)i), s->pages[i],
			s->pages[i] << c->vmcore.page_shift >> 20);
	line(f, "missing", c->why);
}

void info_print(FILE *f, struct crash *c, int json)
{
	struct crash_identity id;
	struct dump_stats stats;
	const struct dump_stats *s = dump_count(c, &stats) ? NULL : &stats;
	char time[32];

	crash_identify(c, &id);
	crash_panic_line(c, id.panic);
	utc(id.crash_time_s, time);
	if (json)
		print_json(f, &id, c, s, time);
	else
		print_text(f, &id, c, s, time);
}

/* One line of the log at a time, so that its length does not matter. */
struct dmesg_json {
	FILE *f;
	struct json j;
	char text[70000]; /* a record's 65,535 bytes and its time stamp */
	char buf[430000]; /* each byte as an escape of six */
};

static int dmesg_line(void *ctx, const char *text, size_t len)
{
	struct dmesg_json *d = ctx;
	bool first = !d->j.depth;

	memcpy(d->text, text, len);
	d->text[len] = '\0';
	json_init(&d->j, d->buf, sizeof(d->buf));
	d->j.depth = 2;
	d->j.comma = !first;
	json_string(&d->j, NULL, d->text);
	return fwrite(d->buf, 1, d->j.len, d->f) == d->j.len ? 0 : -EIO;
}

int info_print_dmesg(FILE *f, struct crash *c, uint64_t from)
{
	struct dmesg_json *d = calloc(1, sizeof(*d));
	struct dmesg_stats stats;
	int r;

	if (!d)
		return -ENOMEM;
	d->f = f;
	fputs("{\n  \"lines\": [", f);
	r = dmesg_each_from(&c->kmem, &c->info, from, dmesg_line, d, &stats);
	fprintf(f, "\n  ],\n  \"records\": %" PRIu64 "\n}\n", stats.records);
	free(d);
	return r ? r : fflush(f) ? -EIO : 0;
}

/* Free pages are the one class that the kernel counts for us. */
static void json_free(struct json *j, const struct dump_stats *s)
{
	const struct selfcheck_result *c = &s->selfcheck;

	json_uint(j, "free_by_kernel", c->free_all);
	json_bool(j, "free_fits", selfcheck_free_fits(c, s->pages[PAGE_FREE]));
}

static void warn_json(void *ctx, const char *line)
{
	json_string(ctx, NULL, line);
}

/* Pages that the level does not explain. */
static void json_surplus(struct json *j, const struct dump_stats *s)
{
	const char *name;

	json_uint(j, "units_unfiltered", s->units_unfiltered);
	json_object(j, "surplus");
	json_uint(j, "pages_whole", s->pages_whole);
	json_uint(j, "pages_doubt", s->pages_doubt);
	json_array(j, "classes_off");
	for (unsigned i = 0; (name = remarks_class(s->level_off | s->selfcheck.off, i)); i++)
		json_string(j, NULL, name);
	json_end_array(j);
	json_end_object(j);
	json_array(j, "warnings");
	remarks_each(s, warn_json, j);
	json_end_array(j);
}

void info_json_checks(struct json *j, const struct dump_stats *s)
{
	json_uint(j, "level_off", s->level_off);
	json_array(j, "excluded");
	if (s->struct_pages_excluded)
		json_string(j, NULL, "struct-pages");
	json_end_array(j);
	json_object(j, "selfcheck");
	json_uint(j, "level_off", s->selfcheck.off);
	json_string(j, "why", or_null(s->selfcheck.why));
	if (s->selfcheck.free_all && s->pages[PAGE_FREE])
		json_free(j, s);
	json_end_object(j);
	json_surplus(j, s);
}

void info_print_dump(FILE *f, const char *dst, const struct dump_stats *s)
{
	char buf[JSON_BYTES];
	struct json j;

	json_init(&j, buf, sizeof(buf));
	json_object(&j, NULL);
	json_string(&j, "dump", dst);
	json_classes(&j, s);
	json_uint(&j, "pages_zero", s->pages_zero);
	json_uint(&j, "pages_shared", s->pages_shared);
	json_uint(&j, "pages_lost", s->pages_lost);
	info_json_checks(&j, s);
	json_bool(&j, "live", s->live);
	json_uint(&j, "bytes_in", s->bytes_in);
	json_uint(&j, "bytes_out", s->bytes_out);
	json_seconds(&j, "elapsed_s", s->elapsed_ms);
	json_uint(&j, "threads", s->threads);
	json_uint(&j, "peak_rss_bytes", s->peak_rss_bytes);
	json_end_object(&j);
	json_finish(&j);
	fputs(buf, f);
}
