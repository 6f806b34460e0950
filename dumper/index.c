/* SPDX-License-Identifier: MIT */
/*
 * The token stream: 0 a zero page, 1 … 0x7ffe a compressed size, 0x7fff a stored page, 0x8000 a
 * lost page, 0x8001 … 0xfffe a run of 1 … 0x7ffe frames without descriptor, 0xffff a longer
 * run, whose length follows as four tokens.
 */
#include "dumper/index.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define TOKEN_RAW	0x7fffu
#define TOKEN_LOST	0x8000u
#define TOKEN_LONG	0xffffu
#define SHORT_RUN_MAX	0x7ffeu
#define PAGE_TOKENS	6	/* most that one page can take: a long run and itself */

int index_open(struct index *x)
{
	memset(x, 0, sizeof(*x));
	x->tokens = malloc(INDEX_TOKENS * sizeof(*x->tokens));
	x->spills = malloc(INDEX_SPILLS * sizeof(*x->spills));
	if (x->tokens && x->spills)
		return 0;
	index_close(x);
	return -ENOMEM;
}

void index_close(struct index *x)
{
	free(x->tokens);
	free(x->spills);
	x->tokens = NULL;
	x->spills = NULL;
}

int index_full(const struct index *x)
{
	return x->n > INDEX_TOKENS - PAGE_TOKENS;
}

static void add_run(struct index *x, uint64_t frames)
{
	if (!frames)
		return;
	if (frames <= SHORT_RUN_MAX) {
		x->tokens[x->n++] = (uint16_t)(TOKEN_LOST + frames);
		return;
	}
	x->tokens[x->n++] = TOKEN_LONG;
	memcpy(&x->tokens[x->n], &frames, sizeof(frames));
	x->n += sizeof(frames) / sizeof(*x->tokens);
}

void index_add(struct index *x, uint64_t pfn, enum index_kind kind, uint32_t size)
{
	add_run(x, pfn - x->next_pfn);
	x->next_pfn = pfn + 1;
	switch (kind) {
	case INDEX_ZERO:
		x->tokens[x->n++] = 0;
		break;
	case INDEX_PACKED:
		x->tokens[x->n++] = (uint16_t)size;
		break;
	case INDEX_RAW:
		x->tokens[x->n++] = TOKEN_RAW;
		break;
	case INDEX_LOST:
		x->tokens[x->n++] = TOKEN_LOST;
		break;
	}
}

/* A piece always has the full length, so that its place alone must be remembered. */
int index_spill(struct index *x, struct sink *target, uint64_t off, uint64_t *ret_len)
{
	size_t bytes = INDEX_TOKENS * sizeof(*x->tokens);
	int r;

	if (x->n_spills == INDEX_SPILLS)
		return -EFBIG;
	/* runs of length 0 do not exist: the rest reads as the end of the piece */
	while (x->n < INDEX_TOKENS)
		x->tokens[x->n++] = TOKEN_LONG;
	r = sink_put(target, off, x->tokens, bytes);
	if (r)
		return r;
	x->spills[x->n_spills++] = off;
	x->n = 0;
	*ret_len = bytes;
	return 0;
}

static int replay_tokens(const uint16_t *t, uint32_t n, uint64_t *pfn,
			 const struct index_visitor *v)
{
	int r = 0;

	for (uint32_t i = 0; i < n && !r; i++) {
		uint64_t run;

		if (t[i] == 0) {
			r = v->page(v->ctx, (*pfn)++, INDEX_ZERO, 0);
		} else if (t[i] < TOKEN_RAW) {
			r = v->page(v->ctx, (*pfn)++, INDEX_PACKED, t[i]);
		} else if (t[i] == TOKEN_RAW) {
			r = v->page(v->ctx, (*pfn)++, INDEX_RAW, 0);
		} else if (t[i] == TOKEN_LOST) {
			r = v->page(v->ctx, (*pfn)++, INDEX_LOST, 0);
		} else if (t[i] < TOKEN_LONG) {
			*pfn += t[i] - TOKEN_LOST;
		} else {
			if (n - i <= 4)
				break;
			memcpy(&run, &t[i + 1], sizeof(run));
			if (run == ~0ull)
				break;	/* the filled-up end of a piece */
			*pfn += run;
			i += 4;
		}
	}
	return r;
}

int index_replay(struct index *x, struct sink *target, const struct index_visitor *v)
{
	size_t bytes = INDEX_TOKENS * sizeof(*x->tokens);
	uint16_t *piece = NULL;
	uint64_t pfn = 0;
	int r = 0;

	if (x->n_spills) {
		piece = malloc(bytes);
		if (!piece)
			return -ENOMEM;
	}
	for (uint32_t i = 0; i < x->n_spills && !r; i++) {
		r = target->get(target, x->spills[i], piece, bytes);
		if (r)
			break;
		r = replay_tokens(piece, INDEX_TOKENS, &pfn, v);
		v->spilled(v->ctx, bytes);
	}
	if (!r)
		r = replay_tokens(x->tokens, x->n, &pfn, v);
	free(piece);
	return r;
}
