/* SPDX-License-Identifier: MIT */
#include "loader/verify/verdict.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/text.h"

#define INIT_SAYS "kdump-init: "
#define PANIC	  "Kernel panic - not syncing: "

static void reach(struct verdict *v, enum verdict_stage s, uint64_t at_ms)
{
	if (v->stage >= s)
		return;
	v->stage = s;
	v->at_ms[s] = at_ms;
}

static void __attribute__((format(printf, 2, 3))) blame(struct verdict *v, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(v->why, sizeof(v->why), fmt, ap);
	va_end(ap);
	text_make_printable(v->why);
}

/* ---------------------------------------------------------------- the production kernel */

static void take_guest(struct verdict *v, const char *said, uint64_t at_ms)
{
	if (!strncmp(said, VERDICT_UP, strlen(VERDICT_UP))) {
		reach(v, VERDICT_PRODUCTION, at_ms);
	} else if (!strncmp(said, VERDICT_ARMED, strlen(VERDICT_ARMED))) {
		reach(v, VERDICT_LOADED, at_ms);
	} else if (!strncmp(said, VERDICT_FAILED, strlen(VERDICT_FAILED))) {
		blame(v, "%s", said + strlen(VERDICT_FAILED));
		v->ended = true;
	}
}

/* ---------------------------------------------------------------- kdump-init */

/* "target: UUID=…: mounted", "target: https://…: network is up" */
static void take_target(struct verdict *v, const char *said, uint64_t at_ms)
{
	const char *ready = strstr(said, ": mounted");

	ready = ready ? ready : strstr(said, ": network is up");
	ready = ready ? ready : strstr(said, ": opened");
	if (!ready) {
		blame(v, "%s", said);
		return;
	}
	snprintf(v->target, sizeof(v->target), "%.*s", (int)(ready - said), said);
	reach(v, VERDICT_TARGET, at_ms);
}

/* The report is the last that is written: "…: saved, state complete, 61 MiB of memory …" */
static void take_report(struct verdict *v, const char *state, uint64_t at_ms)
{
	size_t len = strspn(state, "abcdefghijklmnopqrstuvwxyz-");
	const char *used = strstr(state, ", ");

	snprintf(v->state, sizeof(v->state), "%.*s", (int)len, state);
	if (used && isdigit((unsigned char)used[2]))
		v->used_mib = strtoull(used + 2, NULL, 10);
	reach(v, VERDICT_SAVED, at_ms);
	v->ended |= !strcmp(v->state, "complete");
}

static void take_capture(struct verdict *v, const char *said, uint64_t at_ms)
{
	const char *p;

	if ((p = strstr(said, "saved, state "))) {
		take_report(v, p + strlen("saved, state "), at_ms);
	} else if (!strncmp(said, "dmesg.txt: saved", 16)) {
		reach(v, VERDICT_DMESG, at_ms);
	} else if (!strncmp(said, "vmcore", 6) && strstr(said, ": saved")) {
		reach(v, VERDICT_VMCORE, at_ms);
	} else if (!strncmp(said, "no ", 3) && (p = strstr(said, "vmcore was saved: "))) {
		blame(v, "%s", p + strlen("vmcore was saved: "));
		/* a shell, or a target of last resort, would follow */
		v->ended = true;
	} else if (!strncmp(said, "the config names no target", 26)) {
		blame(v, "%s", said);
	}
}

/* "3.421 target: …": what a module of kdump-init says at a time */
static void take_init(struct verdict *v, const char *said, uint64_t at_ms)
{
	reach(v, VERDICT_CRASHED, at_ms);
	reach(v, VERDICT_CAPTURE, at_ms);
	said += strspn(said, "0123456789. ");
	if (!strncmp(said, "target: ", 8))
		take_target(v, said + 8, at_ms);
	else if (!strncmp(said, "capture: ", 9))
		take_capture(v, said + 9, at_ms);
	else if (!strncmp(said, "modules: ", 9) || !strncmp(said, "net: ", 5))
		blame(v, "%s", said);
}

/* ---------------------------------------------------------------- the kernels */

/* Lines of the crash kernel that tell why there is no kdump-init, or no more. */
static void take_kernel(struct verdict *v, const char *line, uint64_t at_ms)
{
	const char *panic = strstr(line, PANIC);
	const char *p;

	if (panic && v->stage <= VERDICT_LOADED) {
		if (v->stage == VERDICT_LOADED)
			reach(v, VERDICT_CRASHED, at_ms);
		else
			blame(v, "the production kernel of the virtual machine panicked: %s",
			      panic + strlen(PANIC));
		v->ended |= v->stage < VERDICT_LOADED;
		return;
	}
	if (v->stage < VERDICT_CRASHED)
		return;
	if (panic) {
		/* what it ran out of was told before */
		if (!strstr(v->why, "memory"))
			blame(v, "the crash kernel panicked: %s", panic + strlen(PANIC));
		v->ended = true;
	} else if ((p = strstr(line, "Out of memory"))) {
		blame(v, "the crash kernel ran out of memory: the reservation is too small");
	} else if ((p = strstr(line, "Initramfs unpacking failed"))) {
		blame(v, "the crash kernel could not unpack the image: %s", p);
	}
}

void verdict_line(struct verdict *v, const char *line, uint64_t at_ms)
{
	const char *said;

	if (*line)
		snprintf(v->last, sizeof(v->last), "%s", line);
	text_make_printable(v->last);
	if ((said = strstr(line, VERDICT_SAYS)))
		take_guest(v, said + strlen(VERDICT_SAYS), at_ms);
	else if (v->stage >= VERDICT_LOADED && (said = strstr(line, INIT_SAYS)))
		take_init(v, said + strlen(INIT_SAYS), at_ms);
	else
		take_kernel(v, line, at_ms);
}

bool verdict_is_good(const struct verdict *v)
{
	return v->stage == VERDICT_SAVED && !strcmp(v->state, "complete");
}

const char *verdict_stage_name(enum verdict_stage s)
{
	static const char *const names[VERDICT_STAGES] = {
		[VERDICT_STARTED] = "the virtual machine started",
		[VERDICT_PRODUCTION] = "the production kernel is up",
		[VERDICT_LOADED] = "the crash kernel is loaded",
		[VERDICT_CRASHED] = "the production kernel panicked",
		[VERDICT_CAPTURE] = "kdump-init runs",
		[VERDICT_TARGET] = "a target is ready",
		[VERDICT_DMESG] = "the log is saved",
		[VERDICT_VMCORE] = "the memory is saved",
		[VERDICT_SAVED] = "the report is saved",
	};

	return names[s];
}

void verdict_reason(const struct verdict *v, bool timeout, char ret[400])
{
	if (v->stage == VERDICT_SAVED && *v->state)
		snprintf(ret, 400, "not all was saved: the dump's state is %s%s%s", v->state,
			 *v->why ? ": " : "", v->why);
	else if (*v->why)
		snprintf(ret, 400, "%s", v->why);
	else if (v->stage == VERDICT_CRASHED)
		snprintf(ret, 400, "the crash kernel did not come up to kdump-init (%s): %s",
			 v->last, timeout ? "it hangs" : "it ended");
	else
		snprintf(ret, 400, "%s, and nothing that counts came after it%s (last: %s)",
			 verdict_stage_name(v->stage), timeout ? " in time" : "", v->last);
}
