/* SPDX-License-Identifier: MIT */
/*
 * The token stream: 0 a zero page, 1 … 0x7fef a compressed size, 0x7ff0 a shared page, whose
 * offset and size follow as 4 + 1 tokens, 0x7ff1 the same one again, 0x7ff2 a chunk begins, whose
 * first page frame and data offset follow as 4 + 4 tokens (in memory only), 0x7fff a stored
 * page, 0x8000 a lost page, 0x8001 … 0xfffe a run of 1 … 0x7ffe frames without descriptor,
 * 0xffff a longer run, whose length follows as four tokens.
 */
#include "dumper/write/kdump_index.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define TOKEN_SHARED	0x7ff0u
#define TOKEN_SAME	0x7ff1u
#define TOKEN_CHUNK	0x7ff2u
#define TOKEN_RAW	0x7fffu
#define TOKEN_LOST	0x8000u
#define TOKEN_LONG	0xffffu
#define SHORT_RUN_MAX	0x7ffeu
#define WIDE		4u	/* tokens of a 64-bit number */
#define PAGE_TOKENS	11u	/* most that one page can take: a long run and a shared page */
#define CHUNK_TOKENS	(1 + 2 * WIDE)

int kdump_index_open(struct kdump_index *x, uint32_t page_bytes)
{
	memset(x, 0, sizeof(*x));
	x->raw_bytes = page_bytes;
	x->tokens = malloc(INDEX_TOKENS * sizeof(*x->tokens));
	x->spills = malloc(INDEX_SPILLS * sizeof(*x->spills));
	if (x->tokens && x->spills)
		return 0;
	kdump_index_close(x);
	return -ENOMEM;
}

void kdump_index_close(struct kdump_index *x)
{
	for (unsigned i = 0; i < INDEX_EARLY; i++)
		free(x->early[i].tokens);
	free(x->tokens);
	free(x->spills);
	for (uint32_t i = 0; i < x->n_held; i++)
		free(x->held[i]);
	x->n_held = 0;
	memset(x->early, 0, sizeof(x->early));
	x->tokens = NULL;
	x->spills = NULL;
}

void kdump_index_begin_chunk(struct kdump_index *x, uint64_t data_off)
{
	x->n_chunk = 0;
	x->chunk_off = data_off;
	x->same_off = 0;
}

bool kdump_index_chunk_full(const struct kdump_index *x)
{
	return x->n_chunk > INDEX_CHUNK_TOKENS - PAGE_TOKENS;
}

bool kdump_index_full(const struct kdump_index *x)
{
	/* and one more to mark the end */
	return x->n + CHUNK_TOKENS + x->n_chunk + 1 > INDEX_TOKENS;
}

static void add(struct kdump_index *x, uint32_t token)
{
	x->chunk[x->n_chunk++] = (uint16_t)token;
}

static void add_wide(struct kdump_index *x, uint64_t n)
{
	memcpy(&x->chunk[x->n_chunk], &n, sizeof(n));
	x->n_chunk += WIDE;
}

static void add_run(struct kdump_index *x, uint64_t frames)
{
	if (!frames)
		return;
	if (frames <= SHORT_RUN_MAX) {
		add(x, (uint32_t)(TOKEN_LOST + frames));
		return;
	}
	add(x, TOKEN_LONG);
	add_wide(x, frames);
}

static void add_shared(struct kdump_index *x, const struct kdump_index_page *p)
{
	if (p->off == x->same_off && p->size == x->same_size) {
		add(x, TOKEN_SAME);
		return;
	}
	add(x, TOKEN_SHARED);
	add_wide(x, p->off);
	add(x, p->size);
	x->same_off = p->off;
	x->same_size = p->size;
}

void kdump_index_add(struct kdump_index *x, const struct kdump_index_page *p)
{
	if (x->n_chunk)
		add_run(x, p->pfn - x->next_pfn);
	else
		x->chunk_pfn = p->pfn;
	x->next_pfn = p->pfn + 1;
	switch (p->kind) {
	case INDEX_ZERO:
		add(x, 0);
		break;
	case INDEX_PACKED:
		add(x, p->size);
		break;
	case INDEX_RAW:
		add(x, TOKEN_RAW);
		break;
	case INDEX_SHARED:
		add_shared(x, p);
		break;
	case INDEX_LOST:
		add(x, TOKEN_LOST);
		break;
	}
}

void kdump_index_end_chunk(struct kdump_index *x)
{
	uint16_t *t = x->tokens + x->n;

	if (!x->n_chunk)
		return;
	t[0] = TOKEN_CHUNK;
	memcpy(t + 1, &x->chunk_pfn, sizeof(x->chunk_pfn));
	memcpy(t + 1 + WIDE, &x->chunk_off, sizeof(x->chunk_off));
	memcpy(t + CHUNK_TOKENS, x->chunk, x->n_chunk * sizeof(*t));
	x->n += CHUNK_TOKENS + x->n_chunk;
	x->n_chunk = 0;
}

