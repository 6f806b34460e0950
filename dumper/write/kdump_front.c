/* SPDX-License-Identifier: MIT */
/*
 * The layout with bitmaps and descriptors in front. Data, descriptors and bits reach the target
 * side by side, so that of a file that was cut all is there up to the cut.
 */
#include <errno.h>
#include <string.h>

#include "dumper/write/kdump_layout.h"
#include "lib/bytes.h"

/*
 * Of page data between two pieces of the rest: as much as was written already, so that a stream that is
 * cut early has the rest of most of its pages too, and within these bounds.
 */
#define SYNC_MIN (64u << 10)
#define SYNC_MAX (4u << 20)

static uint64_t bitmap2_off(const struct kdump_writer *w)
{
	return (1 + w->sub_hdr_blocks + w->bitmap_blocks / 2) * w->block;
}

/* Descriptors for the pages that were counted, or for all there can be. */
static uint64_t desc_room(const struct kdump_writer *w)
{
	uint64_t pages = w->planned;

	if (pages == UINT64_MAX)
		pages = vmcore_ram_pages(&w->core->vmcore);
	return bytes_round_up(pages * sizeof(struct kdump_page), w->block);
}

int kdump_front_plan(struct kdump_writer *w, uint64_t pfn, const uint64_t *bits, unsigned n)
{
	uint64_t off = bitmap2_off(w) + pfn / 8;
	uint64_t end = bitmap2_off(w) + w->bitmap_blocks / 2 * w->block;
	uint32_t bytes = off + n / 8 < end ? n / 8 : (uint32_t)(end - off);
	int r = 0;

	if (!w->bits.off)
		w->bits.off = bitmap2_off(w);
	r = w->sparse ? kdump_region_seek(w, &w->bits, off) : kdump_extend_bits(w, off);
	return r ? r : kdump_region_add(w, &w->bits, bits, bytes);
}

/* The rest of the planned bitmap. */
static int end_plan(struct kdump_writer *w)
{
	int r = 0;

	if (!w->bits.off)
		w->bits.off = bitmap2_off(w);
	if (!w->sparse)
		r = kdump_extend_bits(w, bitmap2_off(w) + w->bitmap_blocks / 2 * w->block);
	return r ? r : kdump_region_flush(w, &w->bits);
}

int kdump_front_begin(struct kdump_writer *w)
{
	int r;

	if (w->opt->split) {
		r = end_plan(w);
		if (r)
			return r;
	}
	w->bits.off = bitmap2_off(w);
	w->desc.off = (1 + w->sub_hdr_blocks + w->bitmap_blocks) * w->block;
	w->data.off = w->desc.off + desc_room(w);
	w->zero_off = w->data.off;
	w->synced = w->data.off;
	r = kdump_put_ram_bitmap(w, (1 + w->sub_hdr_blocks) * w->block);
	w->bits.off = bitmap2_off(w);
	return r ? r : kdump_region_add(w, &w->data, w->zero_bytes, w->zero_len);
}

/* The bitmap but for its last byte, which is not complete. */
static int flush_bits(struct kdump_writer *w)
{
	struct kdump_region *g = &w->bits;
	uint8_t last;
	int r;

	if (g->len < 2)
		return 0;
	last = g->buf[--g->len];
	r = kdump_region_flush(w, g);
	g->buf[0] = last;
	g->len = 1;
	return r;
}

static int flush_all(struct kdump_writer *w)
{
	int r = kdump_region_flush(w, &w->data);

	if (!r)
		r = kdump_region_flush(w, &w->desc);
	if (!r)
		r = flush_bits(w);
	w->synced = w->data.off;
	return r;
}

/* zero_off: where the page data begin. */
static bool sync_due(const struct kdump_writer *w)
{
	uint64_t before = w->synced - w->zero_off, since = w->data.off + w->data.len - w->synced;

	return since >= (before < SYNC_MIN ? SYNC_MIN : before < SYNC_MAX ? before : SYNC_MAX);
}

int kdump_front_page(struct kdump_writer *w, const struct tokens_page *p, const void *bytes,
		     uint32_t n, uint64_t *ret_off)
{
	struct tokens_page placed = *p;
	struct kdump_page d;
	int r = 0;

	if (sync_due(w))
		r = flush_all(w);
	*ret_off = w->data.off + w->data.len;
	if (n)
		placed.off = *ret_off;
	d = kdump_descriptor(w, &placed);
	if (!r)
		r = kdump_region_add(w, &w->desc, &d, sizeof(d));
	if (!r && !w->opt->split)
		r = kdump_put_bit(w, bitmap2_off(w), p->pfn);
	return r ? r : kdump_region_add(w, &w->data, bytes, n);
}

int kdump_front_finish(struct kdump_writer *w)
{
	int r = kdump_region_flush(w, &w->data);

	if (!r)
		r = kdump_region_flush(w, &w->desc);
	return r ? r : kdump_region_flush(w, &w->bits);
}
