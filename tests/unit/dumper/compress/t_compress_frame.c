/* SPDX-License-Identifier: MIT */
/*
 * One piece in, one standard frame out: any size up to the largest, and none of it lost after an
 * error.
 */
#include "dumper/compress/compress_frame.h"

#include <errno.h>
#include <stdint.h>
#include <zstd.h>

#include "tests/unit/fake/letters.h"
#include "tests/unit/test.h"

#define MAX (256 << 10)

static uint8_t raw[MAX], packed[MAX + MAX / 64], back[MAX];

static void fill(size_t n, unsigned noise)
{
	uint32_t x = 7;

	for (size_t i = 0; i < n; i++) {
		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		raw[i] = (uint8_t)(x % 100 < noise ? x >> 8 : i / 64);
	}
}

static ssize_t round_trip(struct frame_compressor *f, size_t n)
{
	ssize_t len;

	memset(packed, 0xee, sizeof(packed));
	len = frame_compress(f, raw, n, packed, frame_bound(n));
	CHECK(len > 0);
	if (len <= 0)
		return len;
	CHECK(packed[frame_bound(n)] == 0xee);
	CHECK_EQ(ZSTD_findFrameCompressedSize(packed, (size_t)len), len);
	CHECK_EQ(ZSTD_getFrameContentSize(packed, (size_t)len), n);
	CHECK_EQ(ZSTD_decompress(back, n, packed, (size_t)len), n);
	CHECK(!memcmp(back, raw, n));
	return len;
}

TEST(levels_and_sizes)
{
	static const int levels[] = { 0, -5, -1, 1, 3 };
	static const size_t sizes[] = { MAX, 1, 4096, 0, 12345, 131072, 131073, MAX - 1 };

	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		struct frame_compressor f;

		CHECK_EQ(frame_open(&f, levels[i], MAX), 0);
		CHECK(f.memory_bytes < 1200 << 10);
		for (size_t k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
			for (unsigned noise = 0; noise <= 100; noise += 25) {
				fill(sizes[k], noise);
				round_trip(&f, sizes[k]);
			}
		}
		frame_close(&f);
		frame_close(&f);
	}
}

/* Text, of which only single letters can be saved, shrinks whatever the piece before was like. */
TEST(literals_are_coded)
{
	struct frame_compressor f;

	for (int level = 0; level <= 1; level++) {
		CHECK_EQ(frame_open(&f, level, MAX), 0);
		fill(MAX, 0);
		CHECK(round_trip(&f, MAX) < MAX / 20);
		letters_fill(raw, MAX);
		CHECK(round_trip(&f, MAX) < MAX * 2 / 3);
		frame_close(&f);
	}
}

TEST(errors)
{
	struct frame_compressor f;

	CHECK_EQ(frame_open(&f, 0, 0), -EINVAL);
	CHECK_EQ(frame_open(&f, 0, 65536), 0);
	fill(MAX, 60);
	CHECK_EQ(frame_compress(&f, raw, 65537, packed, sizeof(packed)), -EINVAL);
	CHECK_EQ(frame_compress(&f, raw, 65536, packed, 1000), -ENOSPC);
	CHECK_EQ(frame_compress(&f, raw, 65536, packed, 0), -ENOSPC);
	round_trip(&f, 65536);
	frame_close(&f);
}

TEST(memory)
{
	struct frame_compressor f;

	CHECK_EQ(frame_open(&f, 0, 1 << 20), 0);
	CHECK(f.memory_bytes < 600 << 10);
	frame_close(&f);
}