/* A piece always has the full length, so that its place alone must be remembered. */
int kdump_index_spill(struct kdump_index *x, struct sink *target, uint64_t off)
{
	int r;

	if (x->n_spills == INDEX_SPILLS)
		return -EFBIG;
	/* a run of all ones is the end of the piece */
	memset(x->tokens + x->n, 0xff, (INDEX_TOKENS - x->n) * sizeof(*x->tokens));
	r = sink_keep(target, off, x->tokens, INDEX_SPILL_BYTES);
	if (r)
		return r;
	x->spills[x->n_spills++] = off;
	x->n = 0;
	return 0;
}

int kdump_index_begin_next(struct kdump_index *x)
{
	struct kdump_index_early *e = &x->early[x->n_early];

	if (!x->n)
		return 0;
	e->tokens = malloc(x->n * sizeof(*e->tokens));
	if (!e->tokens)
		return -ENOMEM;
	memcpy(e->tokens, x->tokens, x->n * sizeof(*e->tokens));
	e->n = x->n;
	x->n_early++;
	x->n = 0;
	return 0;
}

static bool take_wide(struct kdump_index_cursor *c, uint64_t *ret)
{
	if (c->n - c->i < WIDE)
		return false;
	memcpy(ret, &c->tokens[c->i], sizeof(*ret));
	c->i += WIDE;
	return true;
}

/* A token that stands for no page. False: the stream ends or is broken. */
static bool take_jump(struct kdump_index_cursor *c, uint16_t token)
{
	uint64_t run;

	if (token > TOKEN_LOST && token < TOKEN_LONG) {
		c->pfn += token - TOKEN_LOST;
		return true;
	}
	if (token == TOKEN_CHUNK) {
		c->same_off = 0;
		if (!take_wide(c, &c->pfn) || !take_wide(c, &c->off))
			return false;
		c->chunk_off = c->off;
		return true;
	}
	if (token != TOKEN_LONG || !take_wide(c, &run) || run == ~0ull)
		return false;
	c->pfn += run;
	return true;
}

static bool take_shared(struct kdump_index_cursor *c, uint16_t token)
{
	if (token == TOKEN_SAME)
		return c->same_off;
	if (!take_wide(c, &c->same_off) || c->i == c->n)
		return false;
	c->same_size = c->tokens[c->i++];
	return c->same_off;
}

static void page_at(struct kdump_index_cursor *c, struct kdump_index_page *p, enum kdump_index_kind kind,
		    uint32_t size, uint32_t bytes)
{
	*p = (struct kdump_index_page){ .pfn = c->pfn++, .off = c->off, .size = size, .kind = kind };
	c->off += bytes;
}

bool kdump_index_next(struct kdump_index_cursor *c, struct kdump_index_page *ret)
{
	while (c->i < c->n) {
		uint16_t t = c->tokens[c->i++];

		if (t == 0) {
			page_at(c, ret, INDEX_ZERO, 0, 0);
		} else if (t <= INDEX_SIZE_MAX) {
			page_at(c, ret, INDEX_PACKED, t, t);
		} else if (t == TOKEN_RAW) {
			page_at(c, ret, INDEX_RAW, 0, c->raw_bytes);
		} else if (t == TOKEN_LOST) {
			page_at(c, ret, INDEX_LOST, 0, 0);
		} else if (t == TOKEN_SHARED || t == TOKEN_SAME) {
			if (!take_shared(c, t))
				return false;
			page_at(c, ret, INDEX_SHARED, c->same_size, 0);
			ret->off = c->same_off;
		} else {
			if (!take_jump(c, t))
				return false;
			continue;
		}
		return true;
	}
	return false;
}

/* A spill that was taken into memory. */
static const uint16_t *held(const struct kdump_index *x, uint32_t spill)
{
	return x->held[spill - (x->n_spills - x->n_held)];
}

/* The pages behind the early ones, through spills and memory. */
struct rest {
	struct kdump_index *x;
	struct sink *target;
	uint16_t *piece;	/* NULL: no spills */
	uint32_t next_spill;
	struct kdump_index_cursor cursor;
	bool in_memory;
};

/* 1: a page; 0: the end; or an error. */
static int rest_next(struct rest *s, struct kdump_index_page *ret)
{
	while (!kdump_index_next(&s->cursor, ret)) {
		int r;

		if (s->in_memory)
			return 0;
		s->cursor.i = 0;
		if (s->next_spill == s->x->n_spills) {
			s->in_memory = true;
			s->cursor.tokens = s->x->tokens;
			s->cursor.n = s->x->n;
			continue;
		}
		s->cursor.n = INDEX_TOKENS;
		if (s->next_spill >= s->x->n_spills - s->x->n_held) {
			s->cursor.tokens = held(s->x, s->next_spill++);
			continue;
		}
		r = s->target->get(s->target, s->x->spills[s->next_spill++], s->piece,
				   INDEX_SPILL_BYTES);
		if (r)
			return r;
		s->cursor.tokens = s->piece;
	}
	return 1;
}

