/* SPDX-License-Identifier: MIT */
/*
 * One page in, one standard frame out; and pages that do not shrink.
 */
#include "dumper/compress.h"

#include <stdbool.h>
#include <zstd.h>

#include "tests/unit/test.h"

static uint8_t page[65536], packed[65536], back[65536];

static void fill(size_t bytes, unsigned noise)
{
	uint32_t x = 7;

	for (size_t i = 0; i < bytes; i++) {
		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		page[i] = (uint8_t)(x % 100 < noise ? x >> 8 : i / 64);
	}
}

static void round_trip(struct compressor *c, size_t bytes, bool shrinks)
{
	size_t n;

	memset(packed, 0xee, sizeof(packed));
	n = compress_page(c, page, packed);
	CHECK((n > 0) == shrinks);
	CHECK(n < bytes);
	/* no byte beyond the room of a page */
	CHECK(bytes == sizeof(packed) || packed[bytes] == 0xee);
	if (!n)
		return;
	CHECK_EQ(ZSTD_decompress(back, sizeof(back), packed, n), bytes);
	CHECK(!memcmp(back, page, bytes));
}

TEST(each_level_and_page_size)
{
	static const int levels[] = { -5, -1, 0, 1, 3 };

	for (size_t bytes = 4096; bytes <= 65536; bytes *= 2) {
		for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
			struct compressor c;

			CHECK_EQ(compress_open(&c, COMPRESS_ZSTD, levels[i], bytes), 0);
			memset(page, 0, bytes);
			round_trip(&c, bytes, true);
			fill(bytes, 0);
			round_trip(&c, bytes, true);
			fill(bytes, 20);
			round_trip(&c, bytes, true);
			fill(bytes, 100);
			round_trip(&c, bytes, false);
			/* nothing of one page is left for the next */
			fill(bytes, 0);
			round_trip(&c, bytes, true);
			compress_close(&c);
			compress_close(&c);
		}
	}
}

/* Text without repetition: nothing to match, but 20 letters need no 8 bits each. */
static void fill_letters(size_t bytes)
{
	uint32_t x = 11;

	for (size_t i = 0; i < bytes; i++) {
		x = x * 1664525 + 1013904223;
		page[i] = (uint8_t)('a' + (x >> 16) % 20);
	}
}

/* Our own level codes literals after a page that came out large, and stops after a small one. */
TEST(own_level_follows_the_pages)
{
	struct compressor c;
	size_t first, second;

	CHECK_EQ(compress_open(&c, COMPRESS_ZSTD, 0, 4096), 0);
	fill_letters(4096);
	first = compress_page(&c, page, packed);
	CHECK(!first || first > 3900);
	second = compress_page(&c, page, packed);
	CHECK(second && second < 2600);
	round_trip(&c, 4096, true);
	fill(4096, 0);
	CHECK(compress_page(&c, page, packed) < 300);
	CHECK(!c.literals);
	fill_letters(4096);
	CHECK_EQ(compress_page(&c, page, packed), first);
	compress_close(&c);
}

/* A crash kernel has little memory: one page needs no half megabyte. */
TEST(context_is_small)
{
	struct compressor c;

	CHECK_EQ(compress_open(&c, COMPRESS_ZSTD, 0, 4096), 0);
	CHECK(c.memory_bytes < 200 << 10);
	compress_close(&c);
}

TEST(stored)
{
	struct compressor c;

	CHECK_EQ(compress_open(&c, COMPRESS_STORED, 0, 4096), 0);
	CHECK_EQ(compress_page(&c, page, packed), 0);
	CHECK_EQ(compress_flag(COMPRESS_STORED), 0);
	CHECK_EQ(compress_flag(COMPRESS_ZSTD), 0x20);
	CHECK_STR(compress_name(COMPRESS_STORED), "stored");
	CHECK_STR(compress_name(COMPRESS_ZSTD), "zstd");
	compress_close(&c);
}
