/* SPDX-License-Identifier: MIT */
/*
 * One page in, one standard frame out; and pages that do not shrink.
 */
#include "dumper/compress/compress.h"

#include <errno.h>
#include <stdbool.h>
#include <zlib.h>

#include "dumper/format/kdump_format.h"
#include "tests/unit/fake/letters.h"
#include "tests/unit/test.h"

static uint8_t page[65536], packed[65536], back[65536 + 1];
static struct decompressor unpack;

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
	memset(back, 0xee, sizeof(back));
	CHECK_EQ(decompress_page(&unpack, compress_flag(c->codec), packed, n, back, bytes), 0);
	CHECK(!memcmp(back, page, bytes));
	CHECK(back[bytes] == 0xee);
}

static void each_kind_of_page(struct compressor *c, size_t bytes)
{
	memset(page, 0, bytes);
	round_trip(c, bytes, true);
	fill(bytes, 0);
	round_trip(c, bytes, true);
	fill(bytes, 20);
	round_trip(c, bytes, true);
	fill(bytes, 100);
	round_trip(c, bytes, false);
	/* nothing of one page is left for the next */
	fill(bytes, 0);
	round_trip(c, bytes, true);
}

TEST(each_codec_level_and_page_size)
{
	static const struct {
		enum dump_codec codec;
		int level;
	} modes[] = {
		{ DUMP_ZSTD, -5 }, { DUMP_ZSTD, -1 }, { DUMP_ZSTD, 0 },
		{ DUMP_ZSTD, 1 },  { DUMP_ZSTD, 3 },  { DUMP_ZLIB, 0 },
		{ DUMP_ZLIB, 1 },  { DUMP_ZLIB, 9 },  { DUMP_LZO, 0 },
	};

	CHECK_EQ(decompress_open(&unpack), 0);
	for (size_t bytes = 4096; bytes <= 65536; bytes *= 2) {
		for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
			struct compressor c;
			int r = compress_open(&c, modes[i].codec, modes[i].level, bytes);

			/* the build decides about lzo */
			CHECK(!r || (modes[i].codec == DUMP_LZO && r == -EOPNOTSUPP));
			if (!r)
				each_kind_of_page(&c, bytes);
			compress_close(&c);
			compress_close(&c);
		}
	}
	decompress_close(&unpack);
	decompress_close(&unpack);
}

/* The header says deflate, and the check sum stands behind it: readers call uncompress(). */
TEST(zlib_is_a_whole_stream)
{
	struct compressor c;
	uLongf n = 4096;
	size_t len;

	CHECK_EQ(compress_open(&c, DUMP_ZLIB, 0, 4096), 0);
	fill(4096, 10);
	len = compress_page(&c, page, packed);
	CHECK(len > 0);
	CHECK_EQ(uncompress(back, &n, packed, len), Z_OK);
	CHECK_EQ(n, 4096);
	compress_close(&c);
	CHECK_EQ(compress_open(&c, DUMP_ZLIB, 10, 4096), -EINVAL);
	CHECK_EQ(compress_open(&c, DUMP_ZLIB, -1, 4096), -EINVAL);
}

static int unpacked(uint32_t flags, size_t n, size_t bytes)
{
	int r;

	memset(back, 0xee, sizeof(back));
	r = decompress_page(&unpack, flags, packed, n, back, bytes);
	CHECK(back[bytes] == 0xee);
	return r;
}

/* What is cut off, too long, too short or no frame at all is told, and the next page is well. */
TEST(damaged_pages)
{
	static const enum dump_codec codecs[] = { DUMP_ZSTD, DUMP_ZLIB, DUMP_LZO };

	CHECK_EQ(decompress_open(&unpack), 0);
	for (size_t i = 0; i < sizeof(codecs) / sizeof(codecs[0]); i++) {
		uint32_t flag = compress_flag(codecs[i]);
		struct compressor c;
		size_t n;

		if (compress_open(&c, codecs[i], 0, 4096))
			continue;
		fill(4096, 10);
		n = compress_page(&c, page, packed);
		for (size_t cut = 0; cut < n; cut += 1 + cut / 8)
			CHECK_EQ(unpacked(flag, cut, 4096), -EBADMSG);
		CHECK_EQ(unpacked(flag, n, 4096), 0);
		CHECK_EQ(unpacked(flag, n, 4095), -EBADMSG);
		CHECK_EQ(unpacked(flag, n, 8192), -EBADMSG);
		CHECK_EQ(unpacked(flag, n, 4096), 0);
		/* anything is allowed but to write beyond the page */
		for (size_t at = 0; at < n; at += 3) {
			packed[at] ^= 0x41;
			unpacked(flag, n, 4096);
			packed[at] ^= 0x41;
		}
		CHECK_EQ(unpacked(flag, n, 4096), 0);
		compress_close(&c);
	}
	decompress_close(&unpack);
}

