/* SPDX-License-Identifier: MIT */
/*
 * The flattened stream, taken apart again by the format's description.
 */
#include "dumper/sink/sink_flat.h"

#include <errno.h>

#include "tests/unit/fake/kdumpread.h"
#include "tests/unit/fake/memsink.h"
#include "tests/unit/test.h"

static uint8_t chunk[SINK_FLAT_CHUNK], data[3 * SINK_FLAT_CHUNK];

struct stream {
	struct memsink below;
	struct sink_flat flat;
};

static void stream_open(struct stream *s)
{
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7 >> 5 ^ i);
	memsink_open(&s->below, false);
	CHECK_EQ(sink_flat_open(&s->flat, &s->below.base, chunk), 0);
	CHECK(s->flat.base.rewrites && !s->flat.base.get);
}

static uint8_t *stream_file(struct stream *s, uint64_t *len)
{
	uint8_t *file;

	CHECK_EQ(sink_commit(&s->flat.base), 0);
	CHECK(s->below.committed && !s->below.aborted && !s->below.jumps);
	file = kdumpread_unflatten(s->below.buf, s->below.len, len);
	CHECK(file != NULL);
	return file;
}

TEST(puts_in_any_order)
{
	static const struct {
		uint64_t off, len;
	} puts[] = {
		{ 4096, 100 },
		{ 4196, 1 },
		{ 4197, 70000 },
		{ 1 << 20, SINK_FLAT_CHUNK },
		{ 3 << 20, SINK_FLAT_CHUNK + 1 },
		{ 200000, 5 },
		{ 200005, 0 },
		{ 200005, 3 },
		{ 90000, 10 },
		{ 5 << 20, SINK_FLAT_CHUNK - 1 },
		{ (6 << 20) - 1, 1 },
		{ 6 << 20, 1 },
		{ (6 << 20) + 1, 2 * SINK_FLAT_CHUNK },
		{ 0, 4096 },
	};
	uint8_t *want = calloc(1, 9 << 20), *file;
	uint64_t len = 0;
	struct stream s;

	stream_open(&s);
	for (size_t i = 0; i < sizeof(puts) / sizeof(puts[0]); i++) {
		CHECK_EQ(sink_put(&s.flat.base, puts[i].off, data + i, puts[i].len), 0);
		memcpy(want + puts[i].off, data + i, puts[i].len);
	}
	file = stream_file(&s, &len);
	CHECK_EQ(len, (8 << 20) + 1);
	CHECK(file && !memcmp(file, want, len));
	free(file);
	free(want);
	memsink_close(&s.below);
}

/* Puts that continue each other become few records: readers search them one by one. */
TEST(neighbours_are_joined)
{
	uint64_t len = 0, n = 2 << 20;
	struct stream s;
	uint8_t *file;

	stream_open(&s);
	for (uint64_t off = 0; off < n; off += 4096)
		CHECK_EQ(sink_put(&s.flat.base, off, data + off, 4096), 0);
	file = stream_file(&s, &len);
	CHECK_EQ(len, n);
	CHECK(file && !memcmp(file, data, n));
	/* header, two records of head and bytes, the end */
	CHECK_EQ(s.below.puts, 6);
	CHECK_EQ(s.below.len, 4096 + n + 3 * 16);
	free(file);
	memsink_close(&s.below);
}

TEST(empty_file)
{
	struct stream s;

	stream_open(&s);
	CHECK_EQ(sink_put(&s.flat.base, 77, data, 0), 0);
	CHECK_EQ(sink_commit(&s.flat.base), 0);
	CHECK_EQ(s.below.len, 4096 + 16);
	memsink_close(&s.below);
}

TEST(abort_is_passed_on)
{
	struct stream s;

	stream_open(&s);
	CHECK_EQ(sink_put(&s.flat.base, 0, data, 10), 0);
	sink_abort(&s.flat.base);
	CHECK(s.below.aborted && !s.below.committed);
	CHECK_EQ(s.below.puts, 1);
	memsink_close(&s.below);
}

/* The stream breaks at each put; a commit that fails aborts what is below. */
TEST(every_put_below_fails_once)
{
	unsigned puts = 0;

	for (unsigned fail = 0; !fail || fail <= puts; fail++) {
		struct memsink m;
		struct sink_flat flat;
		int r;

		memsink_open(&m, false);
		m.fail_put = fail;
		m.error = -EPIPE;
		r = sink_flat_open(&flat, &m.base, chunk);
		for (uint64_t off = 0; !r && off < 3 << 20; off += 1 << 18)
			r = sink_put(&flat.base, off * 2, data, 1 << 18);
		if (!r) {
			r = sink_commit(&flat.base);
			CHECK(m.committed == !r && m.aborted == (r != 0));
		}
		CHECK_EQ(r, fail ? -EPIPE : 0);
		if (!fail)
			puts = m.puts;
		memsink_close(&m);
	}
	CHECK(puts > 20);
}
