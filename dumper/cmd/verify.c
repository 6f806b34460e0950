/* SPDX-License-Identifier: MIT */
/*
 * The headers were checked by opening the dump; here follow the checksums of its chunks and each
 * page.
 */
#include "dumper/cmd/verify.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dumper/read/kdump_unpack.h"
#include "dumper/read/reader.h"
#include "lib/bits.h"
#include "lib/bytes.h"
#include "lib/cleanup.h"
#include "lib/hash.h"

#define BUFFER (64u << 10)
#define SEEN   1024u /* places of page data that were checked */

#define DAMAGED "the file is damaged there; take another copy, or what is whole with --recover"
#define CUT	"the file was cut off; take another copy, or what is there with --recover"

struct verify {
	struct vmcore v;
	const struct verify_options *opt;
	struct verify_result *ret;
	uint8_t *buf; /* BUFFER bytes; a page at most is 64 KiB */
	struct kdump_unpack unpack;
	struct kdump_page seen[SEEN]; /* shared page data is unpacked once */
	uint64_t done;
};

static void __attribute__((format(printf, 2, 3))) wrong(struct verify *c, const char *fmt, ...)
{
	va_list ap;

	if (c->ret->errors++)
		return;
	va_start(ap, fmt);
	vsnprintf(c->ret->first, sizeof(c->ret->first), fmt, ap);
	va_end(ap);
}

static void progress(struct verify *c, uint64_t frames)
{
	c->done += frames;
	if (c->opt && c->opt->progress)
		c->opt->progress(c->opt->progress_ctx, c->done, c->ret->pages_ram);
}

/* Does the page data overlap what is no page data? */
static bool inside_headers(const struct kdump_file *p, const struct kdump_page *d)
{
	uint64_t index = p->desc_off + p->n_desc * sizeof(struct kdump_page);

	if (d->offset < (1ull << p->shift) + sizeof(p->sub) + p->note_len)
		return true;
	return d->offset < index && d->offset + d->size > p->ram_off;
}

/* Was the same page data checked already? Remembers it otherwise. */
static bool seen(struct verify *c, const struct kdump_page *d)
{
	struct kdump_page *s = &c->seen[d->offset / 8 % SEEN];

	if (!memcmp(s, d, sizeof(*s)))
		return true;
	*s = *d;
	return false;
}

static void wrong_page(struct verify *c, uint64_t pfn, const struct kdump_page *d, int r)
{
	if (r == -EOPNOTSUPP)
		wrong(c,
		      "page frame %#" PRIx64 ": compressed in a way this program does not know "
		      "(flags %#x)",
		      pfn, d->flags);
	else if (r == -EIO)
		wrong(c,
		      "page frame %#" PRIx64 ": its %u bytes at offset %" PRIu64
		      " are not in the file: " CUT,
		      pfn, d->size, d->offset);
	else
		wrong(c,
		      "page frame %#" PRIx64 ": its %u bytes at offset %" PRIu64
		      " do not unpack to a page: " DAMAGED,
		      pfn, d->size, d->offset);
}

static void check_page(struct verify *c, const struct kdump_set *set, uint64_t pfn)
{
	struct kdump_page d;
	int r = kdump_unpack_find(&c->unpack, set, pfn, &d);

	c->ret->pages++;
	if (r == -EIO && !d.offset && !d.size && !d.flags && c->unpack.cursor.part->truncated) {
		wrong(c, "page frame %#" PRIx64 ": its descriptor is missing: " CUT, pfn);
	} else if (r == -EIO && !d.offset) {
		c->ret->pages_lost++;
	} else if (r) {
		wrong_page(c, pfn, &d, r);
	} else if (inside_headers(c->unpack.cursor.part, &d)) {
		wrong(c,
		      "page frame %#" PRIx64 ": its descriptor points into the headers "
		      "(offset %" PRIu64 "): " DAMAGED,
		      pfn, d.offset);
	} else if (seen(c, &d)) {
		c->ret->pages_shared++;
	} else {
		r = kdump_unpack_found(&c->unpack, &d, c->buf);
		c->ret->bytes += d.size;
		if (r)
			wrong_page(c, pfn, &d, r);
	}
}

