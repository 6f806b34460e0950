/* SPDX-License-Identifier: MIT */
/*
 * Buffer, spills and the replay of what they hold.
 */
#include "dumper/write/kdump_index.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

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
	tokens_begin(&x->chunk);
	x->chunk_off = data_off;
}

bool kdump_index_full(const struct kdump_index *x)
{
	/* and one more to mark the end */
	return x->n + TOKENS_HEAD + x->chunk.n + 1 > INDEX_TOKENS;
}

void kdump_index_end_chunk(struct kdump_index *x)
{
	uint16_t *t = x->tokens + x->n;

	if (!x->chunk.n)
		return;
	tokens_put_head(t, x->chunk.first_pfn, x->chunk_off);
	memcpy(t + TOKENS_HEAD, x->chunk.token, x->chunk.n * sizeof(*t));
	x->n += TOKENS_HEAD + x->chunk.n;
	x->chunk.n = 0;
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

/* A spill that was taken into memory. */
static const uint16_t *held(const struct kdump_index *x, uint32_t spill)
{
	return x->held[spill - (x->n_spills - x->n_held)];
}

/* The pages behind the early ones, through spills and memory. */
struct rest {
	struct kdump_index *x;
	struct sink *target;
	uint16_t *piece; /* NULL: no spills */
	uint32_t next_spill;
	struct tokens_cursor cursor;
	bool in_memory;
};

/* 1: a page; 0: the end; or an error. */
static int rest_next(struct rest *s, struct tokens_page *ret)
{
	while (tokens_next(&s->cursor, ret) <= 0) {
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
static bool is_left(const struct kdump_index *x, const struct tokens_page *p)
{
	return !x->cut || p->off < x->cut || p->kind == TOKENS_ZERO || p->kind == TOKENS_LOST;
}

static int show(const struct kdump_index *x, const struct kdump_index_visitor *v,
		const struct tokens_page *p)
{
	return is_left(x, p) ? v->page(v->ctx, p) : 0;
}

/* Pages of one turn, with the next one looked at. */
struct turn {
	struct tokens_cursor cursor; /* of an early turn */
	struct tokens_page next;
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
	int r = s ? rest_next(s, &t->next) : tokens_next(&t->cursor, &t->next) > 0;

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

int kdump_index_replay(struct kdump_index *x, struct sink *target,
		       const struct kdump_index_visitor *v)
{
	struct rest s = { .x = x,
			  .target = target,
			  .cursor = { .heads = true, .raw_bytes = x->raw_bytes } };
	struct turn turns[INDEX_EARLY + 1] = { 0 };
	int r;

	for (unsigned i = 0; i < x->n_early; i++)
		turns[i].cursor = (struct tokens_cursor){ .tokens = x->early[i].tokens,
							  .n = x->early[i].n,
							  .heads = true,
							  .raw_bytes = x->raw_bytes };
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
		int r = piece ? target->get(target, x->spills[i], piece, INDEX_SPILL_BYTES)
			      : -ENOMEM;

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
static void find_chunk(const struct kdump_index *x, const uint16_t *tokens, uint32_t n,
		       uint64_t limit, uint32_t head, uint64_t *best)
{
	struct tokens_cursor c = {
		.tokens = tokens, .n = n, .heads = true, .raw_bytes = x->raw_bytes
	};
	struct tokens_page p;

	while (tokens_next(&c, &p) > 0) {
		if (c.chunk_off >= head && c.chunk_off - head <= limit &&
		    c.chunk_off - head > *best)
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
	x->chunk.n = 0;
	x->cut = best;
	*ret = best;
	return 0;
}
