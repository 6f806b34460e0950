/* SPDX-License-Identifier: MIT */
/*
 * Chunk heads → a sorted list, and pages out of their tokens.
 */
#include "dumper/read/kdump_chunks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/bytes.h"
#include "lib/hash.h"

#define MAX_CHUNKS (1u << 18) /* 8 MiB of list; with 1 MiB each 256 GiB of dump */
#define MAX_BAD	   4096	      /* looks like a chunk and is none, so often */
#define NEAR	   (1u << 17) /* frames through which one may as well look */

static bool head_sum_ok(const struct source *src, uint64_t off, const struct kdump_chunk *h)
{
	uint64_t at = off + sizeof(*h) + h->data_bytes, left = h->n_tokens * 2ull;
	uint8_t buf[4096];
	struct hash sum;

	hash_start(&sum);
	hash_add(&sum, h, offsetof(struct kdump_chunk, head_sum));
	while (left) {
		size_t n = left < sizeof(buf) ? left : sizeof(buf);

		if (source_read(src, buf, n, at))
			return false;
		hash_add(&sum, buf, n);
		at += n;
		left -= n;
	}
	return hash_value(&sum) == h->head_sum;
}

int chunk_read(const struct source *src, uint64_t off, struct kdump_chunk *ret, bool *ret_summed)
{
	struct kdump_chunk h;
	int r = source_read(src, &h, sizeof(h), off);

	if (r)
		return r == -ENODATA ? -ENOENT : r;
	if (memcmp(h.magic, KDUMP_CHUNK_MAGIC, sizeof(h.magic)))
		return -ENOENT;
	if (h.kind > KDUMP_CHUNK_ZERO || h.n_tokens > TOKENS_CHUNK_MAX ||
	    !bytes_inside(off + sizeof(h) + h.data_bytes, h.n_tokens * 2ull, src->size))
		return -EBADMSG;
	if (ret_summed)
		*ret_summed = head_sum_ok(src, off, &h);
	*ret = h;
	return 0;
}

uint64_t chunk_end(uint64_t off, const struct kdump_chunk *h)
{
	return off + sizeof(*h) + h->n_tokens * 2ull + h->data_bytes;
}

static void chunk_walk(struct chunk_walk *w, const struct source *src, uint64_t off,
		       const struct kdump_chunk *h, uint32_t page_bytes)
{
	uint64_t data = off + sizeof(*h);

	w->src = src;
	w->head = *h;
	w->tokens_off = data + h->data_bytes;
	w->first = 0;
	w->end = w->tokens_off;
	w->page_bytes = page_bytes;
	w->cursor =
		(struct tokens_cursor){ .pfn = h->first_pfn, .off = data, .raw_bytes = page_bytes };
}

/* From the beginning of the chunk whose head is at off. */
static int walk_from(struct chunk_walk *w, const struct kdump_chunks *c, uint64_t off)
{
	struct kdump_chunk h;
	int r = chunk_read(&c->src, off, &h, NULL);

	if (!r)
		chunk_walk(w, &c->src, off, &h, c->page_bytes);
	return r;
}

/* The window from the next token on. 1: there are more tokens in it than before; 0: no more. */
static int refill(struct chunk_walk *w)
{
	uint32_t next = w->first + w->cursor.i, left = w->head.n_tokens - next;
	int r;

	if (left == w->cursor.n - w->cursor.i)
		return 0;
	left = left < CHUNK_WINDOW ? left : CHUNK_WINDOW;
	w->first = next;
	w->cursor.i = w->cursor.n = 0;
	r = source_read(w->src, w->window, left * sizeof(w->window[0]),
			w->tokens_off + next * 2ull);
	if (r)
		return r;
	w->cursor.n = left;
	return 1;
}

/* As a descriptor has it. -EBADMSG: the data do not lie in the chunk, or are more than a page. */
static int describe(const struct chunk_walk *w, const struct tokens_page *p, struct kdump_page *ret)
{
	bool own = p->kind == TOKENS_PACKED || p->kind == TOKENS_RAW;

	*ret = (struct kdump_page){ .size = p->size ? p->size : w->page_bytes };
	if (p->kind == TOKENS_ZERO)
		ret->flags = KDUMP_ZEROS;
	if (own || p->kind == TOKENS_SHARED)
		ret->offset = p->off;
	if (p->size)
		ret->flags = w->head.codec;
	return ret->size > w->page_bytes || (own && w->cursor.off > w->end) ? -EBADMSG : 0;
}

