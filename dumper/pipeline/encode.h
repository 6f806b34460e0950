/* SPDX-License-Identifier: MIT */
/*
 * What one thread makes of a batch of pages: reads them, looks for zeros and for pages that the
 * dump has already, compresses the rest. All its memory exists before the first page.
 */
#ifndef DUMPER_PIPELINE_ENCODE_H
#define DUMPER_PIPELINE_ENCODE_H

#include <stdint.h>

#include "dumper/compress/compress.h"
#include "dumper/compress/compress_frame.h"
#include "dumper/filter/filter.h"
#include "dumper/read/vmcore.h"
#include "dumper/write/writer.h"

#define ENCODE_TWINS 4

/* A part of a unit with as many frames to dump as a batch takes. */
struct piece {
	const struct filter_unit *unit;
	const uint64_t *todo; /* bits of the unit's frames */
	unsigned from, to;
};

/* One owner (thread) each. */
struct encoder {
	const struct vmcore *vmcore;
	const struct writer *writer;
	struct vmcore_window window;
	struct compressor zip;
	struct frame_compressor frame;
	uint8_t *window_buf;
	uint8_t *raw; /* WRITER_FRAMES: what becomes the frame */
	/* Copies of pages that were found again: the same few are, time after time. */
	uint8_t *twin_bytes;
	uint64_t twin_pfn[ENCODE_TWINS];
	unsigned next_twin;
};

/*
 * v: the thread's own, borrowed. codec and level of WRITER_PAGES, level of WRITER_FRAMES (0: our
 * own). batch_bytes: size of a batch's pages. 0, -ENOMEM, -EINVAL. encode_close may follow an
 * error.
 */
int encode_open(struct encoder *e, const struct vmcore *v, const struct writer *w,
		enum dump_codec codec, int level, size_t batch_bytes);
void encode_close(struct encoder *e);

/* Room that a batch's bytes need for batch_bytes of pages. */
size_t encode_room(const struct writer *w, size_t batch_bytes, size_t page);

/* Fills *ret but for its place in the order. Never fails: an unreadable page is a lost one. */
void encode_batch(struct encoder *e, const struct piece *p, struct batch *ret);

#endif
