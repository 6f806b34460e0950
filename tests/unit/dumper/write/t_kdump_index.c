/* SPDX-License-Identifier: MIT */
/*
 * The token stream: what goes in comes out in the order of page frames, through chunks, spills,
 * early pages and errors; and no tokens lead a reader astray.
 */
#include "dumper/write/kdump_index.h"

#include <errno.h>

#include "tests/unit/fake/memsink.h"
#include "tests/unit/test.h"

#define PAGE 4096

/* The n-th page of a stream that meets every kind of token. */
static struct tokens_page nth(uint32_t n, uint64_t *pfn)
{
	static const uint64_t gaps[] = { 0, 0,		0, 1, 0, 0x7ffe, 0, 0,	   0x7fff,
					 0, 1ull << 36, 0, 0, 0, 2,	 0, 0x8000 };
	struct tokens_page p = { .kind = (enum tokens_kind)(n * 7 % 5) };

	*pfn += gaps[n % 17];
	p.pfn = (*pfn)++;
	if (p.kind == TOKENS_PACKED)
		p.size = n % 3 ? 1 + n % TOKENS_SIZE_MAX : TOKENS_SIZE_MAX;
	if (p.kind == TOKENS_SHARED) {
		p.off = 4096 + ((uint64_t)n / 40 % 3 << 40);
		p.size = n / 40 % 2 ? 77 : 0;
	}
	return p;
}

static uint32_t bytes_of(const struct tokens_page *p)
{
	return p->kind == TOKENS_PACKED ? p->size : p->kind == TOKENS_RAW ? PAGE : 0;
}

struct job {
	struct memsink m;
	struct kdump_index x;
	uint64_t off; /* of the next page's data */
	uint64_t spilled;
};

static void end_chunk(struct job *j)
{
	if (kdump_index_full(&j->x)) {
		CHECK_EQ(kdump_index_spill(&j->x, &j->m.base, j->spilled), 0);
		j->spilled += INDEX_SPILL_BYTES;
		CHECK_EQ(j->x.n, 0);
	}
	kdump_index_end_chunk(&j->x);
	CHECK(j->x.n <= INDEX_TOKENS);
}

static void begin_chunk(struct job *j)
{
	j->off += 48;
	kdump_index_begin_chunk(&j->x, j->off);
}

static void add(struct job *j, struct tokens_page *p)
{
	if (tokens_full(&j->x.chunk)) {
		end_chunk(j);
		begin_chunk(j);
	}
	tokens_put(&j->x.chunk, p);
	if (bytes_of(p))
		p->off = j->off;
	j->off += bytes_of(p);
}

static void job_open(struct job *j)
{
	*j = (struct job){ .off = 4096 };
	CHECK_EQ(kdump_index_open(&j->x, PAGE), 0);
	memsink_open(&j->m, true);
	begin_chunk(j);
}

static void job_close(struct job *j)
{
	kdump_index_close(&j->x);
	kdump_index_close(&j->x);
	memsink_close(&j->m);
}

struct replay {
	const struct tokens_page *expected;
	uint32_t n, wrong, stop_at;
};

static int replay_page(void *ctx, const struct tokens_page *p)
{
	struct replay *r = ctx;
	const struct tokens_page *e = &r->expected[r->n];

	r->wrong += e->pfn != p->pfn || e->kind != p->kind || e->size != p->size ||
		    ((bytes_of(e) || e->kind == TOKENS_SHARED) && e->off != p->off);
	return ++r->n == r->stop_at ? -ECANCELED : 0;
}

static int replay(struct job *j, struct replay *r)
{
	struct kdump_index_visitor v = { replay_page, r };

	return kdump_index_replay(&j->x, &j->m.base, &v);
}

/* Which turn the i-th page comes in, of three: of ten thousand pages one each in the first two. */
static unsigned turn_of(uint32_t i)
{
	return i / 1000 % 10 == 3 ? 0 : i / 1000 % 10 == 5 ? 1 : 2;
}

/* Fills an index with n pages, some of which are early. */
static struct tokens_page *fill(struct job *j, uint32_t n, bool early)
{
	struct tokens_page *p = calloc(n + 1, sizeof(*p));
	uint64_t pfn = 0;

	job_open(j);
	for (uint32_t i = 0; i < n; i++)
		p[i] = nth(i, &pfn);
	for (unsigned turn = early ? 0 : 2; turn < 3; turn++) {
		for (uint32_t i = 0; i < n; i++) {
			if (!early || turn_of(i) == turn)
				add(j, &p[i]);
		}
		end_chunk(j);
		if (turn < 2)
			CHECK_EQ(kdump_index_begin_next(&j->x), 0);
		begin_chunk(j);
	}
	return p;
}

