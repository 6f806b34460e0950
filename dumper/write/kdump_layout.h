/* SPDX-License-Identifier: MIT */
/*
 * The two layouts of the kdump writer (write_kdump.h). For write_kdump.c alone.
 */
#ifndef DUMPER_WRITE_KDUMP_LAYOUT_H
#define DUMPER_WRITE_KDUMP_LAYOUT_H

#include "dumper/format/kdump_format.h"
#include "dumper/write/write_kdump.h"

/* Regions: bytes of one part of the file. 0, -ENOMEM, or the sink's error. */
int kdump_regions_open(struct kdump_writer *w);
int kdump_region_add(struct kdump_writer *w, struct kdump_region *g, const void *bytes, uint32_t n);
int kdump_region_flush(struct kdump_writer *w, struct kdump_region *g);
/* Goes on at another offset of the file. */
int kdump_region_seek(struct kdump_writer *w, struct kdump_region *g, uint64_t off);

/* What the page has of its own in the data region. */
uint32_t kdump_data_bytes(const struct kdump_writer *w, const struct tokens_page *p);
struct kdump_page kdump_descriptor(const struct kdump_writer *w, const struct tokens_page *p);

/* The first bitmap, which page frames exist, at off. */
int kdump_put_ram_bitmap(struct kdump_writer *w, uint64_t off);
/*
 * Of the first bitmap, which begins at base, the 4096 bytes with this page frame; zeros up to them.
 * *ret_end: the frame behind them.
 */
int kdump_put_ram_piece(struct kdump_writer *w, uint64_t base, uint64_t pfn, uint64_t *ret_end);
/* The bit of one page in the second bitmap, which begins at base; zeros up to it. */
int kdump_put_bit(struct kdump_writer *w, uint64_t base, uint64_t pfn);
int kdump_extend_bits(struct kdump_writer *w, uint64_t end);

int kdump_tail_begin(struct kdump_writer *w);
int kdump_tail_begin_next(struct kdump_writer *w);
/* n bytes; *ret_off: where they lie in the file. */
int kdump_tail_page(struct kdump_writer *w, const struct tokens_page *p, const void *bytes,
		    uint32_t n, uint64_t *ret_off);
int kdump_tail_finish(struct kdump_writer *w);
/* Instead, or behind it, after -ENOSPC. -ENOSPC: not even so. */
#define KDUMP_SPARE_BYTES (1u << 20)
int kdump_tail_finish_full(struct kdump_writer *w);

/* Split: the second bitmap of all memory, before anything else. n: whole bytes of bits. */
int kdump_front_plan(struct kdump_writer *w, uint64_t pfn, const uint64_t *bits, unsigned n);
int kdump_front_begin(struct kdump_writer *w);
int kdump_front_page(struct kdump_writer *w, const struct tokens_page *p, const void *bytes,
		     uint32_t n, uint64_t *ret_off);
int kdump_front_finish(struct kdump_writer *w);

#endif