static void check_pages(struct verify *c, const struct kdump_set *set)
{
	uint64_t ram[KDUMP_PIECE / 64], data[KDUMP_PIECE / 64];
	uint64_t pfn = vmcore_next_ram(&c->v, 0);

	while (pfn != UINT64_MAX) {
		uint64_t start = pfn / KDUMP_PIECE * KDUMP_PIECE;

		vmcore_ram_bits(&c->v, start, KDUMP_PIECE, ram, data);
		for (unsigned i = bits_next(data, 0, KDUMP_PIECE, 1); i < KDUMP_PIECE;
		     i = bits_next(data, i + 1, KDUMP_PIECE, 1))
			check_page(c, set, start + i);
		progress(c, bits_count(ram, KDUMP_PIECE));
		pfn = vmcore_next_ram(&c->v, start + KDUMP_PIECE);
	}
}

/* Bytes of the file against a sum. */
static bool sum_ok(struct verify *c, const struct source *src, uint64_t off, uint64_t len,
		   uint64_t want)
{
	struct hash sum;

	hash_start(&sum);
	while (len) {
		size_t n = len < BUFFER ? len : BUFFER;

		if (source_read(src, c->buf, n, off))
			return false;
		hash_add(&sum, c->buf, n);
		off += n;
		len -= n;
	}
	return hash_value(&sum) == want;
}

/* Zeros up to the next block, where the bitmaps begin. */
static bool only_padding(struct verify *c, const struct kdump_file *p, uint64_t at)
{
	uint64_t n = p->ram_off - at;

	if (n >= 1ull << p->shift)
		return false;
	return !n || (!source_read(&p->src, c->buf, n, at) && !c->buf[0] &&
		      !memcmp(c->buf, c->buf + 1, n - 1));
}

static void check_chunk(struct verify *c, const struct kdump_file *p, uint64_t *at)
{
	uint64_t data = *at + sizeof(struct kdump_chunk);
	struct kdump_chunk h;
	bool summed;

	if (chunk_read(&p->src, *at, &h, &summed) || !summed || chunk_end(*at, &h) > p->ram_off) {
		wrong(c, "the head of the chunk at offset %" PRIu64 " is wrong: " DAMAGED, *at);
		*at = p->ram_off;
		return;
	}
	c->ret->checksums++;
	*at = chunk_end(*at, &h);
	/* a copy of what the tokens say */
	if (h.kind == KDUMP_CHUNK_INDEX)
		return;
	if (sum_ok(c, &p->src, data, h.data_bytes, h.data_sum))
		c->ret->checksums++;
	else
		wrong(c, "the checksum of the %u bytes at offset %" PRIu64 " is wrong: " DAMAGED,
		      h.data_bytes, data);
}

/* The chunks follow each other from the notes to the bitmaps. */
static void check_chunks(struct verify *c, const struct kdump_file *p)
{
	uint64_t block = 1ull << p->shift;
	uint64_t at = block + bytes_round_up(sizeof(p->sub) + p->note_len, block);
	struct kdump_chunk h;

	/* written by something else, or in another layout */
	if (at >= p->ram_off || chunk_read(&p->src, at, &h, NULL) == -ENOENT)
		return;
	while (!only_padding(c, p, at))
		check_chunk(c, p, &at);
}

static void check_kdump(struct verify *c, const struct kdump_set *set)
{
	if (c->v.parts_missing)
		wrong(c, "parts of the split dump are missing: name all of its files");
	if (c->v.status & KDUMP_INCOMPLETE)
		wrong(c, "the dump was marked incomplete when it was made: what is missing was "
			 "never written");
	for (unsigned i = 0; i < set->n; i++) {
		const struct kdump_file *p = &set->parts[i];

		if (p->src.truncated)
			wrong(c, "the flattened stream has no end mark: " CUT);
		else if (p->truncated)
			wrong(c,
			      "the file of %" PRIu64 " bytes ends before its %" PRIu64
			      " page descriptors do: " CUT,
			      p->src.size, p->n_desc);
		check_chunks(c, p);
	}
	check_pages(c, set);
}

