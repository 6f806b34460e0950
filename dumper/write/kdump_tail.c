/* SPDX-License-Identifier: MIT */
/*
 * The tail layout: chunks of page data as they come, then bitmaps and descriptors from the index.
 */
#include <errno.h>
#include <string.h>

#include "dumper/write/kdump_layout.h"
#include "lib/bytes.h"
#include "lib/hash.h"

#define HEAD ((uint32_t)sizeof(struct kdump_chunk))

/* An empty chunk at the end of the file so far. */
static void begin_chunk(struct kdump_writer *w)
{
	w->data.len = HEAD;
	kdump_index_begin_chunk(&w->index, w->data.off + HEAD);
}

/* data: data_bytes of page data, then the tokens; NULL for a piece of the index. */
static void fill_head(struct kdump_writer *w, struct kdump_chunk *h, const uint8_t *data)
{
	size_t tokens = h->n_tokens * sizeof(uint16_t);

	memcpy(h->magic, KDUMP_CHUNK_MAGIC, sizeof(h->magic));
	h->codec = compress_flag(w->codec);
	if (data)
		h->data_sum = hash_bytes(data, h->data_bytes);
	h->head_sum = hash_two(h, offsetof(struct kdump_chunk, head_sum),
			       data ? data + h->data_bytes : NULL, tokens);
}

/* The data region holds room for the header and the data: the rest of the chunk, and out. */
static int put_chunk(struct kdump_writer *w, enum kdump_chunk_kind kind)
{
	struct kdump_index *x = &w->index;
	struct kdump_chunk h = { .kind = kind, .data_bytes = w->data.len - HEAD };

	if (kind == KDUMP_CHUNK_PAGES) {
		h.n_tokens = x->chunk.n;
		h.first_pfn = x->chunk.first_pfn;
		memcpy(w->data.buf + w->data.len, x->chunk.token,
		       x->chunk.n * sizeof(*x->chunk.token));
		w->data.len += x->chunk.n * (uint32_t)sizeof(*x->chunk.token);
	}
	fill_head(w, &h, w->data.buf + HEAD);
	memcpy(w->data.buf, &h, HEAD);
	return kdump_region_flush(w, &w->data);
}

/* The index behind the chunk that was put: it must be reachable in one piece. */
static int spill(struct kdump_writer *w)
{
	struct kdump_chunk h = { .kind = KDUMP_CHUNK_INDEX, .data_bytes = INDEX_SPILL_BYTES };
	int r;

	fill_head(w, &h, NULL);
	r = sink_put(w->out, w->data.off, &h, HEAD);
	if (!r)
		r = kdump_index_spill(&w->index, w->out, w->data.off + HEAD);
	if (!r)
		w->data.off += HEAD + INDEX_SPILL_BYTES;
	return r;
}

static int end_chunk(struct kdump_writer *w)
{
	int r = 0;

	if (!w->index.chunk.n) {
		w->data.len = 0;
		return 0;
	}
	r = put_chunk(w, KDUMP_CHUNK_PAGES);
	if (!r && kdump_index_full(&w->index))
		r = spill(w);
	if (!r)
		kdump_index_end_chunk(&w->index);
	return r;
}

int kdump_tail_begin(struct kdump_writer *w)
{
	int r;

	w->zero_off = w->data.off + HEAD;
	w->data.len = HEAD + w->zero_len;
	memcpy(w->data.buf + HEAD, w->zero_bytes, w->zero_len);
	r = put_chunk(w, KDUMP_CHUNK_ZERO);
	begin_chunk(w);
	return r;
}

/* What was put so far, the kernel image above all, is on its way to the target now. */
int kdump_tail_begin_next(struct kdump_writer *w)
{
	int r = end_chunk(w);

	if (!r)
		r = kdump_index_begin_next(&w->index);
	begin_chunk(w);
	return r;
}

int kdump_tail_page(struct kdump_writer *w, const struct tokens_page *p, const void *bytes,
		    uint32_t n, uint64_t *ret_off)
{
	uint32_t room = w->data.size - TOKENS_CHUNK_MAX * (uint32_t)sizeof(uint16_t);

	if (n > room - w->data.len || tokens_full(&w->index.chunk)) {
		int r = end_chunk(w);

		if (r)
			return r;
		begin_chunk(w);
	}
	w->pages++;
	*ret_off = w->data.off + w->data.len;
	tokens_put(&w->index.chunk, p);
	memcpy(w->data.buf + w->data.len, bytes, n);
	w->data.len += n;
	return 0;
}

