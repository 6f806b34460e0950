/* SPDX-License-Identifier: MIT */
#include "net/s3/s3_parts.h"

#include "tests/unit/test.h"

#define MIB 1048576ull
#define GIB (1024 * MIB)
#define TIB (1024 * GIB)

static uint64_t all_of(unsigned n_parts, uint64_t most)
{
	uint64_t sum = 0;

	for (unsigned n = 1; n <= n_parts; n++)
		sum += s3_part_bytes(n, n_parts, most);
	return sum;
}

TEST(all_parts_hold_the_largest_object)
{
	const uint64_t objects[] = { 1,		48 * GIB,  49 * GIB,	 64 * GIB,
				     100 * GIB, 300 * GIB, 1 * TIB,	 TIB * 3 / 2,
				     2 * TIB,	4 * TIB,   TIB * 48 / 10 };

	for (size_t i = 0; i < sizeof(objects) / sizeof(objects[0]); i++) {
		CHECK(all_of(S3_PARTS_MAX, objects[i]) >= objects[i]);
		/* and are not twice as large as they must be */
		if (objects[i] > 49 * GIB)
			CHECK(all_of(S3_PARTS_MAX, objects[i]) < 2 * objects[i]);
		CHECK(all_of(20, objects[i] / 500) >= objects[i] / 500);
	}
}

TEST(parts_grow_as_late_as_may_be)
{
	uint64_t before = 0;

	for (unsigned n = 1; n <= S3_PARTS_MAX; n++)
		CHECK_EQ(s3_part_bytes(n, S3_PARTS_MAX, 48 * GIB), 5 * MIB);
	CHECK_EQ(s3_part_bytes(3000, S3_PARTS_MAX, TIB), 5 * MIB);
	CHECK_EQ(s3_part_bytes(3001, S3_PARTS_MAX, TIB), 10 * MIB);
	CHECK_EQ(s3_part_bytes(4001, S3_PARTS_MAX, TIB), 20 * MIB);
	CHECK_EQ(s3_part_bytes(10000, S3_PARTS_MAX, TIB), 640 * MIB);
	for (unsigned n = 1; n <= S3_PARTS_MAX; n++) {
		uint64_t now = s3_part_bytes(n, S3_PARTS_MAX, 5 * TIB);

		CHECK(now >= before && now <= 5 * GIB);
		before = now;
	}
	/* nobody knows: as for the largest of all */
	for (unsigned n = 1; n <= S3_PARTS_MAX; n += 100)
		CHECK_EQ(s3_part_bytes(n, S3_PARTS_MAX, 0),
			 s3_part_bytes(n, S3_PARTS_MAX, 5 * TIB));
}
