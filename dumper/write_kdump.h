/* SPDX-License-Identifier: MIT */
/*
 * Pages → a kdump-compressed file in one pass. Two layouts, both read by stock tools:
 *
 * tail, where the target can be read back (files, devices): header, sub header, notes, page data,
 * bitmaps, descriptors. sub_hdr_size is declared so long that it covers the page data. Writes are
 * strictly sequential but for the header block, which comes last.
 *
 * fixed, for streams with offsets (flattened): bitmaps and descriptors at their usual place,
 * the page data behind the room that descriptors of all RAM would take. Everything can be sent
 * as it is made, in constant memory; the gap costs nothing, as it is never sent.
 */
#ifndef DUMPER_WRITE_KDUMP_H
#define DUMPER_WRITE_KDUMP_H

#include <stdbool.h>
#include <stdint.h>

#include "dumper/compress.h"
#include "dumper/core.h"
#include "dumper/index.h"
#include "lib/sink.h"

/* Bytes for one region of the file, collected to large puts. */
struct kdump_region {
	uint8_t *buf;
	uint32_t size, len;
	uint64_t off;		/* of buf[0] in the file */
};

struct kdump_writer {
	struct sink *out;
	const struct core *core;
	bool tail;
	unsigned level;
	enum compress_codec codec;
	uint32_t block;
	uint64_t max_mapnr;
	uint64_t sub_hdr_blocks, bitmap_blocks;
	uint64_t zero_off;		/* of the shared zero page */
	uint32_t zero_len;
	uint64_t data_off;		/* of the first page data behind the zero page */
	struct kdump_region data, desc, bits;
	struct index index;		/* tail */
	uint64_t at;			/* replay: page data offset */
	uint64_t bytes;			/* end of the file so far */
};

/* Writes sub header and notes. 0, -ENOMEM, -EFBIG: the format cannot hold it; the sink's errors. */
int kdump_open(struct kdump_writer *w, struct core *c, unsigned level, struct compressor *zip,
	       struct sink *out);

/* The next page, in ascending pfn order; bytes is what compress_page made, or the page itself. */
int kdump_page(struct kdump_writer *w, uint64_t pfn, enum index_kind kind, const void *bytes,
	       uint32_t size);

/* Index, bitmaps and header. The file is complete then; the sink is the caller's to commit. */
int kdump_finish(struct kdump_writer *w, struct core *c);
void kdump_close(struct kdump_writer *w);

#endif
