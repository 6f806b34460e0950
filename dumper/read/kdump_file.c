/* SPDX-License-Identifier: MIT */
/*
 * The headers are checked once, here: afterwards the bitmaps are inside the file. Descriptors and
 * page data may be cut off; that costs the pages they belong to.
 */
#include "dumper/read/kdump_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dumper/read/vmcore.h"
#include "lib/bits.h"
#include "lib/bytes.h"

#define MAX_GROUPS (1u << 17) /* of frames: 1 MiB of ranks up to 16 TiB of RAM */
#define MIN_SHIFT  12
#define MAX_SHIFT  16

static const char no_header[] =
	"the header is missing: a dump that was not finished? (--recover saves what is there)";

static bool all_zero(const void *bytes, size_t n)
{
	const uint8_t *p = bytes;

	return !n || (!p[0] && !memcmp(p, p + 1, n - 1));
}

/* More than MAX_SHIFT: no such block. */
static unsigned block_shift(uint32_t bytes)
{
	unsigned shift = MIN_SHIFT;

	while (shift <= MAX_SHIFT && bytes != 1u << shift)
		shift++;
	return shift;
}

/* -ENOEXEC: no header there, whatever else the file may be. */
static int read_header(struct kdump_file *p, const char **why)
{
	struct kdump_header h;

	*why = "too short for a dump's header";
	if (source_read(&p->src, &h, sizeof(h), 0))
		return -ENOEXEC;
	*why = all_zero(&h, sizeof(h)) ? no_header : "no dump: the signature is unknown";
	if (memcmp(h.signature, KDUMP_SIGNATURE, sizeof(h.signature)))
		return -ENOEXEC;
	*why = "the dump is of a big-endian machine, which this program does not read";
	if (block_shift(__builtin_bswap32((uint32_t)h.block_size)) <= MAX_SHIFT)
		return -EBADMSG;
	*why = "the dump's header has an impossible page size, or none of a 64-bit kernel";
	p->shift = block_shift((uint32_t)h.block_size);
	if (p->shift > MAX_SHIFT || h.header_version < 1)
		return -EBADMSG;
	*why = "the dump's header has impossible sizes";
	if (h.sub_hdr_size < 1 || !h.bitmap_blocks || h.bitmap_blocks % 2)
		return -EBADMSG;
	p->header = h;
	return 0;
}

/* What older versions did not have yet comes from elsewhere, or is nothing. */
static void complete_sub(struct kdump_file *p)
{
	struct kdump_sub_header *s = &p->sub;

	if (p->header.header_version < 2)
		s->split = 0;
	if (p->header.header_version < 3)
		s->offset_vmcoreinfo = s->size_vmcoreinfo = 0;
	if (p->header.header_version < 4)
		s->offset_note = s->size_note = 0;
	if (p->header.header_version < 6) {
		s->start_pfn_64 = s->start_pfn;
		s->end_pfn_64 = s->end_pfn;
		s->max_mapnr_64 = p->header.max_mapnr;
	}
}

static int use_sub(struct kdump_file *p, const char **why)
{
	const struct kdump_sub_header *s = &p->sub;

	*why = "the dump's sub header has impossible page frames";
	p->max_mapnr = s->max_mapnr_64;
	if (!p->max_mapnr || p->max_mapnr > 1ull << (VMCORE_MAX_PHYS_BITS - p->shift))
		return -EBADMSG;
	p->start = s->split ? s->start_pfn_64 : 0;
	p->end = s->split ? s->end_pfn_64 : p->max_mapnr;
	if (p->start > p->end || p->end > p->max_mapnr)
		return -EBADMSG;
	if (bytes_inside(s->offset_note, s->size_note, p->src.size)) {
		p->note_off = s->offset_note;
		p->note_len = s->size_note;
	} else {
		p->truncated = true;
	}
	return 0;
}

static int read_sub(struct kdump_file *p, const char **why)
{
	*why = "the dump ends before its sub header";
	if (source_read(&p->src, &p->sub, sizeof(p->sub), 1ull << p->shift))
		return -EBADMSG;
	complete_sub(p);
	return use_sub(p, why);
}