/* Unpacks all of it; what is in the frames has their checksums, if they have any. */
static void check_content(struct verify *c)
{
	const struct source *src = &c->v.src;

	/* holes of a stream may be longer than any machine could read */
	for (uint64_t at = 0; (at = source_next_data(src, at)) < src->size; at += BUFFER) {
		size_t n = src->size - at < BUFFER ? src->size - at : BUFFER;

		if (source_read(src, c->buf, n, at))
			wrong(c, "%s: offset %" PRIu64 " of the content cannot be read: " DAMAGED,
			      src->layer->name, at);
		c->ret->bytes += n;
	}
	c->ret->checksums += c->ret->errors ? 0 : src->checksums;
}

static void check_segments(struct verify *c)
{
	unsigned shift = c->v.page_shift;

	for (size_t i = 0; i < c->v.n_segs; i++) {
		const struct vmcore_segment *s = &c->v.segs[i];
		uint64_t have = s->file_end - s->pa;

		c->ret->pages += have >> shift;
		if (c->v.src.layer && have && !source_has(&c->v.src, s->off, have))
			wrong(c,
			      "memory from address %#" PRIx64 " on: some of its %" PRIu64
			      " bytes at offset %" PRIu64 " were never written: " CUT,
			      s->pa, have, s->off);
	}
}

static void check_elf(struct verify *c)
{
	if (c->v.src.truncated)
		wrong(c, "%s: the end is missing: " CUT, c->v.wrapping);
	else if (c->v.truncated)
		wrong(c,
		      "the file of %" PRIu64 " bytes ends before the memory its headers "
		      "promise: " CUT,
		      c->v.size);
	if (c->v.status & KDUMP_INCOMPLETE)
		wrong(c, "the dump was marked incomplete when it was made: what is missing was "
			 "never written");
	if (c->v.impossible)
		wrong(c, "%u of the program headers name impossible addresses: " DAMAGED,
		      c->v.impossible);
	check_segments(c);
	if (c->v.src.layer)
		check_content(c);
	progress(c, c->ret->pages_ram);
}

static int check_dump(struct verify *c)
{
	const struct kdump_set *set = read_kdump_set(&c->v);
	struct verify_result *ret = c->ret;
	int r;

	c->buf = malloc(BUFFER);
	r = kdump_unpack_open(&c->unpack);
	if (!c->buf || r)
		return -ENOMEM;
	ret->format = set ? "kdump" : "ELF core";
	ret->wrapping = c->v.wrapping;
	ret->parts = c->v.parts;
	ret->pages_ram = vmcore_ram_pages(&c->v);
	if (set)
		check_kdump(c, set);
	else
		check_elf(c);
	if (!ret->pages)
		wrong(c, "not one page of memory is in it");
	return ret->errors ? -EBADMSG : 0;
}

int verify_dump(const char *const *paths, unsigned n, const struct verify_options *opt,
		struct verify_result *ret)
{
	_free_ struct verify *c = calloc(1, sizeof(*c));
	const char *why;
	char text[160];
	int r;

	memset(ret, 0, sizeof(*ret));
	if (!c)
		return -ENOMEM;
	c->opt = opt;
	c->ret = ret;
	r = vmcore_open_set(paths, n, 0, &c->v, &why);
	if (r) {
		vmcore_why(r, why, text, sizeof(text));
		wrong(c, "%s", text);
		return r;
	}
	r = check_dump(c);
	kdump_unpack_close(&c->unpack);
	free(c->buf);
	vmcore_close(&c->v);
	return r;
}

int verify_sums(const struct vmcore *v, struct verify_result *ret)
{
	const struct kdump_set *set = read_kdump_set(v);
	_free_ struct verify *c = calloc(1, sizeof(*c));
	_free_ uint8_t *buf = malloc(BUFFER);

	memset(ret, 0, sizeof(*ret));
	if (!c || !buf)
		return -ENOMEM;
	c->v = *v;
	c->ret = ret;
	c->buf = buf;
	for (unsigned i = 0; set && i < set->n && !v->recovered; i++)
		check_chunks(c, &set->parts[i]);
	return ret->errors ? -EBADMSG : 0;
}
