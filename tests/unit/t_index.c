/* SPDX-License-Identifier: MIT */
/*
 * The token stream: what goes in comes out, through spills and errors.
 */
#include "dumper/index.h"

#include <errno.h>

#include "tests/unit/memsink.h"
#include "tests/unit/test.h"

/* The n-th page of a stream that meets every kind of token. */
struct page {
	uint64_t pfn;
	enum index_kind kind;
	uint32_t size;
};

static struct page nth(uint32_t n, uint64_t *pfn)
{
	static const uint64_t gaps[] = { 0, 0,		0, 1, 0, 0x7ffe, 0, 0,	   0x7fff,
					 0, 1ull << 36, 0, 0, 0, 2,	 0, 0x8000 };
	struct page p = { .kind = (enum index_kind)(n * 7 % 4) };

	*pfn += gaps[n % 17];
	p.pfn = (*pfn)++;
	if (p.kind == INDEX_PACKED)
		p.size = n % 3 ? 1 + n % 0x7ffe : 0x7ffe;
	return p;
}

struct replay {
	uint32_t n, wrong;
	uint64_t pfn, spilled;
	uint32_t stop_at;
};

static int replay_page(void *ctx, uint64_t pfn, enum index_kind kind, uint32_t size)
{
	struct replay *r = ctx;
	struct page p = nth(r->n, &r->pfn);

	r->wrong += p.pfn != pfn || p.kind != kind || p.size != size;
	return ++r->n == r->stop_at ? -ECANCELED : 0;
}

static void replay_spilled(void *ctx, uint64_t len)
{
	((struct replay *)ctx)->spilled += len;
}

static int replay(struct index *x, struct memsink *m, struct replay *r)
{
	struct index_visitor v = { replay_page, replay_spilled, r };

	return index_replay(x, &m->base, &v);
}

/* Fills an index with n pages; returns the bytes that were spilled. */
static uint64_t fill(struct index *x, struct memsink *m, uint32_t n)
{
	uint64_t pfn = 0, off = 4096, len = 0;

	CHECK_EQ(index_open(x), 0);
	memsink_open(m, true);
	for (uint32_t i = 0; i < n; i++) {
		struct page p = nth(i, &pfn);

		if (index_full(x)) {
			CHECK_EQ(index_spill(x, &m->base, off, &len), 0);
			off += len;
			CHECK_EQ(x->n, 0);
		}
		index_add(x, p.pfn, p.kind, p.size);
		CHECK(x->n <= INDEX_TOKENS);
	}
	return off - 4096;
}

static void done(struct index *x, struct memsink *m)
{
	index_close(x);
	index_close(x);
	memsink_close(m);
}

TEST(replays_what_was_added)
{
	static const uint32_t sizes[] = {
		0, 1, 17, 1000, 300000, INDEX_TOKENS, INDEX_TOKENS + 1, 3 * INDEX_TOKENS
	};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct memsink m;
		struct index x;
		uint64_t bytes = fill(&x, &m, sizes[i]);

		for (int again = 0; again < 2; again++) {
			struct replay r = { 0 };

			CHECK_EQ(replay(&x, &m, &r), 0);
			CHECK_EQ(r.n, sizes[i]);
			CHECK_EQ(r.wrong, 0);
			CHECK_EQ(r.spilled, bytes);
		}
		CHECK(sizes[i] == 300000 || (bytes > 0) == (sizes[i] >= INDEX_TOKENS));
		done(&x, &m);
	}
}

/* The last tokens of a piece, whatever their number, are not taken for pages. */
TEST(each_fill_of_a_piece)
{
	for (unsigned runs = 0; runs < 12; runs++) {
		struct replay r = { 0 };
		struct memsink m;
		struct index x;
		uint64_t pfn = 0, len, expected = 0;

		CHECK_EQ(index_open(&x), 0);
		memsink_open(&m, true);
		/* runs of five tokens shift the end of the piece by each number */
		for (unsigned i = 0; !index_full(&x); i++) {
			pfn += i < runs ? 0x10000 : 1;
			index_add(&x, pfn, INDEX_ZERO, 0);
			expected++;
		}
		CHECK_EQ(index_spill(&x, &m.base, 0, &len), 0);
		CHECK_EQ(replay(&x, &m, &r), 0);
		CHECK_EQ(r.n, expected);
		done(&x, &m);
	}
}

TEST(errors)
{
	struct replay r = { 0 };
	struct memsink m;
	struct index x;
	uint64_t len = 99;

	fill(&x, &m, INDEX_TOKENS + 100);
	m.fail_put = m.puts + 1;
	CHECK_EQ(index_spill(&x, &m.base, 1 << 22, &len), -ENOSPC);
	CHECK_EQ(len, 99);
	m.fail_get = 1;
	m.error = -EIO;
	CHECK_EQ(replay(&x, &m, &r), -EIO);
	CHECK_EQ(r.n, 0);
	r.stop_at = 10;
	CHECK_EQ(replay(&x, &m, &r), -ECANCELED);
	CHECK_EQ(r.n, 10);
	done(&x, &m);
}

static int take(struct sink *s, uint64_t off, const void *buf, size_t len)
{
	(void)s, (void)off, (void)buf, (void)len;
	return 0;
}

/* The pieces of 64 TiB of RAM, then no more. */
TEST(number_of_spills_is_bounded)
{
	struct sink s = { .put = take };
	struct index x;
	uint64_t len;

	CHECK_EQ(index_open(&x), 0);
	x.n = INDEX_TOKENS;	/* nothing to fill up */
	for (uint32_t i = 0; i < INDEX_SPILLS; i++) {
		CHECK_EQ(index_spill(&x, &s, i, &len), 0);
		x.n = INDEX_TOKENS;
	}
	CHECK_EQ(index_spill(&x, &s, 0, &len), -EFBIG);
	/* RAM of 64 TiB in pages of 4 KiB, all of it kept */
	CHECK((uint64_t)INDEX_SPILLS * (INDEX_TOKENS - 6) * 4096 > 60ull << 40);
	index_close(&x);
}