/* The sub header comes first of all, the header last. It says enough to know the page size by. */
static int guess_header(struct kdump_file *p, const char **why)
{
	const char *ignored;

	for (p->shift = MIN_SHIFT; p->shift <= MAX_SHIFT; p->shift++) {
		struct kdump_sub_header *s = &p->sub;
		uint64_t block = 1ull << p->shift;

		if (source_read(&p->src, s, sizeof(*s), block))
			break;
		if (s->size_note ? s->offset_note != block + sizeof(*s) : s->offset_note != 0)
			continue;
		if ((s->split != 0 && s->split != 1) || s->phys_base % block ||
		    (!s->split && s->end_pfn_64 != s->max_mapnr_64) || use_sub(p, &ignored))
			continue;
		p->headless = true;
		p->truncated = true;
		return 0;
	}
	*why = "neither the dump's header nor its sub header is there: nothing can be saved";
	return -ENODATA;
}

/* Bytes of one bitmap. */
static uint64_t bitmap_bytes(const struct kdump_file *p)
{
	uint64_t block = 1ull << p->shift;

	return p->headless ? bytes_round_up((p->max_mapnr + 7) / 8, block)
			   : p->header.bitmap_blocks / 2 * block;
}

/* Where headers and notes end, as every writer places them. */
static uint64_t notes_end(const struct kdump_file *p)
{
	uint64_t block = 1ull << p->shift;

	return block + bytes_round_up(sizeof(p->sub) + p->note_len, block);
}

static bool place_bitmaps(struct kdump_file *p)
{
	uint64_t half = bitmap_bytes(p), block = 1ull << p->shift;
	uint64_t at = p->headless ? notes_end(p) : (1 + (uint64_t)p->header.sub_hdr_size) * block;

	if (half < (p->max_mapnr + 7) / 8 || !bytes_inside(at, 2 * half, p->src.size))
		return false;
	p->ram_off = at;
	p->bits_off = at + half;
	p->desc_off = at + 2 * half;
	return true;
}

/*
 * Where RAM ends inside a block QEMU counts the whole ones, but writes the last one too, with zeros
 * behind RAM's end (dump/dump.c: get_max_mapnr, get_next_page).
 */
static void take_last_block(struct kdump_file *p)
{
	uint64_t next = p->max_mapnr;
	uint8_t byte;

	if (p->shift == MIN_SHIFT || p->headless || p->sub.split || next / 8 >= bitmap_bytes(p) ||
	    next >= 1ull << (VMCORE_MAX_PHYS_BITS - p->shift))
		return;
	if (!source_read(&p->src, &byte, 1, p->bits_off + next / 8) && byte >> next % 8 & 1)
		p->max_mapnr = p->end = next + 1;
}

/* Bits [from, to) of a bitmap, piece by piece, holes unread. */
static uint64_t count(const struct kdump_file *p, uint64_t map, uint64_t from, uint64_t to)
{
	uint64_t bits[KDUMP_PIECE / 64], sum = 0;

	while (from < to) {
		uint64_t end = (from / KDUMP_PIECE + 1) * KDUMP_PIECE;
		uint64_t next = source_next_data(&p->src, map + from / 8);
		unsigned n;

		if (next == UINT64_MAX || (next - map) * 8 >= to)
			break;
		end = end < to ? end : to;
		if ((next - map) * 8 >= end) {
			from = (next - map) / (KDUMP_PIECE / 8) * KDUMP_PIECE;
			from = from < end ? end : from;
			continue;
		}
		n = (unsigned)(end - from);
		kdump_file_data(p, from, n, bits);
		sum += bits_count(bits, n);
		from = end;
	}
	return sum;
}

static uint64_t group_start(const struct kdump_file *p, uint64_t group)
{
	uint64_t pfn = ((p->start >> p->rank_shift) + group) << p->rank_shift;

	return pfn < p->start ? p->start : pfn < p->end ? pfn : p->end;
}

static bool all_descs(const struct kdump_file *p)
{
	return p->n_desc <= (p->src.size - p->desc_off) / sizeof(struct kdump_page);
}

static int fill_ranks(struct kdump_file *p, const char **why)
{
	uint64_t groups, sum = 0;

	*why = "no memory";
	for (p->rank_shift = 15;; p->rank_shift++) {
		groups = (p->end >> p->rank_shift) - (p->start >> p->rank_shift) + 1;
		if (groups <= MAX_GROUPS)
			break;
	}
	p->ranks = malloc(groups * sizeof(*p->ranks));
	if (!p->ranks)
		return -ENOMEM;
	for (uint64_t i = 0; i < groups; i++) {
		p->ranks[i] = sum;
		sum += count(p, p->bits_off, group_start(p, i), group_start(p, i + 1));
	}
	p->n_desc = sum;
	p->truncated |= !all_descs(p);
	return 0;
}

