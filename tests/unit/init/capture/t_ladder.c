/* SPDX-License-Identifier: MIT */
#include "init/capture/ladder.h"

#include <errno.h>

#include "tests/unit/test.h"

static const struct child_end no_space = { .outcome = CHILD_FAILED,
					   .error = -ENOSPC,
					   .target_at_fault = true };
static const struct child_end io_error = { .outcome = CHILD_FAILED,
					   .error = -EIO,
					   .target_at_fault = true };
static const struct child_end refused = { .outcome = CHILD_FAILED, .error = -ENODATA };
static const struct child_end crashed = { .outcome = CHILD_CRASHED };
static const struct child_end hung = { .outcome = CHILD_STALLED };
static const struct child_end target_hung = { .outcome = CHILD_STALLED, .target_at_fault = true };

static struct ladder start(unsigned level)
{
	static unsigned levels[1];

	levels[0] = level;
	return ladder_start(levels, 1);
}

TEST(starts_as_configured)
{
	CHECK_EQ(start(17).level, 17);
	CHECK_STR(start(17).rung, "vmcore");
}

TEST(filter_trouble_leads_to_the_whole)
{
	const struct child_end *const ends[] = { &refused, &crashed, &hung };

	for (int i = 0; i < 3; i++) {
		struct ladder l = start(31);

		CHECK(ladder_next(&l, ends[i]));
		CHECK_EQ(l.level, 1);
		CHECK(l.whole);
		CHECK_STR(l.rung, "whole vmcore");
		CHECK(!ladder_next(&l, ends[i]));
	}
}

TEST(no_space_leads_to_the_smallest_once)
{
	struct ladder l = start(1);

	CHECK(ladder_next(&l, &no_space));
	CHECK_EQ(l.level, 31);
	CHECK_STR(l.rung, "smallest vmcore");
	CHECK(!l.whole);
	CHECK(!ladder_next(&l, &no_space));
}

TEST(no_space_at_the_smallest_level_ends)
{
	struct ladder l = start(31);

	CHECK(!ladder_next(&l, &no_space));
}

TEST(whole_that_does_not_fit_after_a_filter_crash_ends_when_smallest_was_the_wish)
{
	struct ladder l = start(31);

	CHECK(ladder_next(&l, &crashed));
	CHECK(!ladder_next(&l, &no_space));
}

TEST(whole_that_does_not_fit_after_a_crash_at_a_lower_level_tries_the_smallest)
{
	struct ladder l = start(17);

	CHECK(ladder_next(&l, &crashed));
	CHECK(ladder_next(&l, &no_space));
	CHECK_EQ(l.level, 31);
	CHECK(!ladder_next(&l, &crashed));
}

TEST(smallest_that_crashes_after_no_space_is_not_followed_by_the_whole)
{
	struct ladder l = start(17);

	CHECK(ladder_next(&l, &no_space));
	CHECK(!ladder_next(&l, &crashed));
}

TEST(target_trouble_ends)
{
	struct ladder l = start(31);

	CHECK(!ladder_next(&l, &io_error));
	CHECK(!ladder_next(&l, &target_hung));
}

/* levels 0 and 1 still leave broken memory out, which takes a look at struct pages */
TEST(lowest_levels_have_the_whole_below_them)
{
	struct ladder l = start(0);

	CHECK(ladder_next(&l, &crashed));
	CHECK(l.whole);
	CHECK(!ladder_next(&l, &crashed));
}

TEST(no_space_leads_through_the_levels_of_the_config)
{
	static const unsigned levels[] = { 0, 17, 25 };
	struct ladder l = ladder_start(levels, 3);

	CHECK_EQ(l.level, 0);
	CHECK(ladder_next(&l, &no_space));
	CHECK_EQ(l.level, 17);
	CHECK_STR(l.rung, "next vmcore");
	CHECK(ladder_next(&l, &no_space));
	CHECK_EQ(l.level, 25);
	CHECK(ladder_next(&l, &no_space));
	CHECK_EQ(l.level, 31);
	CHECK_STR(l.rung, "smallest vmcore");
	CHECK(!ladder_next(&l, &no_space));
}

TEST(the_smallest_level_of_the_config_is_not_tried_twice)
{
	static const unsigned levels[] = { 17, 31 };
	struct ladder l = ladder_start(levels, 2);

	CHECK(ladder_next(&l, &no_space));
	CHECK_EQ(l.level, 31);
	CHECK(!ladder_next(&l, &no_space));
}

TEST(the_whole_that_does_not_fit_is_followed_by_the_smallest_not_by_a_level)
{
	static const unsigned levels[] = { 1, 17 };
	struct ladder l = ladder_start(levels, 2);

	CHECK(ladder_next(&l, &crashed));
	CHECK(l.whole);
	CHECK(ladder_next(&l, &no_space));
	CHECK_EQ(l.level, 31);
	CHECK(!l.whole);
}

TEST(smallest_at_once)
{
	struct ladder l = ladder_smallest();

	CHECK_EQ(l.level, 31);
	CHECK_STR(l.rung, "smallest vmcore");
	CHECK(!ladder_next(&l, &no_space));
	CHECK(!ladder_next(&l, &crashed));
}
