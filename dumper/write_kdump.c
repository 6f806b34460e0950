/* SPDX-License-Identifier: MIT */
/*
 * The kdump-compressed writer. Knows the file's layout; sees pages already compressed.
 */
#include "dumper/write_kdump.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dumper/bits.h"
#include "dumper/kdump_format.h"
#include "lib/bytes.h"
#include "lib/io.h"

#define DATA_BYTES	(1u << 20)
#define DESC_BYTES	(8192u * (uint32_t)sizeof(struct kdump_page))
#define BITS_BYTES	(64u << 10)

static int region_open(struct kdump_region *g, uint32_t size)
{
	*g = (struct kdump_region){ .buf = malloc(size), .size = size };
	return g->buf ? 0 : -ENOMEM;
}

static int region_flush(struct kdump_writer *w, struct kdump_region *g)
{
	int r = g->len ? sink_put(w->out, g->off, g->buf, g->len) : 0;

	g->off += g->len;
	g->len = 0;
	if (g->off > w->bytes)
		w->bytes = g->off;
	return r;
}

static int region_add(struct kdump_writer *w, struct kdump_region *g, const void *bytes, uint32_t n)
{
	if (n > g->size - g->len) {
		int r = region_flush(w, g);

		if (r)
			return r;
	}
	memcpy(g->buf + g->len, bytes, n);
	g->len += n;
	return 0;
}

/* Goes on at another offset of the file. */
static int region_seek(struct kdump_writer *w, struct kdump_region *g, uint64_t off)
{
	int r = g->off + g->len == off ? 0 : region_flush(w, g);

	if (!r && !g->len)
		g->off = off;
	return r;
}

static uint64_t note_off(const struct kdump_writer *w)
{
	return w->block + sizeof(struct kdump_sub_header);
}

static int put_sub_header(struct kdump_writer *w, const struct core *c)
{
	const struct vmcoreinfo *vi = &c->info;
	struct kdump_sub_header sh = {
		.phys_base = (uint64_t)c->kmem.phys_base,
		.dump_level = (int32_t)w->level,
		.end_pfn = (uint32_t)w->max_mapnr,
		.offset_note = c->vmcore.note_len ? note_off(w) : 0,
		.size_note = c->vmcore.note_len,
		.end_pfn_64 = w->max_mapnr,
		.max_mapnr_64 = w->max_mapnr,
	};

	if (vi->len) {
		sh.offset_vmcoreinfo = note_off(w) + vi->desc_off;
		sh.size_vmcoreinfo = vi->len;
	}
	return region_add(w, &w->data, &sh, sizeof(sh));
}

/* Device dumps make the notes megabytes: they pass through in pieces. */
static int put_notes(struct kdump_writer *w, const struct core *c)
{
	uint8_t buf[4096];

	for (uint64_t done = 0; done < c->vmcore.note_len;) {
		uint64_t left = c->vmcore.note_len - done;
		uint32_t n = left < sizeof(buf) ? (uint32_t)left : sizeof(buf);
		int r = io_pread(c->vmcore.fd, buf, n, c->vmcore.note_off + done);

		if (!r)
			r = region_add(w, &w->data, buf, n);
		if (r)
			return r;
		done += n;
	}
	return 0;
}

/* The page all zero pages share is the first page data, packed like any other page. */
static int put_zero_page(struct kdump_writer *w, struct compressor *zip)
{
	uint8_t *zero = calloc(2, w->block);
	size_t n;
	int r;

	if (!zero)
		return -ENOMEM;
	n = compress_page(zip, zero, zero + w->block);
	w->zero_off = w->data.off + w->data.len;
	w->zero_len = n ? (uint32_t)n : w->block;
	r = region_add(w, &w->data, n ? zero + w->block : zero, w->zero_len);
	free(zero);
	w->data_off = w->zero_off + w->zero_len;
	return r;
}

static void place_regions(struct kdump_writer *w, const struct core *c)
{
	uint64_t blocks_before = 1 + w->sub_hdr_blocks;
	uint64_t desc_bytes = vmcore_ram_pages(&c->vmcore) * sizeof(struct kdump_page);

	if (w->tail)
		return;
	/* the second bitmap, then the descriptors, then the room they could need */
	w->bits.off = (blocks_before + w->bitmap_blocks / 2) * w->block;
	w->desc.off = (blocks_before + w->bitmap_blocks) * w->block;
	w->data.off = w->desc.off + bytes_round_up(desc_bytes, w->block);
}

int kdump_open(struct kdump_writer *w, struct core *c, unsigned level, struct compressor *zip,
	       struct sink *out)
{
	uint64_t head;
	int r;