static uint64_t bitmap2_off(const struct kdump_writer *w)
{
	return (1 + w->sub_hdr_blocks + w->bitmap_blocks / 2) * w->block;
}

static int replay_bit(void *ctx, const struct tokens_page *p)
{
	struct kdump_writer *w = ctx;

	return kdump_put_bit(w, bitmap2_off(w), p->pfn);
}

/* The RAM of pieces that hold a page. */
struct ram_replay {
	struct kdump_writer *w;
	uint64_t base, end;
};

static int replay_ram(void *ctx, const struct tokens_page *p)
{
	struct ram_replay *t = ctx;

	return p->pfn < t->end ? 0 : kdump_put_ram_piece(t->w, t->base, p->pfn, &t->end);
}

/*
 * Where struct pages are left out, memory of which nothing is kept is told as absent: this bitmap
 * would be much of what is left of a large machine (512 MiB for 16 TiB).
 */
static int put_ram(struct kdump_writer *w, uint64_t off)
{
	struct ram_replay t = { .w = w, .base = off };
	struct kdump_index_visitor v = { replay_ram, &t };

	if (!w->base.struct_pages_excluded)
		return kdump_put_ram_bitmap(w, off);
	return kdump_index_replay(&w->index, w->out, &v);
}

static int replay_desc(void *ctx, const struct tokens_page *p)
{
	struct kdump_writer *w = ctx;
	struct kdump_page d = kdump_descriptor(w, p);

	w->base.saved++;
	return kdump_region_add(w, &w->desc, &d, sizeof(d));
}

/* Zeros up to the end; the last block is put, as the file must be as long. */
static int end_bits(struct kdump_writer *w, uint64_t end)
{
	int r = 0;

	if (w->sparse && w->bits.off + w->bits.len + w->block < end)
		r = kdump_region_seek(w, &w->bits, end - w->block);
	return r ? r : kdump_extend_bits(w, end);
}

/* Bitmaps and descriptors behind the page data. */
int kdump_tail_finish(struct kdump_writer *w)
{
	struct kdump_index_visitor bit = { replay_bit, w }, desc = { replay_desc, w };
	uint64_t off, end;
	int r = end_chunk(w);

	if (r)
		return r;
	off = bytes_round_up(w->data.off, w->block);
	end = off + w->bitmap_blocks * w->block;
	if (off / w->block - 1 > INT32_MAX)
		return -EFBIG;
	w->sub_hdr_blocks = off / w->block - 1;
	w->bits.off = off;
	r = put_ram(w, off);
	if (!r)
		r = kdump_index_replay(&w->index, w->out, &bit);
	if (!r)
		r = end_bits(w, end);
	if (!r)
		r = kdump_region_flush(w, &w->bits);
	w->desc.off = end;
	if (!r)
		r = kdump_index_replay(&w->index, w->out, &desc);
	return r ? r : kdump_region_flush(w, &w->desc);
}

/* ---------------------------------------------------------------- a full target */

/*
 * Chunks are given up from the end until the index of the others fits into their place, and a
 * little more: the first block may have no room of its own yet, and a report shall find some.
 */
int kdump_tail_finish_full(struct kdump_writer *w)
{
	uint64_t need = (w->bitmap_blocks + 1) * w->block + w->pages * sizeof(struct kdump_page) +
			KDUMP_SPARE_BYTES;
	uint64_t cut;
	int r;

	if (need > w->base.bytes)
		return -ENOSPC;
	r = kdump_index_cut(&w->index, w->out, w->base.bytes - need, HEAD, &cut);
	if (!r)
		r = sink_cut(w->out, cut);
	if (r)
		return r;
	/* page data lay there: not every target forgets them */
	w->sparse = false;
	w->data.len = w->desc.len = w->bits.len = 0;
	w->data.off = w->base.bytes = cut;
	w->base.saved = 0;
	w->incomplete = true;
	return kdump_tail_finish(w);
}
