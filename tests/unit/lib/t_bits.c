/* SPDX-License-Identifier: MIT */
/*
 * Bit ranges against the same done bit by bit.
 */
#include "lib/bits.h"

#include <stdbool.h>

#include "tests/unit/test.h"

#define N 200

TEST(every_range_of_200_bits)
{
	for (unsigned from = 0; from <= N; from++) {
		for (unsigned to = from; to <= N; to++) {
			uint64_t bits[5] = { 0 }, keep[5] = { 0x5555555555555555ull, 0, ~0ull,
							      0xf0f0f0f0f0f0f0f0ull, 0 };
			unsigned wrong = 0, cleared = 0, n;

			bits_set(bits, from, to);
			for (unsigned i = 0; i < 320; i++)
				wrong += (i >= from && i < to) != bits_test(bits, i);
			wrong += bits_count(bits, N) != to - from;
			wrong += bits_next(bits, 0, N, 1) != (from < to ? from : N);
			wrong += bits_next(bits, from, N, 0) != to;
			memset(bits, 0xff, sizeof(bits));
			n = bits_clear(bits, keep, from, to);
			for (unsigned i = 0; i < 320; i++) {
				bool gone = i >= from && i < to && !bits_test(keep, i);

				cleared += gone;
				wrong += bits_test(bits, i) == gone;
			}
			wrong += n != cleared;
			/* what is clear already does not count again */
			wrong += bits_clear(bits, keep, from, to) != 0;
			if (wrong)
				printf("[%u, %u)\n", from, to);
			CHECK_EQ(wrong, 0);
		}
	}
}

TEST(next_at_the_ends)
{
	uint64_t bits[2] = { 1ull << 63, 1 };

	CHECK_EQ(bits_next(bits, 0, 128, 1), 63);
	CHECK_EQ(bits_next(bits, 64, 128, 1), 64);
	CHECK_EQ(bits_next(bits, 65, 128, 1), 128);
	CHECK_EQ(bits_next(bits, 0, 63, 1), 63);
	CHECK_EQ(bits_next(bits, 63, 128, 0), 65);
	CHECK_EQ(bits_next(bits, 5, 5, 1), 5);
	CHECK_EQ(bits_next(bits, 0, 64, 1), 63);
}