/* Are the page's data still there? */
static bool is_left(const struct kdump_index *x, const struct kdump_index_page *p)
{
	return !x->cut || p->off < x->cut || p->kind == INDEX_ZERO || p->kind == INDEX_LOST;
}

static int show(const struct kdump_index *x, const struct kdump_index_visitor *v, const struct kdump_index_page *p)
{
	return is_left(x, p) ? v->page(v->ctx, p) : 0;
}

/* Pages of one turn, with the next one looked at. */
struct turn {
	struct kdump_index_cursor cursor;	/* of an early turn */
	struct kdump_index_page next;
	bool have;
};

/* The one of n turns whose next page comes first. NULL: all are through. */
static struct turn *lowest(struct turn *t, unsigned n)
{
	struct turn *first = NULL;

	for (unsigned i = 0; i < n; i++) {
		if (t[i].have && (!first || t[i].next.pfn < first->next.pfn))
			first = &t[i];
	}
	return first;
}

/* The last turn's pages come from the rest. */
static int advance(struct turn *t, struct rest *s)
{
	int r = s ? rest_next(s, &t->next) : kdump_index_next(&t->cursor, &t->next);

	t->have = r > 0;
	return r < 0 ? r : 0;
}

static int merge(struct rest *s, struct turn *t, unsigned n, const struct kdump_index_visitor *v)
{
	struct turn *first;
	int r = 0;

	for (unsigned i = 0; i < n && !r; i++)
		r = advance(&t[i], i == n - 1 ? s : NULL);
	while (!r && (first = lowest(t, n))) {
		r = show(s->x, v, &first->next);
		if (!r)
			r = advance(first, first == &t[n - 1] ? s : NULL);
	}
	return r;
}

int kdump_index_replay(struct kdump_index *x, struct sink *target, const struct kdump_index_visitor *v)
{
	struct rest s = { .x = x, .target = target, .cursor.raw_bytes = x->raw_bytes };
	struct turn turns[INDEX_EARLY + 1] = { 0 };
	int r;

	for (unsigned i = 0; i < x->n_early; i++)
		turns[i].cursor = (struct kdump_index_cursor){
			.tokens = x->early[i].tokens, .n = x->early[i].n, .raw_bytes = x->raw_bytes
		};
	if (x->n_spills) {
		s.piece = malloc(INDEX_SPILL_BYTES);
		if (!s.piece)
			return -ENOMEM;
	}
	r = merge(&s, turns, x->n_early + 1, v);
	free(s.piece);
	return r;
}

/* ---------------------------------------------------------------- a full target */

/* The spills that lie behind limit, read back while they can be. */
static int hold(struct kdump_index *x, struct sink *target, uint64_t limit)
{
	uint32_t first = x->n_spills;

	while (first && x->spills[first - 1] + INDEX_SPILL_BYTES > limit)
		first--;
	if (x->n_spills - first > INDEX_HELD)
		return -ENOSPC;
	for (uint32_t i = first; i < x->n_spills; i++) {
		uint16_t *piece = malloc(INDEX_SPILL_BYTES);
		int r = piece ? target->get(target, x->spills[i], piece, INDEX_SPILL_BYTES) :
				-ENOMEM;

		if (r) {
			free(piece);
			return r;
		}
		x->held[i - first] = piece;
		x->n_held++;
	}
	return 0;
}

/* The last chunk of these tokens whose head begins at limit or before, if behind *best. */
static void find_chunk(const struct kdump_index *x, const uint16_t *tokens, uint32_t n, uint64_t limit,
		       uint32_t head, uint64_t *best)
{
	struct kdump_index_cursor c = { .tokens = tokens, .n = n, .raw_bytes = x->raw_bytes };
	struct kdump_index_page p;

	while (kdump_index_next(&c, &p)) {
		if (c.chunk_off >= head && c.chunk_off - head <= limit && c.chunk_off - head > *best)
			*best = c.chunk_off - head;
	}
}

int kdump_index_cut(struct kdump_index *x, struct sink *target, uint64_t limit, uint32_t head,
	      uint64_t *ret)
{
	uint64_t best = 0;
	int r = hold(x, target, limit);

	if (r)
		return r;
	for (unsigned i = 0; i < x->n_early; i++)
		find_chunk(x, x->early[i].tokens, x->early[i].n, limit, head, &best);
	for (uint32_t i = 0; i < x->n_held; i++)
		find_chunk(x, x->held[i], INDEX_TOKENS, limit, head, &best);
	find_chunk(x, x->tokens, x->n, limit, head, &best);
	if (!best)
		return -ENOSPC;
	x->n_chunk = 0;
	x->cut = best;
	*ret = best;
	return 0;
}
