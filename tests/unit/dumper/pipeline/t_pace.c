/* SPDX-License-Identifier: MIT */
/*
 * A slow target makes compression harder, an idle one easier, and nothing swings.
 */
#include "dumper/pipeline/pace.h"

#include "tests/unit/test.h"

/* The speed after enough batches of this kind. */
static int settle(struct pace *p, uint64_t encode_ms, uint64_t put_ms)
{
	int speed = 0;

	for (int i = 0; i < 200; i++)
		speed = pace_batch(p, encode_ms * 1000000, put_ms * 1000000);
	return speed;
}

TEST(follows_the_slower_side)
{
	struct pace p;

	pace_init(&p, 2);
	CHECK_EQ(pace_batch(&p, 1000, 100000), 0);
	CHECK_EQ(settle(&p, 100, 200), 1);
	CHECK_EQ(settle(&p, 100, 20), 0);
	CHECK_EQ(settle(&p, 100, 1), -1);
	CHECK_EQ(settle(&p, 100, 40), 0);
	CHECK_EQ(settle(&p, 0, 0), -1);
	CHECK_EQ(settle(&p, 0, 50), 1);
}

/* With one thread the two add up: harder compression must pay for itself. */
TEST(alone_a_target_must_be_much_slower)
{
	struct pace p;

	pace_init(&p, 1);
	CHECK_EQ(settle(&p, 100, 450), 0);
	CHECK_EQ(settle(&p, 100, 600), 1);
}

TEST(small_changes_do_not_swing)
{
	struct pace p;

	pace_init(&p, 2);
	CHECK_EQ(settle(&p, 100, 85), 1);
	/* compressing harder shifts the balance itself: 145 to 77 */
	CHECK_EQ(settle(&p, 145, 77), 1);
	CHECK_EQ(settle(&p, 145, 60), 0);
}
