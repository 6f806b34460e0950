/* SPDX-License-Identifier: MIT */
/*
 * What both layouts have: sub header and notes in front, the header block last.
 */
#include "dumper/write/write_kdump.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dumper/format/kdump_format.h"
#include "dumper/kernel/crash_identity.h"
#include "dumper/write/kdump_layout.h"
#include "lib/bits.h"
#include "lib/bytes.h"
#include "lib/cleanup.h"
#include "lib/fuzz_sizes.h"

static uint64_t note_off(const struct kdump_writer *w)
{
	return w->block + sizeof(struct kdump_sub_header);
}

static int put_sub_header(struct kdump_writer *w)
{
	const struct vmcoreinfo *vi = &w->core->info;
	uint64_t notes = w->core->vmcore.note_len;
	struct kdump_sub_header sh = {
		.phys_base = (uint64_t)w->core->kmem.phys_base,
		.dump_level = (int32_t)(w->opt->level | w->core->vmcore.dump_level),
		.split = w->opt->split,
		.start_pfn = (uint32_t)w->first_pfn,
		.end_pfn = (uint32_t)w->last_pfn,
		.offset_note = notes ? note_off(w) : 0,
		.size_note = notes,
		.start_pfn_64 = w->first_pfn,
		.end_pfn_64 = w->last_pfn,
		.max_mapnr_64 = w->max_mapnr,
	};

	if (vi->len) {
		sh.offset_vmcoreinfo = note_off(w) + vi->desc_off;
		sh.size_vmcoreinfo = vi->len;
	}
	return kdump_region_add(w, &w->data, &sh, sizeof(sh));
}

static int add_notes(struct writer *base, const void *bytes, uint32_t n)
{
	struct kdump_writer *w = container_of(base, struct kdump_writer, base);

	return kdump_region_add(w, &w->data, bytes, n);
}

static int kdump_begin(struct writer *base)
{
	struct kdump_writer *w = container_of(base, struct kdump_writer, base);
	int r;

	w->data.off = w->block;
	r = put_sub_header(w);
	if (!r)
		r = writer_put_notes(base, &w->core->vmcore, add_notes);
	if (!r)
		r = kdump_region_flush(w, &w->data);
	if (r)
		return r;
	w->data.off = (1 + w->sub_hdr_blocks) * w->block;
	return w->tail ? kdump_tail_begin(w) : kdump_front_begin(w);
}

static int kdump_begin_next(struct writer *base)
{
	return kdump_tail_begin_next(container_of(base, struct kdump_writer, base));
}

static int kdump_emit(struct writer *base, const struct batch *b)
{
	struct kdump_writer *w = container_of(base, struct kdump_writer, base);
	struct page_share_entry stored[BATCH_PAGES_MAX];
	const uint8_t *bytes = b->bytes;

	for (unsigned i = 0; i < b->n; i++) {
		const struct tokens_page *p = &b->page[i].page;
		uint32_t n = kdump_data_bytes(w, p);
		uint64_t off = 0;
		int r = w->tail ? kdump_tail_page(w, p, bytes, n, &off)
				: kdump_front_page(w, p, bytes, n, &off);

		if (r)
			return r;
		bytes += n;
		stored[i] = (struct page_share_entry){
			.hash = b->page[i].hash, .pfn = p->pfn, .off = n ? off : 0, .size = p->size
		};
	}
	page_share_add(&w->share, stored, b->n);
	w->lost += b->lost;
	return 0;
}

static void utsname(struct kdump_header *h, struct crash *c)
{
	struct crash_identity id;
	const char *fields[6];

	crash_identify(c, &id);
	fields[0] = id.sysname[0] ? id.sysname : "Linux";
	fields[1] = id.nodename;
	fields[2] = id.release[0] ? id.release : "unknown";
	fields[3] = id.version[0] ? id.version : "unknown";
	/* crash refuses a file for another machine than its own */
	fields[4] = id.machine[0] ? id.machine : c->kmem.arch ? c->kmem.arch->name : "unknown";
	fields[5] = id.domainname;
	for (int i = 0; i < 6; i++)
		snprintf(h->utsname[i], sizeof(h->utsname[i]), "%s", fields[i]);
	h->crash_s = (int64_t)id.crash_time_s;
}

/* Pages are missing beside those that the source itself marked as lost. */
static bool lacks_pages(const struct kdump_writer *w)
{
	return w->incomplete || (w->opt->damage_is_incomplete && w->lost &&
				 w->lost > vmcore_pages_lost(&w->core->vmcore));
}

