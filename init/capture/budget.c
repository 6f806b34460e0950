/* SPDX-License-Identifier: MIT */
/*
 * Deadlines as arithmetic; child.c enforces what comes out.
 */
#include "init/capture/budget.h"

/* Of a deadline: a fifth, but no longer than one step may take. */
static uint64_t reserve_ms(unsigned deadline_s, unsigned step_s)
{
	unsigned part = deadline_s / 5;

	return (part < step_s ? part : step_s) * 1000ull;
}

void budget_start(struct budget *b, const struct conf_limits *limits)
{
	b->whole_end_ms = limits->deadline_s * 1000ull;
	b->whole_reserve_ms = reserve_ms(limits->deadline_s, limits->step_timeout_s);
	b->target_end_ms = b->whole_end_ms;
	b->target_reserve_ms = b->whole_reserve_ms;
}

void budget_target(struct budget *b, const struct conf_limits *limits, uint64_t now_ms)
{
	b->target_end_ms = now_ms + limits->target_deadline_s * 1000ull;
	b->target_reserve_ms = reserve_ms(limits->target_deadline_s, limits->step_timeout_s);
}

static uint64_t rest_ms(uint64_t end, uint64_t reserve, uint64_t now)
{
	return end > now + reserve ? end - now - reserve : 0;
}

unsigned budget_step_s(const struct budget *b, unsigned own_s, enum budget_use use, uint64_t now_ms)
{
	bool work = use == BUDGET_WORK;
	uint64_t whole = rest_ms(b->whole_end_ms, work ? b->whole_reserve_ms : 0, now_ms);
	uint64_t target = rest_ms(b->target_end_ms, work ? b->target_reserve_ms : 0, now_ms);
	uint64_t s = (whole < target ? whole : target) / 1000;

	if (!work && s < BUDGET_CLOSING_S)
		s = BUDGET_CLOSING_S;
	return s < own_s ? (unsigned)s : own_s;
}

bool budget_over(const struct budget *b, uint64_t now_ms)
{
	return rest_ms(b->whole_end_ms, b->whole_reserve_ms, now_ms) < 1000;
}
