/* SPDX-License-Identifier: MIT */
#include "dumper/pipeline/progress.h"

#include "tests/unit/test.h"

#define RAM  4000000ull /* 16 GiB */
#define KEPT 12000ull

/* A dump in which a kept page takes 100 us and a look 0.4 us. */
static uint64_t ms(uint64_t read, uint64_t looked)
{
	return read / 10 + looked / 2560;
}

/* Behind a plan it is right within a tenth from its first number on, and never runs backwards. */
TEST(behind_a_plan)
{
	const uint64_t kept = KEPT * 20;
	struct progress p = { .to_look = 1 * RAM };
	unsigned last = 0;

	for (p.looked = 0; p.looked <= RAM; p.looked += RAM / 100) {
		p.to_read = RAM;
		p.pass_ms = ms(0, p.looked);
		CHECK(progress_left_ms(&p) == UINT64_MAX);
		CHECK(progress_percent(&p) >= last);
		last = progress_percent(&p);
	}
	CHECK(last <= 1);
	p.looked = p.looked_before = RAM;
	p.planned = true;
	p.to_read = kept;
	for (p.read = 0; p.read <= kept; p.read += kept / 1000) {
		uint64_t left, want = ms(kept - p.read, 0);

		p.pass_ms = ms(p.read, 0);
		left = progress_left_ms(&p);
		CHECK(progress_percent(&p) >= last && progress_percent(&p) < 100);
		last = progress_percent(&p);
		CHECK_EQ(left == UINT64_MAX, p.pass_ms < 2000);
		CHECK(left == UINT64_MAX ||
		      (left <= want * 11 / 10 + 50 && left + 50 >= want * 9 / 10));
	}
	CHECK_EQ(last, 99);
}

/* What is dumped first lies in few units: it says nothing about the others. */
TEST(what_is_dumped_first_tells_nothing)
{
	struct progress p = { .to_read = RAM, .to_look = RAM, .pass_ms = 5000, .read = 1500 };

	CHECK(progress_left_ms(&p) == UINT64_MAX);
	CHECK_EQ(progress_percent(&p), 0);
}

/* The kernel's own counter of free pages bounds what dense first units would promise. */
TEST(dense_memory_first)
{
	struct progress p = { .to_read = KEPT * 20,
			      .to_look = RAM,
			      .looked = RAM / 32,
			      .read = KEPT * 10,
			      .pass_ms = ms(KEPT * 10, RAM / 32) };

	CHECK(progress_left_ms(&p) <= ms(KEPT * 10, RAM) * 11 / 10);
	CHECK(progress_percent(&p) >= 45);
}

TEST(nothing_to_do_and_more_than_expected)
{
	struct progress p = { .to_read = 0 };

	CHECK_EQ(progress_percent(&p), 0);
	CHECK(progress_left_ms(&p) == UINT64_MAX);
	p = (struct progress){ .planned = true, .to_read = 10, .read = 20, .pass_ms = 9000 };
	CHECK_EQ(progress_percent(&p), 99);
	CHECK_EQ(progress_left_ms(&p), 0);
}