TEST(stored_and_unknown_pages)
{
	CHECK_EQ(decompress_open(&unpack), 0);
	memset(packed, 7, sizeof(packed));
	CHECK_EQ(unpacked(0, 4096, 4096), 0);
	CHECK(!memcmp(back, packed, 4096));
	CHECK_EQ(unpacked(0, 4095, 4096), -EBADMSG);
	CHECK_EQ(unpacked(KDUMP_ZLIB | KDUMP_ZSTD, 100, 4096), -EOPNOTSUPP);
	CHECK_EQ(unpacked(0x100, 100, 4096), -EOPNOTSUPP);
	decompress_close(&unpack);
}

/* Our own level codes literals after a page that came out large, and stops after a small one. */
TEST(own_level_follows_the_pages)
{
	struct compressor c;
	size_t first, second;

	CHECK_EQ(decompress_open(&unpack), 0);
	CHECK_EQ(compress_open(&c, DUMP_ZSTD, 0, 4096), 0);
	letters_fill(page, 4096);
	first = compress_page(&c, page, packed);
	CHECK(!first || first > 3900);
	second = compress_page(&c, page, packed);
	CHECK(second && second < 2600);
	round_trip(&c, 4096, true);
	/* and text goes on being text */
	CHECK_EQ(compress_page(&c, page, packed), second);
	fill(4096, 0);
	CHECK(compress_page(&c, page, packed) < 300);
	CHECK(!c.literals);
	letters_fill(page, 4096);
	CHECK_EQ(compress_page(&c, page, packed), first);
	compress_close(&c);
	decompress_close(&unpack);
}

/* Every change of speed, in the middle of anything, leaves pages that can be read. */
TEST(speeds)
{
	static const int order[] = { 0, -1, 1, 0, 1, -1, 0, 0, 1, 1, -1, -1 };
	struct compressor c;

	CHECK_EQ(decompress_open(&unpack), 0);
	for (size_t bytes = 4096; bytes <= 65536; bytes *= 4) {
		CHECK_EQ(compress_open(&c, DUMP_ZSTD, 0, bytes), 0);
		for (size_t i = 0; i < 300; i++) {
			compress_set_speed(&c, order[i % 12]);
			CHECK_EQ(c.speed, order[i % 12]);
			fill(bytes, (unsigned)(i * 7 % 30));
			round_trip(&c, bytes, true);
			fill(bytes, 100);
			if (i % 5 == 0)
				round_trip(&c, bytes, false);
		}
		compress_close(&c);
	}
	decompress_close(&unpack);
}

TEST(speeds_differ)
{
	struct compressor c;
	size_t n[3];

	CHECK_EQ(compress_open(&c, DUMP_ZSTD, 0, 4096), 0);
	for (int speed = -1; speed <= 1; speed++) {
		compress_set_speed(&c, speed);
		letters_fill(page, 4096);
		compress_page(&c, page, packed);
		n[speed + 1] = compress_page(&c, page, packed);
	}
	CHECK(!n[0] || n[0] > 3900);
	CHECK(n[1] && n[1] < 2600);
	CHECK(n[2] && n[2] < 2600);
	compress_close(&c);
}

TEST(speed_of_other_codecs)
{
	static const struct {
		enum dump_codec codec;
		int level;
	} modes[] = {
		{ DUMP_STORED, 0 },
		{ DUMP_ZLIB, 0 },
		{ DUMP_ZSTD, 1 },
		{ DUMP_ZSTD, 3 },
	};

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		struct compressor c;
		size_t before;

		CHECK_EQ(compress_open(&c, modes[i].codec, modes[i].level, 4096), 0);
		fill(4096, 10);
		before = compress_page(&c, page, packed);
		compress_set_speed(&c, -1);
		CHECK_EQ(compress_page(&c, page, packed), before);
		compress_close(&c);
	}
}

/* A crash kernel has little memory: one page needs no half megabyte. */
TEST(context_is_small)
{
	struct compressor c;

	CHECK_EQ(compress_open(&c, DUMP_ZSTD, 0, 4096), 0);
	CHECK(c.memory_bytes < 200 << 10);
	compress_close(&c);
}

TEST(stored)
{
	struct compressor c;

	CHECK_EQ(compress_open(&c, DUMP_STORED, 0, 4096), 0);
	CHECK_EQ(compress_page(&c, page, packed), 0);
	CHECK_EQ(compress_flag(DUMP_STORED), 0);
	CHECK_EQ(compress_flag(DUMP_ZSTD), 0x20);
	CHECK_EQ(compress_flag(DUMP_ZLIB), 1);
	CHECK_EQ(compress_flag(DUMP_LZO), 2);
	compress_close(&c);
}
