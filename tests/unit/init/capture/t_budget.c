/* SPDX-License-Identifier: MIT */
#include "init/capture/budget.h"

#include <limits.h>

#include "tests/unit/test.h"

static const struct conf_limits limits = { .step_timeout_s = 20,
					   .target_deadline_s = 200,
					   .deadline_s = 1000 };

static struct budget started(uint64_t now_ms)
{
	struct budget b;

	budget_start(&b, &limits);
	budget_target(&b, &limits, now_ms);
	return b;
}

TEST(own_limit_when_there_is_time)
{
	struct budget b = started(5000);

	CHECK_EQ(budget_step_s(&b, 20, BUDGET_WORK, 5000), 20);
	CHECK(!budget_over(&b, 5000));
}

TEST(the_target_s_rest_without_its_reserve)
{
	struct budget b = started(10000);

	CHECK_EQ(budget_step_s(&b, UINT_MAX, BUDGET_WORK, 10000), 180);
	CHECK_EQ(budget_step_s(&b, UINT_MAX, BUDGET_WORK, 100000), 90);
	CHECK_EQ(budget_step_s(&b, 20, BUDGET_WORK, 189500), 0);
	CHECK_EQ(budget_step_s(&b, 30, BUDGET_CLOSING, 189500), 20);
}

TEST(the_whole_s_rest_when_that_is_less)
{
	struct budget b = started(900000);

	CHECK_EQ(budget_step_s(&b, UINT_MAX, BUDGET_WORK, 900000), 80);
	CHECK_EQ(budget_step_s(&b, UINT_MAX, BUDGET_WORK, 979000), 1);
	CHECK(!budget_over(&b, 979000));
	CHECK(budget_over(&b, 979500));
	CHECK_EQ(budget_step_s(&b, UINT_MAX, BUDGET_WORK, 979500), 0);
}

TEST(closing_gets_its_seconds_however_late)
{
	struct budget b = started(0);

	CHECK_EQ(budget_step_s(&b, 20, BUDGET_CLOSING, 5000000), BUDGET_CLOSING_S);
	CHECK_EQ(budget_step_s(&b, 5, BUDGET_CLOSING, 5000000), 5);
	CHECK_EQ(budget_step_s(&b, 20, BUDGET_WORK, UINT64_MAX - 1000000), 0);
}

TEST(a_short_deadline_reserves_a_fifth)
{
	const struct conf_limits tight = { .step_timeout_s = 120,
					   .target_deadline_s = 10,
					   .deadline_s = 10 };
	struct budget b;

	budget_start(&b, &tight);
	CHECK_EQ(budget_step_s(&b, 120, BUDGET_WORK, 0), 8);
	budget_target(&b, &tight, 4000);
	CHECK_EQ(budget_step_s(&b, 120, BUDGET_WORK, 4000), 4);
}
