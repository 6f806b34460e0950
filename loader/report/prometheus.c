/* SPDX-License-Identifier: MIT */
/*
 * Source of the format: "Exposition formats", text-based, version 0.0.4. A metric that cannot be
 * told is left out, as 0 would be a value.
 */
#include "loader/report/prometheus.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/cleanup.h"

static void print_head(FILE *f, const char *name, const char *help)
{
	fprintf(f, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

static void print_gauge(FILE *f, const char *name, const char *help, uint64_t value)
{
	print_head(f, name, help);
	fprintf(f, "%s %" PRIu64 "\n", name, value);
}

/* ,NAME="VALUE" with the escapes of a label. */
static void print_label(FILE *f, const char *before, const char *name, const char *value)
{
	fprintf(f, "%s%s=\"", before, name);
	for (; *value; value++) {
		if (*value == '\n')
			fputs("\\n", f);
		else
			fprintf(f, "%s%c", strchr("\\\"", *value) ? "\\" : "", *value);
	}
	fputc('"', f);
}

static void print_findings(FILE *f, const struct findings *all)
{
	if (!all->n)
		return;
	print_head(f, "kdump_finding", "What kdump-loader status finds, by id.");
	for (unsigned i = 0; i < all->n; i++) {
		fputs("kdump_finding", f);
		print_label(f, "{", "id", all->item[i].id);
		print_label(f, ",", "level", findings_level_name(all->item[i].level));
		/* two findings may have one id, and a series stands once */
		fprintf(f, ",number=\"%u\"} 1\n", i);
	}
}

static void print_last(FILE *f, const struct last_capture *l)
{
	const struct dump_report *r = &l->report;

	print_gauge(f, "kdump_dumps", "Dumps on the targets that are mounted.", l->dumps);
	if (!l->found)
		return;
	print_gauge(f, "kdump_last_crash_timestamp_seconds", "When the newest dump's crash was.",
		    r->time_s);
	print_gauge(f, "kdump_last_crash_complete", "1: its vmcore is as the config wants it.",
		    r->read && !strcmp(r->state, "complete"));
	print_head(f, "kdump_last_crash_info", "What the newest dump is of.");
	fputs("kdump_last_crash_info", f);
	print_label(f, "{", "host", r->host);
	print_label(f, ",", "release", r->release);
	print_label(f, ",", "state", r->read ? r->state : "unfinished");
	print_label(f, ",", "panic", r->panic);
	print_label(f, ",", "folder", l->folder);
	fputs("} 1\n", f);
}

static void print_armed(FILE *f, const struct status *s)
{
	bool armed = s->host.armed == 1;

	print_gauge(f, "kdump_armed", "1: a crash kernel is loaded.", armed);
	print_gauge(f, "kdump_would_capture", "1: armed, and nothing speaks against a capture.",
		    armed && !s->findings.fatal);
	print_gauge(f, "kdump_stale", "1: armed with what was current once.",
		    armed && s->findings.stale);
	if (s->recorded)
		print_gauge(f, "kdump_loaded_timestamp_seconds",
			    "When the crash kernel was loaded.", (uint64_t)s->record.loaded_s);
	print_gauge(f, "kdump_reserved_bytes", "Memory that crashkernel= has reserved.",
		    s->host.crash_bytes);
	if (s->left_bytes)
		print_gauge(f, "kdump_left_bytes", "Of it for the capture system, about.",
			    s->left_bytes);
}

int prometheus_text(const struct status *s, char *buf, size_t size)
{
	FILE *f = size ? fmemopen(buf, size, "w") : NULL;
	long len;

	if (!f)
		return -ENOSPC;
	print_armed(f, s);
	print_gauge(f, "kdump_kernels", "Installed kernels.", s->kernels.n);
	print_gauge(f, "kdump_kernels_without_image", "Of them those without a capture image.",
		    kernels_bare(&s->kernels));
	print_last(f, &s->last);
	if (s->was_verified)
		print_gauge(f, "kdump_verified_good", "1: the last verification captured.",
			    s->verified.good);
	print_findings(f, &s->findings);
	len = ftell(f);
	return fclose(f) || len < 0 || (size_t)len >= size ? -ENOSPC : 0;
}