	memset(w, 0, sizeof(*w));
	w->out = out;
	w->core = c;
	w->tail = out->get != NULL;
	w->level = level;
	w->codec = zip->codec;
	w->block = 1u << c->vmcore.page_shift;
	w->max_mapnr = (vmcore_end(&c->vmcore) + w->block - 1) >> c->vmcore.page_shift;
	w->bitmap_blocks = 2 * (((w->max_mapnr + 7) / 8 + w->block - 1) / w->block);
	head = sizeof(struct kdump_sub_header) + c->vmcore.note_len;
	w->sub_hdr_blocks = (head + w->block - 1) / w->block;
	if (w->bitmap_blocks > UINT32_MAX || w->sub_hdr_blocks > INT32_MAX)
		return -EFBIG;
	if (region_open(&w->data, DATA_BYTES) || region_open(&w->desc, DESC_BYTES) ||
	    region_open(&w->bits, BITS_BYTES) || (w->tail && index_open(&w->index)))
		return -ENOMEM;
	w->data.off = w->block;
	r = put_sub_header(w, c);
	if (!r)
		r = put_notes(w, c);
	if (!r)
		r = region_flush(w, &w->data);
	if (r)
		return r;
	w->data.off = (1 + w->sub_hdr_blocks) * w->block;
	place_regions(w, c);
	return put_zero_page(w, zip);
}

void kdump_close(struct kdump_writer *w)
{
	free(w->data.buf);
	free(w->desc.buf);
	free(w->bits.buf);
	if (w->tail)
		index_close(&w->index);
}

/* w->at: where the page's own bytes begin, if it has any. */
static struct kdump_page descriptor(const struct kdump_writer *w, enum index_kind kind,
				    uint32_t size)
{
	switch (kind) {
	case INDEX_PACKED:
		return (struct kdump_page){ w->at, size, compress_flag(w->codec), 0 };
	case INDEX_RAW:
		return (struct kdump_page){ w->at, w->block, 0, 0 };
	case INDEX_ZERO:
		return (struct kdump_page){ w->zero_off, w->zero_len,
			w->zero_len == w->block ? 0 : compress_flag(w->codec), 0 };
	case INDEX_LOST:
		break;
	}
	/* offset 0: crash says "page incomplete" and goes on */
	return (struct kdump_page){ 0, w->block, 0, 0 };
}

static uint32_t data_bytes(const struct kdump_writer *w, enum index_kind kind, uint32_t size)
{
	return kind == INDEX_PACKED ? size : kind == INDEX_RAW ? w->block : 0;
}