/* The next page: 1, 0 at the end, -EBADMSG for impossible tokens, read errors. */
static int chunk_next(struct chunk_walk *w, uint64_t *ret_pfn, struct kdump_page *ret)
{
	struct tokens_page p;
	int r;

	/* the walk may have been copied */
	w->cursor.tokens = w->window;
	while (!(r = tokens_next(&w->cursor, &p))) {
		r = refill(w);
		if (r <= 0)
			return r || w->cursor.i == w->cursor.n ? r : -EBADMSG;
	}
	if (r > 0)
		r = describe(w, &p, ret);
	if (r)
		return r;
	*ret_pfn = p.pfn;
	return 1;
}

static int add_chunk(struct kdump_chunks *c, uint64_t off, uint64_t first, uint64_t last)
{
	if (c->n == c->room) {
		size_t room = c->room ? c->room * 2 : 64;
		struct kdump_chunk_ref *list;

		if (room > MAX_CHUNKS)
			return -EFBIG;
		list = realloc(c->list, room * sizeof(*list));
		if (!list)
			return -ENOMEM;
		c->list = list;
		c->room = room;
	}
	c->list[c->n++] = (struct kdump_chunk_ref){ off, first, last, 0 };
	return 0;
}

/* Which pages does it hold? Impossible tokens end it. */
static int add_pages(struct kdump_chunks *c, uint64_t off, const struct kdump_chunk *h,
		     uint64_t max_mapnr)
{
	uint64_t first = UINT64_MAX, last = 0, pfn;
	struct kdump_page page;
	struct chunk_walk w;
	int r;

	chunk_walk(&w, &c->src, off, h, c->page_bytes);
	while ((r = chunk_next(&w, &pfn, &page)) > 0 && pfn < max_mapnr) {
		if (first == UINT64_MAX)
			first = pfn;
		last = pfn;
		c->pages++;
	}
	c->damaged |= r != 0;
	return first == UINT64_MAX ? 0 : add_chunk(c, off, first, last);
}

/* The next magic from *at on; false: none. */
static bool find_magic(const struct source *src, uint64_t *at)
{
	uint8_t buf[16384];
	const size_t magic = sizeof(KDUMP_CHUNK_MAGIC) - 1;

	for (;;) {
		uint64_t next = source_next_data(src, *at);
		const uint8_t *p;
		size_t n;

		if (next == UINT64_MAX || src->size - next < sizeof(struct kdump_chunk))
			return false;
		n = src->size - next < sizeof(buf) ? src->size - next : sizeof(buf);
		if (source_read(src, buf, n, next))
			return false;
		p = memmem(buf, n, KDUMP_CHUNK_MAGIC, magic);
		if (p) {
			*at = next + (uint64_t)(p - buf);
			return true;
		}
		*at = next + n - (magic - 1);
		if (n < sizeof(buf))
			return false;
	}
}

static int by_first(const void *a, const void *b)
{
	const struct kdump_chunk_ref *x = a, *y = b;

	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return x->off < y->off ? -1 : x->off > y->off;
}

static void sort(struct kdump_chunks *c)
{
	uint64_t reach = 0;

	if (c->n)
		qsort(c->list, c->n, sizeof(*c->list), by_first);
	for (size_t i = 0; i < c->n; i++) {
		reach = c->list[i].last > reach ? c->list[i].last : reach;
		c->list[i].reach = reach;
	}
}

int kdump_chunks_open(struct kdump_chunks *c, const struct source *src, uint64_t off,
		      uint32_t page_bytes, uint64_t max_mapnr)
{
	unsigned bad = 0;
	uint64_t at = off;
	int r = 0;

	c->src = *src;
	c->page_bytes = page_bytes;
	while (!r && bad < MAX_BAD && find_magic(src, &at)) {
		struct kdump_chunk h;
		bool summed;

		c->damaged |= at != off;
		if (chunk_read(src, at, &h, &summed) || !summed) {
			bad++;
			at++;
			continue;
		}
		if (h.kind == KDUMP_CHUNK_PAGES)
			r = add_pages(c, at, &h, max_mapnr);
		if (h.kind == KDUMP_CHUNK_ZERO) {
			c->zero_off = at + sizeof(h);
			c->zero_size = h.data_bytes;
			c->zero_flags = h.data_bytes == page_bytes ? 0 : h.codec;
		}
		at = off = chunk_end(at, &h);
	}
	sort(c);
	return r;
}