/* The index is gone; chunks tell what the pages are. */
static int open_chunks(struct kdump_file *p, const char **why)
{
	int r = kdump_chunks_open(&p->chunks, &p->src, notes_end(p), 1u << p->shift, p->max_mapnr);

	p->truncated = true;
	p->bits_off = 0;
	*why = "no memory";
	if (r == -ENOMEM)
		return r;
	*why = "the dump ends before its bitmaps, and no page data can be found: nothing to save";
	return p->chunks.n ? 0 : -ENODATA;
}

static int open_index(struct kdump_file *p, bool damaged, const char **why)
{
	struct kdump_chunk h;
	bool chunks = damaged && !chunk_read(&p->src, notes_end(p), &h, NULL);
	/* without a header only the flattened layout has its bitmaps at a place that is known */
	bool index = p->headless ? !chunks && p->src.layer && place_bitmaps(p) : place_bitmaps(p);
	int r = 0;

	if (index) {
		take_last_block(p);
		r = fill_ranks(p, why);
	}
	if (index && (r || !chunks || all_descs(p)))
		return r;
	*why = "the dump ends before its bitmaps do (--recover saves what is there)";
	return damaged ? open_chunks(p, why) : -EBADMSG;
}

int kdump_file_open(struct kdump_file *p, struct source *src, bool damaged, const char **why)
{
	int r;

	memset(p, 0, sizeof(*p));
	p->src = *src;
	p->truncated = src->truncated;
	r = read_header(p, why);
	if (!r)
		r = read_sub(p, why);
	else if (r == -ENOEXEC && damaged)
		r = guess_header(p, why);
	if (!r)
		r = open_index(p, damaged, why);
	if (r)
		kdump_file_close(p);
	return r;
}

void kdump_file_close(struct kdump_file *p)
{
	kdump_chunks_close(&p->chunks);
	free(p->ranks);
	p->ranks = NULL;
	source_close(&p->src);
}

/* Bits of a bitmap; what lies behind its end, or behind a cut, is 0. */
static void map_bits(const struct kdump_file *p, uint64_t map, uint64_t pfn, unsigned n,
		     uint64_t *ret)
{
	uint64_t off = map + pfn / 8, bytes;

	memset(ret, 0, (n + 63) / 64 * sizeof(*ret));
	if (pfn >= p->max_mapnr || off >= p->src.size)
		return;
	n = n < p->max_mapnr - pfn ? n : (unsigned)(p->max_mapnr - pfn);
	bytes = (n + 7) / 8;
	bytes = bytes < p->src.size - off ? bytes : p->src.size - off;
	if (source_read(&p->src, ret, bytes, off))
		memset(ret, 0, bytes);
	if (n % 64)
		ret[n / 64] &= (1ull << n % 64) - 1;
}

/* The same from any frame on. */
static void odd_bits(const struct kdump_file *p, uint64_t map, uint64_t pfn, unsigned n,
		     uint64_t *ret)
{
	unsigned shift = pfn % 8;
	uint64_t two[2];

	for (unsigned i = 0; i < n; i += 64) {
		unsigned m = n - i < 64 ? n - i : 64;

		map_bits(p, map, pfn + i - shift, m + shift, two);
		ret[i / 64] = two[0] >> shift;
		if (m + shift > 64)
			ret[i / 64] |= two[1] << (64 - shift);
	}
}

static void any_bits(const struct kdump_file *p, uint64_t map, uint64_t pfn, unsigned n,
		     uint64_t *ret)
{
	if (pfn % 8)
		odd_bits(p, map, pfn, n, ret);
	else
		map_bits(p, map, pfn, n, ret);
}

void kdump_file_data(const struct kdump_file *p, uint64_t pfn, unsigned n, uint64_t *ret)
{
	if (p->bits_off)
		any_bits(p, p->bits_off, pfn, n, ret);
	else
		kdump_chunks_bits(&p->chunks, pfn, n, ret);
	if (pfn < p->start)
		bits_clear(ret, NULL, 0, p->start - pfn < n ? (unsigned)(p->start - pfn) : n);
	if (p->end < pfn + n)
		bits_clear(ret, NULL, p->end > pfn ? (unsigned)(p->end - pfn) : 0, n);
}

