/* SPDX-License-Identifier: MIT */
/*
 * Parts of a kdump file that grow side by side: page data, descriptors, bitmaps.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dumper/write/kdump_layout.h"
#include "lib/bits.h"
#include "lib/fuzz_sizes.h"

#define DATA_BYTES FUZZ_SIZE(1u << 20, 64u << 10)
#define DESC_BYTES (FUZZ_SIZE(8192u, 64u) * (uint32_t)sizeof(struct kdump_page))
#define BITS_BYTES (64u << 10)

static int region_open(struct kdump_region *g, uint32_t size)
{
	*g = (struct kdump_region){ .buf = malloc(size), .size = size };
	return g->buf ? 0 : -ENOMEM;
}

int kdump_regions_open(struct kdump_writer *w)
{
	uint32_t data = DATA_BYTES;

	/* a chunk's header in front, its tokens behind */
	if (w->tail)
		data += sizeof(struct kdump_chunk) + TOKENS_CHUNK_MAX * sizeof(uint16_t);
	return region_open(&w->data, data) || region_open(&w->desc, DESC_BYTES) ||
			       region_open(&w->bits, BITS_BYTES)
		       ? -ENOMEM
		       : 0;
}

int kdump_region_flush(struct kdump_writer *w, struct kdump_region *g)
{
	int r = g->len ? sink_put(w->out, g->off, g->buf, g->len) : 0;

	if (r)
		return r;
	g->off += g->len;
	g->len = 0;
	if (g->off > w->base.bytes)
		w->base.bytes = g->off;
	return 0;
}

int kdump_region_add(struct kdump_writer *w, struct kdump_region *g, const void *bytes, uint32_t n)
{
	if (n > g->size - g->len) {
		int r = kdump_region_flush(w, g);

		if (r)
			return r;
	}
	memcpy(g->buf + g->len, bytes, n);
	g->len += n;
	return 0;
}

int kdump_region_seek(struct kdump_writer *w, struct kdump_region *g, uint64_t off)
{
	int r = g->off + g->len == off ? 0 : kdump_region_flush(w, g);

	if (!r && !g->len)
		g->off = off;
	return r;
}

uint32_t kdump_data_bytes(const struct kdump_writer *w, const struct tokens_page *p)
{
	return p->kind == TOKENS_PACKED ? p->size : p->kind == TOKENS_RAW ? w->block : 0;
}

struct kdump_page kdump_descriptor(const struct kdump_writer *w, const struct tokens_page *p)
{
	uint32_t flag = compress_flag(w->codec);

	switch (p->kind) {
	case TOKENS_PACKED:
		return (struct kdump_page){ p->off, p->size, flag, 0 };
	case TOKENS_RAW:
		return (struct kdump_page){ p->off, w->block, 0, 0 };
	case TOKENS_SHARED:
		return (struct kdump_page){ p->off, p->size ? p->size : w->block,
					    p->size ? flag : 0, 0 };
	case TOKENS_ZERO:
		return (struct kdump_page){ w->zero_off, w->zero_len,
					    w->zero_len == w->block ? 0 : flag, 0 };
	case TOKENS_LOST:
		break;
	}
	/* offset 0: crash says "page incomplete" and goes on */
	return (struct kdump_page){ 0, w->block, 0, 0 };
}

int kdump_extend_bits(struct kdump_writer *w, uint64_t end)
{
	struct kdump_region *g = &w->bits;

	while (g->off + g->len < end) {
		uint64_t gap = end - g->off - g->len;
		uint32_t n = g->size - g->len;

		if (!n) {
			int r = kdump_region_flush(w, g);

			if (r)
				return r;
			continue;
		}
		n = gap < n ? (uint32_t)gap : n;
		memset(g->buf + g->len, 0, n);
		g->len += n;
	}
	return 0;
}

int kdump_put_bit(struct kdump_writer *w, uint64_t base, uint64_t pfn)
{
	uint64_t off = base + pfn / 8;
	int r = 0;

	/* where bytes that were never put read as zeros anyway, long runs are not put */
	if (w->sparse && off > w->bits.off + w->bits.len + 4096)
		r = kdump_region_seek(w, &w->bits, off);
	if (!r)
		r = kdump_extend_bits(w, off + 1);
	if (!r)
		w->bits.buf[off - w->bits.off] |= (uint8_t)(1u << pfn % 8);
	return r;
}

int kdump_put_ram_piece(struct kdump_writer *w, uint64_t base, uint64_t pfn, uint64_t *ret_end)
{
	uint64_t ram[512], data[512], all = w->bitmap_blocks / 2 * w->block;
	uint64_t at = pfn / 8 / sizeof(ram) * sizeof(ram);
	uint32_t n = all - at < sizeof(ram) ? (uint32_t)(all - at) : sizeof(ram);
	int r = w->sparse ? kdump_region_seek(w, &w->bits, base + at)
			  : kdump_extend_bits(w, base + at);

	*ret_end = (at + n) * 8;
	if (r || (w->sparse && vmcore_next_ram(&w->core->vmcore, at * 8) >= *ret_end))
		return r;
	vmcore_ram_bits(&w->core->vmcore, at * 8, n * 8, ram, data);
	return kdump_region_add(w, &w->bits, ram, n);
}

int kdump_put_ram_bitmap(struct kdump_writer *w, uint64_t off)
{
	uint64_t pfn = 0, end = w->bitmap_blocks / 2 * w->block * 8;
	int r = kdump_region_seek(w, &w->bits, off);

	while (pfn < end && !r)
		r = kdump_put_ram_piece(w, off, pfn, &pfn);
	return r ? r : kdump_region_flush(w, &w->bits);
}