/* Zeros in the bitmap region up to file offset end. */
static int extend_bits(struct kdump_writer *w, uint64_t end)
{
	struct kdump_region *g = &w->bits;

	while (g->off + g->len < end) {
		uint64_t gap = end - g->off - g->len;
		uint32_t n = g->size - g->len;

		if (!n) {
			int r = region_flush(w, g);

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

static uint64_t bitmap2_off(const struct kdump_writer *w)
{
	return (1 + w->sub_hdr_blocks + w->bitmap_blocks / 2) * w->block;
}

/* The bit of one page in the second bitmap. In a fixed layout long runs of zeros are not sent. */
static int put_bit(struct kdump_writer *w, uint64_t pfn)
{
	uint64_t off = bitmap2_off(w) + pfn / 8;
	int r = 0;

	if (!w->tail && off > w->bits.off + w->bits.len + 4096)
		r = region_seek(w, &w->bits, off);
	if (!r)
		r = extend_bits(w, off + 1);
	if (!r)
		w->bits.buf[off - w->bits.off] |= (uint8_t)(1u << pfn % 8);
	return r;
}

static int add_fixed(struct kdump_writer *w, uint64_t pfn, enum index_kind kind, uint32_t size)
{
	struct kdump_page d;
	int r;

	w->at = w->data.off + w->data.len;
	d = descriptor(w, kind, size);
	r = region_add(w, &w->desc, &d, sizeof(d));
	return r ? r : put_bit(w, pfn);
}

static int add_tail(struct kdump_writer *w, uint64_t pfn, enum index_kind kind, uint32_t size)
{
	uint64_t len;
	int r;

	if (index_full(&w->index)) {
		r = region_flush(w, &w->data);
		if (!r)
			r = index_spill(&w->index, w->out, w->data.off, &len);
		if (r)
			return r;
		w->data.off += len;
	}
	index_add(&w->index, pfn, kind, size);
	return 0;
}

int kdump_page(struct kdump_writer *w, uint64_t pfn, enum index_kind kind, const void *bytes,
	       uint32_t size)
{
	uint32_t n = data_bytes(w, kind, size);
	int r;

	/*
	 * the page must begin where the index says: a put in between would tear it from its
	 * place
	 */
	if (n > w->data.size - w->data.len) {
		r = region_flush(w, &w->data);
		if (r)
			return r;
	}
	r = w->tail ? add_tail(w, pfn, kind, size) : add_fixed(w, pfn, kind, size);
	return r || !n ? r : region_add(w, &w->data, bytes, n);
}

/* The first bitmap: which page frames exist. */
static int put_ram_bitmap(struct kdump_writer *w, const struct core *c, uint64_t off)
{
	uint64_t ram[512], data[512], bytes = w->bitmap_blocks / 2 * w->block;
	int r = region_seek(w, &w->bits, off);

	for (uint64_t done = 0; done < bytes && !r; done += sizeof(ram)) {
		uint64_t pfn = done * 8;
		uint32_t n = bytes - done < sizeof(ram) ? (uint32_t)(bytes - done) : sizeof(ram);

		if (!w->tail && vmcore_next_ram(&c->vmcore, pfn) >= pfn + n * 8ull) {
			r = region_seek(w, &w->bits, off + done + n);
			continue;
		}
		vmcore_ram_bits(&c->vmcore, pfn, n * 8, ram, data);
		r = region_add(w, &w->bits, ram, n);
	}
	return r ? r : region_flush(w, &w->bits);
}

static int replay_bit(void *ctx, uint64_t pfn, enum index_kind kind, uint32_t size)
{
	struct kdump_writer *w = ctx;

	(void)kind, (void)size;
	return put_bit(w, pfn);
}

static int replay_desc(void *ctx, uint64_t pfn, enum index_kind kind, uint32_t size)
{
	struct kdump_writer *w = ctx;
	struct kdump_page d = descriptor(w, kind, size);

	(void)pfn;
	w->at += data_bytes(w, kind, size);
	return region_add(w, &w->desc, &d, sizeof(d));
}

static void skip_bits(void *ctx, uint64_t len)
{
	(void)ctx, (void)len;
}

static void skip_data(void *ctx, uint64_t len)
{
	((struct kdump_writer *)ctx)->at += len;
}

/* Bitmaps and descriptors behind the page data, from the index. */
static int put_tail(struct kdump_writer *w, const struct core *c)
{
	struct index_visitor bit = { replay_bit, skip_bits, w },
			     desc = { replay_desc, skip_data, w };
	uint64_t off = bytes_round_up(w->data.off + w->data.len, w->block);
	uint64_t end = off + w->bitmap_blocks * w->block;
	int r = region_flush(w, &w->data);

	if (off / w->block - 1 > INT32_MAX)
		return -EFBIG;
	w->sub_hdr_blocks = off / w->block - 1;
	w->bits.off = off;
	if (!r)
		r = put_ram_bitmap(w, c, off);
	if (!r)
		r = index_replay(&w->index, w->out, &bit);
	if (!r)
		r = extend_bits(w, end);
	if (!r)
		r = region_flush(w, &w->bits);
	w->desc.off = end;
	w->at = w->data_off;
	if (!r)
		r = index_replay(&w->index, w->out, &desc);
	return r;
}

static void utsname(struct kdump_header *h, struct core *c)
{
	struct core_identity id;
	const char *fields[6];

	core_identify(c, &id);
	fields[0] = id.sysname[0] ? id.sysname : "Linux";
	fields[1] = id.nodename;
	fields[2] = id.release[0] ? id.release : "unknown";
	fields[3] = id.version[0] ? id.version : "unknown";
	/* crash refuses a file for another machine than its own */
	fields[4] = id.machine[0] ? id.machine : c->kmem.arch->name;
	fields[5] = id.domainname;
	for (int i = 0; i < 6; i++)
		snprintf(h->utsname[i], sizeof(h->utsname[i]), "%s", fields[i]);
	h->crash_s = (int64_t)id.crash_time_s;
}

static int put_header(struct kdump_writer *w, struct core *c)
{
	struct kdump_header h = {
		.signature = KDUMP_SIGNATURE,
		.header_version = KDUMP_HEADER_VERSION,
		.status = compress_flag(w->codec),
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

int kdump_finish(struct kdump_writer *w, struct core *c)
{
	int r;

	if (w->tail) {
		r = put_tail(w, c);
	} else {
		r = region_flush(w, &w->data);
		if (!r)
			r = put_ram_bitmap(w, c, (1 + w->sub_hdr_blocks) * w->block);
	}
	if (!r)
		r = region_flush(w, &w->desc);
	return r ? r : put_header(w, c);
}