void kdump_chunks_close(struct kdump_chunks *c)
{
	free(c->list);
	c->list = NULL;
	c->n = 0;
}

/* How many chunks begin at frame pfn or before: those that may hold it are among them. */
static size_t begun(const struct kdump_chunks *c, uint64_t pfn)
{
	size_t lo = 0, hi = c->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (c->list[mid].first <= pfn)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool there(const struct source *src, const struct kdump_page *p)
{
	return !p->offset || source_has(src, p->offset, p->size);
}

static void chunk_bits(const struct kdump_chunks *c, uint64_t off, uint64_t pfn, unsigned n,
		       uint64_t *bits)
{
	struct chunk_walk w;
	struct kdump_page page;
	uint64_t at;

	if (walk_from(&w, c, off))
		return;
	while (chunk_next(&w, &at, &page) > 0 && at < pfn + n) {
		if (at >= pfn && there(&c->src, &page))
			bits[(at - pfn) / 64] |= 1ull << (at - pfn) % 64;
	}
}

void kdump_chunks_bits(const struct kdump_chunks *c, uint64_t pfn, unsigned n, uint64_t *ret)
{
	memset(ret, 0, (n + 63) / 64 * sizeof(*ret));
	for (size_t i = begun(c, pfn + n - 1); i-- && c->list[i].reach >= pfn;) {
		if (c->list[i].last >= pfn)
			chunk_bits(c, c->list[i].off, pfn, n, ret);
	}
}

/* The first page from pfn on that the chunk has. */
static uint64_t next_in(const struct kdump_chunks *c, uint64_t off, uint64_t pfn)
{
	struct chunk_walk w;
	struct kdump_page page;
	uint64_t at;

	if (walk_from(&w, c, off))
		return UINT64_MAX;
	while (chunk_next(&w, &at, &page) > 0) {
		if (at >= pfn)
			return at;
	}
	return UINT64_MAX;
}

uint64_t kdump_chunks_skip(const struct kdump_chunks *c, uint64_t pfn)
{
	size_t i = begun(c, pfn);
	uint64_t min = i < c->n ? c->list[i].first : UINT64_MAX;

	while (i-- && c->list[i].reach >= pfn) {
		const struct kdump_chunk_ref *chunk = &c->list[i];
		uint64_t next;

		if (chunk->last < pfn)
			continue;
		/* a walk through the chunk pays only where the next page may be far */
		if (chunk->last - pfn < NEAR)
			return pfn;
		next = next_in(c, chunk->off, pfn);
		min = next < min ? next : min;
	}
	return min;
}

/* Goes on in the cursor's chunk, or from its beginning if pfn lies before. */
static int find_in(const struct kdump_chunks *c, size_t index, struct kdump_chunk_cursor *cur,
		   uint64_t pfn)
{
	int r;

	if (cur->chunk != index + 1 || cur->pfn > pfn) {
		cur->chunk = 0;
		r = walk_from(&cur->walk, c, c->list[index].off);
		if (r)
			return r;
		cur->chunk = index + 1;
		r = chunk_next(&cur->walk, &cur->pfn, &cur->page);
		if (r <= 0)
			cur->pfn = UINT64_MAX;
	}
	while (cur->pfn < pfn) {
		if (chunk_next(&cur->walk, &cur->pfn, &cur->page) <= 0)
			cur->pfn = UINT64_MAX;
	}
	return cur->pfn == pfn ? 0 : -ENOENT;
}

int kdump_chunks_find(const struct kdump_chunks *c, struct kdump_chunk_cursor *cur, uint64_t pfn,
		      struct kdump_page *ret)
{
	size_t own = cur->chunk;
	int r = -ENOENT;

	/* most pages follow the one before them */
	if (own && c->list[own - 1].first <= pfn && pfn <= c->list[own - 1].last)
		r = find_in(c, own - 1, cur, pfn);
	for (size_t i = begun(c, pfn); r && i-- && c->list[i].reach >= pfn;) {
		if (i + 1 != own && c->list[i].last >= pfn)
			r = find_in(c, i, cur, pfn);
	}
	if (r)
		return r;
	*ret = cur->page;
	if (cur->page.offset && !there(&c->src, &cur->page))
		return -ENOENT;
	return cur->page.offset || cur->page.flags == KDUMP_ZEROS ? 0 : -EIO;
}
