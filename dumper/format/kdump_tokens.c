/* SPDX-License-Identifier: MIT */
/*
 * The tokens: 0 a zero page, 1 … 0x7fef a compressed size, 0x7ff0 a shared page, whose offset and
 * size follow as 4 + 1 tokens, 0x7ff1 the same one again, 0x7ff2 a chunk begins, whose first page
 * frame and data offset follow as 4 + 4 tokens (in memory only), 0x7fff a stored page, 0x8000 a
 * lost page, 0x8001 … 0xfffe a run of 1 … 0x7ffe frames without descriptor, 0xffff a longer run,
 * whose length follows as four tokens.
 */
#include "dumper/format/kdump_tokens.h"

#include <errno.h>
#include <string.h>

#define TOKEN_SHARED  0x7ff0u
#define TOKEN_SAME    0x7ff1u
#define TOKEN_CHUNK   0x7ff2u
#define TOKEN_RAW     0x7fffu
#define TOKEN_LOST    0x8000u
#define TOKEN_LONG    0xffffu
#define SHORT_RUN_MAX 0x7ffeu
#define WIDE	      4u /* tokens of a 64-bit number */

/* ---------------------------------------------------------------- writing */

void tokens_begin(struct tokens_chunk *c)
{
	c->n = 0;
	c->same_off = 0;
}

bool tokens_full(const struct tokens_chunk *c)
{
	return c->n > TOKENS_CHUNK_MAX - TOKENS_PAGE_MAX;
}

static void put_token(struct tokens_chunk *c, uint32_t token)
{
	c->token[c->n++] = (uint16_t)token;
}

static void put_wide(struct tokens_chunk *c, uint64_t n)
{
	memcpy(&c->token[c->n], &n, sizeof(n));
	c->n += WIDE;
}

static void put_run(struct tokens_chunk *c, uint64_t frames)
{
	if (!frames)
		return;
	if (frames <= SHORT_RUN_MAX) {
		put_token(c, (uint32_t)(TOKEN_LOST + frames));
		return;
	}
	put_token(c, TOKEN_LONG);
	put_wide(c, frames);
}

static void put_shared(struct tokens_chunk *c, const struct tokens_page *p)
{
	if (p->off == c->same_off && p->size == c->same_size) {
		put_token(c, TOKEN_SAME);
		return;
	}
	put_token(c, TOKEN_SHARED);
	put_wide(c, p->off);
	put_token(c, p->size);
	c->same_off = p->off;
	c->same_size = p->size;
}

void tokens_put(struct tokens_chunk *c, const struct tokens_page *p)
{
	if (c->n)
		put_run(c, p->pfn - c->next_pfn);
	else
		c->first_pfn = p->pfn;
	c->next_pfn = p->pfn + 1;
	switch (p->kind) {
	case TOKENS_ZERO:
		put_token(c, 0);
		break;
	case TOKENS_PACKED:
		put_token(c, p->size);
		break;
	case TOKENS_RAW:
		put_token(c, TOKEN_RAW);
		break;
	case TOKENS_SHARED:
		put_shared(c, p);
		break;
	case TOKENS_LOST:
		put_token(c, TOKEN_LOST);
		break;
	}
}

void tokens_put_head(uint16_t *to, uint64_t pfn, uint64_t off)
{
	to[0] = TOKEN_CHUNK;
	memcpy(to + 1, &pfn, sizeof(pfn));
	memcpy(to + 1 + WIDE, &off, sizeof(off));
}

/* ---------------------------------------------------------------- reading */

/* How many tokens follow this one and belong to it. */
static uint32_t token_rest(const struct tokens_cursor *c, uint16_t token)
{
	if (token == TOKEN_SHARED)
		return WIDE + 1;
	if (token == TOKEN_LONG)
		return WIDE;
	return token == TOKEN_CHUNK && c->heads ? 2 * WIDE : 0;
}

static uint64_t wide_at(const struct tokens_cursor *c, uint32_t i)
{
	uint64_t n;

	memcpy(&n, &c->tokens[i], sizeof(n));
	return n;
}

/* Frames without a page; the highest number ends a piece of the index. */
static int skip_run(struct tokens_cursor *c, uint64_t frames)
{
	if (frames > UINT64_MAX / 2 - c->pfn)
		return -EBADMSG;
	c->pfn += frames;
	return 0;
}

static int page_at(struct tokens_cursor *c, struct tokens_page *ret, enum tokens_kind kind,
		   uint32_t size, uint32_t bytes)
{
	*ret = (struct tokens_page){ .pfn = c->pfn++, .off = c->off, .size = size, .kind = kind };
	c->off += bytes;
	return 1;
}

static int shared_at(struct tokens_cursor *c, struct tokens_page *ret)
{
	if (!c->same_off)
		return -EBADMSG;
	page_at(c, ret, TOKENS_SHARED, c->same_size, 0);
	ret->off = c->same_off;
	return 1;
}

/* The token, whose rest begins at i. 1: a page; 0: none. */
static int take_token(struct tokens_cursor *c, uint16_t token, uint32_t i, struct tokens_page *ret)
{
	if (token == 0)
		return page_at(c, ret, TOKENS_ZERO, 0, 0);
	if (token <= TOKENS_SIZE_MAX)
		return page_at(c, ret, TOKENS_PACKED, token, token);
	if (token == TOKEN_RAW)
		return page_at(c, ret, TOKENS_RAW, 0, c->raw_bytes);
	if (token == TOKEN_LOST)
		return page_at(c, ret, TOKENS_LOST, 0, 0);
	if (token == TOKEN_SHARED) {
		c->same_off = wide_at(c, i);
		c->same_size = c->tokens[i + WIDE];
	}
	if (token == TOKEN_SHARED || token == TOKEN_SAME)
		return shared_at(c, ret);
	if (token > TOKEN_LOST)
		return skip_run(c, token == TOKEN_LONG ? wide_at(c, i) : token - TOKEN_LOST);
	if (token != TOKEN_CHUNK || !c->heads)
		return -EBADMSG;
	c->pfn = wide_at(c, i);
	c->chunk_off = c->off = wide_at(c, i + WIDE);
	c->same_off = 0;
	return 0;
}

int tokens_next(struct tokens_cursor *c, struct tokens_page *ret)
{
	int r = 0;

	while (!r && c->i < c->n) {
		uint16_t token = c->tokens[c->i];
		uint32_t rest = token_rest(c, token);

		if (c->n - c->i <= rest)
			break;
		r = take_token(c, token, c->i + 1, ret);
		if (r >= 0)
			c->i += 1 + rest;
	}
	return r;
}
