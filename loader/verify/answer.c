/* SPDX-License-Identifier: MIT */
#include "loader/verify/answer.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/json.h"
#include "lib/text.h"

enum { JSON_BYTES = 32768 };

void answer_no(struct answer *a, const char *why)
{
	size_t len = strlen(a->why);

	a->result = ANSWER_NO;
	snprintf(a->why + len, sizeof(a->why) - len, "%s%s", len ? "\n" : "", why);
}

void answer_no_capture(struct answer *a, bool timeout)
{
	char why[400];

	verdict_reason(&a->verdict, timeout, why);
	answer_no(a, why);
}

void answer_unknown(struct answer *a, const char *fmt, ...)
{
	va_list ap;

	a->result = ANSWER_UNKNOWN;
	va_start(ap, fmt);
	vsnprintf(a->why, sizeof(a->why), fmt, ap);
	va_end(ap);
	text_make_printable(a->why);
}

void answer_note(struct answer *a, const char *fmt, ...)
{
	va_list ap;

	if (a->n_notes == ANSWER_NOTES)
		return;
	va_start(ap, fmt);
	vsnprintf(a->notes[a->n_notes], sizeof(a->notes[0]), fmt, ap);
	va_end(ap);
	text_make_printable(a->notes[a->n_notes++]);
}

/* Stages from the panic on have their time from there. */
static void print_times(const struct verdict *v)
{
	for (enum verdict_stage s = VERDICT_PRODUCTION; s <= v->stage; s++) {
		uint64_t from = s > VERDICT_CRASHED ? v->at_ms[VERDICT_CRASHED] : 0;

		if (v->at_ms[s])
			printf("  %-32s %s%7.1f s\n", verdict_stage_name(s), from ? "+" : " ",
			       (double)(v->at_ms[s] - from) / 1e3);
	}
}

static void print_text(const struct answer *a)
{
	static const char *const words[] = {
		[ANSWER_UNKNOWN] = "not known",
		[ANSWER_YES] = "yes: a crash now would be captured",
		[ANSWER_NO] = "no: a crash now would not be captured",
	};

	printf("%s\n", words[a->result]);
	for (const char *s = a->why; *s; s += strcspn(s, "\n"), s += *s == '\n')
		printf("because: %.*s\n", (int)strcspn(s, "\n"), s);
	if (a->verdict.stage > VERDICT_STARTED) {
		printf("in QEMU %s KVM:\n", a->has_kvm ? "with" : "without");
		print_times(&a->verdict);
	}
	if (*a->verdict.target)
		printf("  saved on %s\n", a->verdict.target);
	if (a->verdict.used_mib)
		printf("  memory used %" PRIu64 " of %" PRIu64 " MiB at most\n",
		       a->verdict.used_mib, a->reserved_mib);
	for (unsigned i = 0; i < a->n_notes; i++)
		printf("note: %s\n", a->notes[i]);
}

static void json_times(struct json *j, const struct verdict *v)
{
	static const char *const keys[VERDICT_STAGES] = {
		[VERDICT_PRODUCTION] = "production", [VERDICT_LOADED] = "loaded",
		[VERDICT_CRASHED] = "panic",	     [VERDICT_CAPTURE] = "kdump_init",
		[VERDICT_TARGET] = "target",	     [VERDICT_DMESG] = "dmesg",
		[VERDICT_VMCORE] = "vmcore",	     [VERDICT_SAVED] = "report",
	};

	json_object(j, "seconds");
	for (enum verdict_stage s = VERDICT_PRODUCTION; s <= v->stage; s++) {
		if (v->at_ms[s])
			json_seconds(j, keys[s], v->at_ms[s]);
	}
	json_end_object(j);
}

static void json_lines(struct json *j, const char *key, const char *text)
{
	char line[500];

	json_array(j, key);
	for (const char *s = text; *s; s += strcspn(s, "\n"), s += *s == '\n') {
		snprintf(line, sizeof(line), "%.*s", (int)strcspn(s, "\n"), s);
		json_string(j, NULL, line);
	}
	json_end_array(j);
}

static void print_json(const struct answer *a)
{
	static const char *const results[] = {
		[ANSWER_UNKNOWN] = "unknown", [ANSWER_YES] = "yes", [ANSWER_NO] = "no"
	};
	static char text[JSON_BYTES];
	struct json j;

	json_init(&j, text, sizeof(text));
	json_object(&j, NULL);
	json_string(&j, "captured", results[a->result]);
	json_lines(&j, "reasons", a->why);
	json_bool(&j, "kvm", a->has_kvm);
	json_times(&j, &a->verdict);
	json_string(&j, "target", *a->verdict.target ? a->verdict.target : NULL);
	json_string(&j, "state", *a->verdict.state ? a->verdict.state : NULL);
	json_uint(&j, "peak_bytes", a->verdict.used_mib << 20);
	json_uint(&j, "reserved_bytes", a->reserved_mib << 20);
	json_array(&j, "notes");
	for (unsigned i = 0; i < a->n_notes; i++)
		json_string(&j, NULL, a->notes[i]);
	json_end_array(&j);
	json_end_object(&j);
	if (!json_finish(&j))
		fputs(text, stdout);
}

void answer_print(const struct answer *a, bool json)
{
	if (json)
		print_json(a);
	else
		print_text(a);
	fflush(stdout);
}