/* The same in all parts of a split dump: crash compares them. */
static int put_header(struct kdump_writer *w)
{
	struct crash *c = w->core;
	struct kdump_header h = {
		.signature = KDUMP_SIGNATURE,
		.header_version = KDUMP_HEADER_VERSION,
		.status = compress_flag(w->codec) | (lacks_pages(w) ? KDUMP_INCOMPLETE : 0) |
			  (w->base.struct_pages_excluded ? KDUMP_NO_VMEMMAP : 0) |
			  (c->vmcore.status & (KDUMP_INCOMPLETE | KDUMP_NO_VMEMMAP)),
		.block_size = (int32_t)w->block,
		.sub_hdr_size = (int32_t)w->sub_hdr_blocks,
		.bitmap_blocks = (uint32_t)w->bitmap_blocks,
		.max_mapnr = w->max_mapnr < UINT32_MAX ? (uint32_t)w->max_mapnr : UINT32_MAX,
		.nr_cpus = c->info.prstatus ? (int32_t)c->info.prstatus : 1,
	};

	utsname(&h, c);
	memset(w->data.buf, 0, w->block);
	memcpy(w->data.buf, &h, sizeof(h));
	return sink_put(w->out, 0, w->data.buf, w->block);
}

static int kdump_finish(struct writer *base)
{
	struct kdump_writer *w = container_of(base, struct kdump_writer, base);
	int r = w->tail ? kdump_tail_finish(w) : kdump_front_finish(w);

	return r ? r : put_header(w);
}

static int kdump_finish_full(struct writer *base)
{
	struct kdump_writer *w = container_of(base, struct kdump_writer, base);
	int r = kdump_tail_finish_full(w);

	return r ? r : put_header(w);
}

static void kdump_close(struct writer *base)
{
	struct kdump_writer *w = container_of(base, struct kdump_writer, base);

	free(w->data.buf);
	free(w->desc.buf);
	free(w->bits.buf);
	free(w->zero_bytes);
	page_share_close(&w->share);
	if (w->tail)
		kdump_index_close(&w->index);
}

static int plan(struct writer *base, uint64_t pfn, const uint64_t *bits, unsigned n)
{
	struct kdump_writer *w = container_of(base, struct kdump_writer, base);

	for (unsigned i = bits_next(bits, 0, n, 1); i < n; i = bits_next(bits, i + 1, n, 1))
		w->planned += pfn + i >= w->first_pfn && pfn + i < w->last_pfn;
	return w->opt->split ? kdump_front_plan(w, pfn, bits, n) : 0;
}

static void measure_regions(struct kdump_writer *w)
{
	const struct vmcore *v = &w->core->vmcore;
	uint64_t head = sizeof(struct kdump_sub_header) + v->note_len;

	w->block = 1u << v->page_shift;
	w->max_mapnr = (vmcore_end(v) + w->block - 1) >> v->page_shift;
	w->bitmap_blocks = 2 * (((w->max_mapnr + 7) / 8 + w->block - 1) / w->block);
	w->sub_hdr_blocks = (head + w->block - 1) / w->block;
	w->last_pfn = w->max_mapnr;
	if (w->opt->split) {
		w->first_pfn = w->opt->start_pfn;
		w->last_pfn = w->opt->end_pfn < w->max_mapnr ? w->opt->end_pfn : w->max_mapnr;
	}
}

/* The page all zero pages share, packed like any other page. */
static int pack_zero_page(struct kdump_writer *w, struct compressor *zip)
{
	_free_ uint8_t *packed = malloc(w->block);
	size_t n;

	w->zero_bytes = calloc(1, w->block);
	if (!w->zero_bytes || !packed)
		return -ENOMEM;
	n = compress_page(zip, w->zero_bytes, packed);
	w->zero_len = n && n <= TOKENS_SIZE_MAX ? (uint32_t)n : w->block;
	if (w->zero_len != w->block)
		memcpy(w->zero_bytes, packed, n);
	return 0;
}

static int allocate(struct kdump_writer *w, struct compressor *zip)
{
	int r = kdump_regions_open(w);

	if (!r)
		r = page_share_open(&w->share);
	if (!r && w->tail)
		r = kdump_index_open(&w->index, w->block);
	return r ? r : pack_zero_page(w, zip);
}

int kdump_open(struct kdump_writer *w, struct crash *c, const struct dump_options *opt,
	       struct compressor *zip, struct sink *out)
{
	/* the parts of a split dump must have the same header, so page data cannot decide it */
	bool classic = opt->split || opt->format == DUMP_KDUMP_CLASSIC;
	int r;

	*w = (struct kdump_writer){
		.base = { .encoding = WRITER_PAGES,
			  .begin = kdump_begin,
			  .emit = kdump_emit,
			  .finish = kdump_finish,
			  .close = kdump_close },
		.out = out,
		.core = c,
		.opt = opt,
		.codec = zip->codec,
		.planned = UINT64_MAX,
		.tail = out->get && !classic,
		.sparse = !out->get || out->zeros,
		.incomplete = opt->incomplete,
	};
	measure_regions(w);
	w->base.batch_pages = FUZZ_SIZE(256u << 10, 64u << 10) / w->block;
	w->base.share = &w->share;
	if (w->tail) {
		w->base.begin_next = kdump_begin_next;
		w->base.finish_full = kdump_finish_full;
	}
	if (classic) {
		w->planned = 0;
		w->base.plan = plan;
	}
	if (w->bitmap_blocks > UINT32_MAX || w->sub_hdr_blocks > INT32_MAX)
		return -EFBIG;
	r = allocate(w, zip);
	if (r)
		kdump_close(&w->base);
	return r;
}
