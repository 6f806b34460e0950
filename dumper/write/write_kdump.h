/* SPDX-License-Identifier: MIT */
/*
 * Pages → a kdump-compressed file. Two layouts, both read by stock tools:
 *
 * tail, where the target can be read back (files, devices): header, sub header, notes, page data,
 * bitmaps, descriptors, in one pass. sub_hdr_size is declared so long that it covers the page data.
 * Writes are strictly sequential but for the header block, which comes last. Page data lie in
 * chunks with headers of their own, so that a file cut anywhere can be made openable. Where struct
 * pages are excluded, the first bitmap has no bits where a block of the second one would have none.
 *
 * front: bitmaps and descriptors at their usual place. On request, after a pass that counts the
 * pages (classic); and for streams with offsets (flattened), where the page data lie behind the
 * room that descriptors of all RAM would take: one pass, and the gap is never sent.
 */
#ifndef DUMPER_WRITE_WRITE_KDUMP_H
#define DUMPER_WRITE_WRITE_KDUMP_H

#include <stdbool.h>
#include <stdint.h>

#include "dumper/compress/compress.h"
#include "dumper/kernel/crash.h"
#include "dumper/write/dump_options.h"
#include "dumper/write/kdump_index.h"
#include "dumper/write/page_share.h"
#include "dumper/write/writer.h"
#include "lib/sink.h"

/* Bytes for one region of the file, collected to large puts. */
struct kdump_region {
	uint8_t *buf;
	uint32_t size, len;
	uint64_t off; /* of buf[0] in the file */
};

struct kdump_writer {
	struct writer base;
	struct sink *out;
	struct crash *core;
	const struct dump_options *opt;
	bool tail;
	bool incomplete; /* pages are missing: the header says so */
	uint64_t pages;	 /* tail: that were emitted */
	uint64_t lost;	 /* of the emitted pages: not readable */
	bool sparse;	 /* what is never put reads as zeros */
	enum dump_codec codec;
	uint32_t block;
	uint64_t max_mapnr;
	uint64_t sub_hdr_blocks, bitmap_blocks;
	uint64_t zero_off; /* of the shared zero page */
	uint32_t zero_len;
	uint8_t *zero_bytes;
	uint64_t planned; /* front: pages that will come; UINT64_MAX: not counted */
	struct kdump_region data, desc, bits;
	uint64_t synced;	  /* front: page data up to here have their descriptors */
	struct kdump_index index; /* tail */
	struct page_share share;
	uint64_t first_pfn, last_pfn; /* split: [first, last) get descriptors */
};

/*
 * codec: what WRITER_PAGES batches are compressed with; zip packs the shared zero page. 0, -ENOMEM,
 * -EFBIG: the format cannot hold it. Nothing is written before begin().
 */
int kdump_open(struct kdump_writer *w, struct crash *c, const struct dump_options *opt,
	       struct compressor *zip, struct sink *out);

#endif
