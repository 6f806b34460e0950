/* SPDX-License-Identifier: MIT */
/*
 * The list against one bit for each frame.
 */
#include "dumper/filter/ranges.h"

#include "lib/bits.h"
#include "lib/cleanup.h"
#include "tests/unit/test.h"

#define FRAMES 256
#define BASE   1000

struct both {
	struct frame_range memory[16];
	struct ranges list;
	uint64_t bits[FRAMES / 64];
};

static void both_open(struct both *b)
{
	*b = (struct both){ 0 };
	b->list = (struct ranges){ .list = b->memory, .max = ARRAY_LEN(b->memory) };
}

static void both_add(struct both *b, unsigned first, unsigned end)
{
	size_t n = b->list.n;

	if (ranges_add(&b->list, BASE + first, BASE + end))
		bits_set(b->bits, first, end);
	else
		CHECK(n == b->list.max && b->list.n == n);
}

static unsigned wrong_order(const struct ranges *r)
{
	unsigned wrong = 0;

	for (size_t i = 0; i < r->n; i++) {
		wrong += r->list[i].first >= r->list[i].end;
		wrong += i && r->list[i - 1].end >= r->list[i].first;
	}
	return wrong;
}

/* Frames behind the last are there for none of the questions. */
static unsigned wrong_answers(const struct both *b, unsigned first, unsigned end)
{
	unsigned set = bits_next(b->bits, first, FRAMES, 1);
	unsigned clear = bits_next(b->bits, first, FRAMES, 0);
	uint64_t next = set == FRAMES ? UINT64_MAX : BASE + set;

	return (ranges_next(&b->list, BASE + first) != next) +
	       (ranges_any(&b->list, BASE + first, BASE + end) != (set < end)) +
	       (ranges_all(&b->list, BASE + first, BASE + end) != (clear >= end));
}

static void check_both(const struct both *b)
{
	uint64_t bits[FRAMES / 64] = { 0 };
	unsigned wrong = wrong_order(&b->list);

	ranges_bits(&b->list, BASE, FRAMES, bits);
	wrong += memcmp(bits, b->bits, sizeof(bits)) != 0;
	for (unsigned first = 0; first < FRAMES; first += 3) {
		for (unsigned end = first + 1; end <= FRAMES; end += 7)
			wrong += wrong_answers(b, first, end);
	}
	CHECK_EQ(wrong, 0);
}

TEST(any_order)
{
	unsigned seed = 1;

	for (unsigned round = 0; round < 200; round++) {
		struct both b;

		both_open(&b);
		for (unsigned i = 0; i < 40; i++) {
			unsigned first = (seed = seed * 1103515245 + 12345) >> 16 & (FRAMES - 1);
			unsigned n = (seed = seed * 1103515245 + 12345) >> 16 & 15;

			both_add(&b, first, first + n < FRAMES ? first + n : FRAMES);
		}
		check_both(&b);
	}
}

TEST(ranges_that_touch_are_one)
{
	struct both b;

	both_open(&b);
	both_add(&b, 10, 20);
	both_add(&b, 40, 50);
	both_add(&b, 20, 30);
	CHECK_EQ(b.list.n, 2);
	both_add(&b, 30, 40);
	CHECK_EQ(b.list.n, 1);
	both_add(&b, 60, 60);
	CHECK_EQ(b.list.n, 1);
	both_add(&b, 0, 255);
	CHECK_EQ(b.list.n, 1);
	check_both(&b);
}

/* A full list still takes what it can join. */
TEST(full_list)
{
	struct both b;

	both_open(&b);
	for (unsigned i = 0; i < 20; i++)
		both_add(&b, i * 10, i * 10 + 5);
	CHECK_EQ(b.list.n, 16);
	CHECK(!ranges_add(&b.list, BASE + 200, BASE + 201));
	both_add(&b, 5, 10);
	CHECK_EQ(b.list.n, 15);
	both_add(&b, 200, 201);
	CHECK_EQ(b.list.n, 16);
	check_both(&b);
}

TEST(frame_0)
{
	struct frame_range memory[2];
	struct ranges list = { .list = memory, .max = 2 };
	uint64_t bits = 0;

	CHECK_EQ(ranges_next(&list, 0), UINT64_MAX);
	CHECK(ranges_add(&list, 0, 1) && ranges_add(&list, 1, 2));
	CHECK_EQ(list.n, 1);
	ranges_bits(&list, 0, 64, &bits);
	CHECK_EQ(bits, 3);
}