void kdump_file_ram(const struct kdump_file *p, uint64_t pfn, unsigned n, uint64_t *ret)
{
	if (p->ram_off)
		any_bits(p, p->ram_off, pfn, n, ret);
	else
		memset(ret, 0, (n + 63) / 64 * sizeof(*ret));
}

/* The first frame from pfn on whose bit is not in a hole of the file. */
static uint64_t skip_hole(const struct kdump_file *p, uint64_t map, uint64_t pfn)
{
	uint64_t next = source_next_data(&p->src, map + pfn / 8);

	if (next == UINT64_MAX || (next - map) * 8 >= p->max_mapnr)
		return UINT64_MAX;
	return (next - map) * 8 > pfn ? (next - map) * 8 : pfn;
}

uint64_t kdump_file_skip(const struct kdump_file *p, uint64_t pfn)
{
	uint64_t ram, data;

	if (pfn >= p->max_mapnr)
		return UINT64_MAX;
	ram = p->ram_off ? skip_hole(p, p->ram_off, pfn) : UINT64_MAX;
	data = p->bits_off ? skip_hole(p, p->bits_off, pfn) : kdump_chunks_skip(&p->chunks, pfn);
	return ram < data ? ram : data;
}

void kdump_cursor_init(struct kdump_cursor *c, const struct kdump_file *p)
{
	c->part = p;
	c->have_piece = false;
	c->n = 0;
	c->chunk.chunk = 0;
}

/* Bits set in [from, to). */
static unsigned count_bits(const uint64_t *bits, unsigned from, unsigned to)
{
	unsigned n = 0;

	for (; from < to; from = (from / 64 + 1) * 64)
		n += (unsigned)__builtin_popcountll(bits[from / 64] & bits_mask(from, to));
	return n;
}

static void load_piece(struct kdump_cursor *c, uint64_t pfn)
{
	const struct kdump_file *p = c->part;
	uint64_t group = (pfn >> p->rank_shift) - (p->start >> p->rank_shift);

	c->piece = pfn / KDUMP_PIECE * KDUMP_PIECE;
	c->at = c->piece < p->start ? p->start : c->piece;
	c->rank = p->ranks[group] + count(p, p->bits_off, group_start(p, group), c->at);
	kdump_file_data(p, c->piece, KDUMP_PIECE, c->bits);
	c->have_piece = true;
}

/* The descriptor's number; false: the page has none. */
static bool rank(struct kdump_cursor *c, uint64_t pfn, uint64_t *ret)
{
	if (!c->have_piece || pfn < c->at || pfn - c->piece >= KDUMP_PIECE)
		load_piece(c, pfn);
	c->rank += count_bits(c->bits, (unsigned)(c->at - c->piece), (unsigned)(pfn - c->piece));
	c->at = pfn;
	*ret = c->rank;
	return bits_test(c->bits, (unsigned)(pfn - c->piece));
}

static int load_descs(struct kdump_cursor *c, uint64_t i)
{
	const struct kdump_file *p = c->part;
	uint64_t have = (p->src.size - p->desc_off) / sizeof(c->desc[0]);
	int r;

	have = have < p->n_desc ? have : p->n_desc;
	if (i >= have)
		return -EIO;
	c->first = i;
	c->n = have - i < KDUMP_DESCS ? (unsigned)(have - i) : KDUMP_DESCS;
	r = source_read(&p->src, c->desc, c->n * sizeof(c->desc[0]),
			p->desc_off + i * sizeof(c->desc[0]));
	if (r)
		c->n = 0;
	return r ? -EIO : 0;
}

int kdump_file_find(struct kdump_cursor *c, uint64_t pfn, struct kdump_page *ret)
{
	const struct kdump_file *p = c->part;
	const struct kdump_page *d;
	uint64_t i;
	int r;

	if (pfn < p->start || pfn >= p->end)
		return -ENOENT;
	if (!p->bits_off)
		return kdump_chunks_find(&p->chunks, &c->chunk, pfn, ret);
	if (!rank(c, pfn, &i))
		return -ENOENT;
	if (i < c->first || i - c->first >= c->n) {
		r = load_descs(c, i);
		if (r)
			return r;
	}
	d = &c->desc[i - c->first];
	*ret = *d;
	if (!d->offset || d->size > 1u << p->shift || d->flags & KDUMP_ZEROS ||
	    !source_has(&p->src, d->offset, d->size))
		return -EIO;
	return 0;
}
