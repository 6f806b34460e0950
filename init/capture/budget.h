/* SPDX-License-Identifier: MIT */
/*
 * How much time a step may take: its own limit, what is left for its target, what is left for the
 * whole capture, whichever is the least.
 */
#ifndef INIT_CAPTURE_BUDGET_H
#define INIT_CAPTURE_BUDGET_H

#include <stdint.h>

#include "lib/conf/conf.h"

struct budget {
	uint64_t whole_end_ms, target_end_ms; /* since boot */
	uint64_t whole_reserve_ms, target_reserve_ms;
};

enum budget_use {
	BUDGET_WORK,	/* leaves a reserve for the report and for closing the target */
	BUDGET_CLOSING, /* takes from it; BUDGET_CLOSING_S at least, however late it is */
};

#define BUDGET_CLOSING_S 10

/* The whole begins with the capture kernel's boot. */
void budget_start(struct budget *b, const struct conf_limits *limits);
/* A target's share begins now, on the clock of clock_boot_ms(). */
void budget_target(struct budget *b, const struct conf_limits *limits, uint64_t now_ms);

/* Seconds for a step whose own limit is own_s (UINT_MAX: none); 0: too late to begin it. */
unsigned budget_step_s(const struct budget *b, unsigned own_s, enum budget_use use,
		       uint64_t now_ms);

/* Is the whole over, so that no other target can be tried? */
bool budget_over(const struct budget *b, uint64_t now_ms);

#endif
