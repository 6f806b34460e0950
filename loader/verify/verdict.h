/* SPDX-License-Identifier: MIT */
/*
 * The serial console of a machine that crashes and captures -> how far it came, when, and why not
 * further. Text in, text out.
 */
#ifndef LOADER_VERIFY_VERDICT_H
#define LOADER_VERIFY_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

/* How far it came. */
enum verdict_stage {
	VERDICT_STARTED,
	VERDICT_PRODUCTION, /* our PID 1 runs on the kernel that is to crash */
	VERDICT_LOADED,	    /* the pair is loaded there */
	VERDICT_CRASHED,
	VERDICT_CAPTURE, /* kdump-init runs */
	VERDICT_TARGET,	 /* a target is mounted or reached */
	VERDICT_DMESG,
	VERDICT_VMCORE,
	VERDICT_SAVED, /* the report is on the target */
	VERDICT_STAGES
};

struct verdict {
	enum verdict_stage stage;
	uint64_t at_ms[VERDICT_STAGES]; /* since the machine's start; of those that came */
	char state[16];			/* of kdump.json: "complete", … */
	char target[120];		/* that took it */
	uint64_t used_mib;		/* memory of the capture system at its peak; 0: not told */
	bool ended;			/* nothing that matters follows */
	char why[300];			/* what went wrong last; "": nothing */
	char last[200];			/* the last line of the console */
};

/* The words by which our PID 1 (guest.h) tells of itself. */
#define VERDICT_SAYS   "kdump-verify: "
#define VERDICT_UP     "production kernel "
#define VERDICT_ARMED  "armed"
#define VERDICT_FAILED "failed: "

/* One line of the console, without its end. */
void verdict_line(struct verdict *v, const char *line, uint64_t at_ms);

/* Did it save all? */
bool verdict_is_good(const struct verdict *v);

/* What a person calls a stage, as "the target is mounted". */
const char *verdict_stage_name(enum verdict_stage s);

/* Why a capture that is not good is not: v->why, or how far it came. ret has 400 bytes. */
void verdict_reason(const struct verdict *v, bool timeout, char ret[400]);

#endif