TEST(replays_what_was_added)
{
	static const uint32_t sizes[] = { 0, 1, 17, 1000, 3500, 4500, 90000, 1200000 };

	for (size_t i = 0; i < 2 * sizeof(sizes) / sizeof(sizes[0]); i++) {
		uint32_t n = sizes[i / 2];
		struct job j;
		struct tokens_page *p = fill(&j, n, i % 2);

		for (int again = 0; again < 2; again++) {
			struct replay r = { .expected = p };

			CHECK_EQ(replay(&j, &r), 0);
			CHECK_EQ(r.n, n);
			CHECK_EQ(r.wrong, 0);
		}
		CHECK_EQ(j.spilled > 0, n > 500000);
		job_close(&j);
		free(p);
	}
}

/* The last tokens of a piece, whatever their number, are not taken for pages. */
TEST(each_fill_of_a_piece)
{
	for (unsigned runs = 0; runs < 12; runs++) {
		struct replay r = { 0 };
		struct tokens_page *all = calloc(2 * INDEX_TOKENS, sizeof(*all));
		struct tokens_page p = { .kind = TOKENS_ZERO };
		uint32_t n = 0;
		struct job j;

		job_open(&j);
		/* runs of five tokens shift the end of the piece by each number */
		for (unsigned i = 0; !j.spilled; i++) {
			p.pfn += i < runs ? 0x10000 : 1;
			add(&j, &p);
			all[n++] = p;
		}
		end_chunk(&j);
		r.expected = all;
		CHECK_EQ(replay(&j, &r), 0);
		CHECK_EQ(r.n, n);
		CHECK_EQ(r.wrong, 0);
		job_close(&j);
		free(all);
	}
}

TEST(errors)
{
	struct job j;
	struct tokens_page *p = fill(&j, 1200000, false);
	struct replay r = { .expected = p };

	j.m.fail_put = j.m.puts + 1;
	CHECK_EQ(kdump_index_spill(&j.x, &j.m.base, 1 << 22), -ENOSPC);
	j.m.fail_get = 1;
	j.m.error = -EIO;
	CHECK_EQ(replay(&j, &r), -EIO);
	CHECK_EQ(r.n, 0);
	r.stop_at = 10;
	CHECK_EQ(replay(&j, &r), -ECANCELED);
	CHECK_EQ(r.n, 10);
	job_close(&j);
	free(p);
}

static int take(struct sink *s, uint64_t off, const void *buf, size_t len)
{
	(void)s, (void)off, (void)buf, (void)len;
	return 0;
}

/* The pieces of 60 TiB of RAM and more, then no more. */
TEST(number_of_spills_is_bounded)
{
	struct sink s = { .put = take };
	struct kdump_index x;

	CHECK_EQ(kdump_index_open(&x, PAGE), 0);
	for (uint32_t i = 0; i < INDEX_SPILLS; i++) {
		x.n = INDEX_TOKENS; /* nothing to fill up */
		CHECK_EQ(kdump_index_spill(&x, &s, i), 0);
	}
	CHECK_EQ(kdump_index_spill(&x, &s, 0), -EFBIG);
	CHECK((uint64_t)INDEX_SPILLS * (INDEX_TOKENS - TOKENS_CHUNK_MAX) * 4096 > 60ull << 40);
	kdump_index_close(&x);
}

/* A chunk of a file can be cut or overwritten: the cursor ends, inside its tokens. */
TEST(tokens_of_any_kind)
{
	static const uint16_t broken[][6] = {
		{ 5, 0x7ff1 },		   /* the same as nothing */
		{ 5, 0x7ff0, 1, 0, 0 },	   /* a reference cut short */
		{ 5, 0x7ff0, 0, 0, 0, 0 }, /* to offset 0, and cut */
		{ 5, 0xffff, 1, 0, 0 },	   /* a run cut short */
		{ 5, 0x7ff3 },
		{ 5, 0x7ffe }, /* tokens that mean nothing */
		{ 5, 0x7ff2, 1 },
	};

	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		size_t n = i == 2 ? 6 : i == 1 || i == 3 ? 5 : i == 6 ? 3 : 2;
		uint16_t *t = malloc(n * sizeof(*t)); /* ASan guards its end */
		struct tokens_cursor c = { .tokens = t, .n = (uint32_t)n, .raw_bytes = PAGE };
		struct tokens_page p;

		memcpy(t, broken[i], n * sizeof(*t));
		CHECK(tokens_next(&c, &p) > 0);
		CHECK_EQ(p.size, 5);
		CHECK(tokens_next(&c, &p) <= 0);
		CHECK(c.i <= n);
		free(t);
	}
}
