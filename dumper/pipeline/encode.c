/* SPDX-License-Identifier: MIT */
/*
 * Pages → batch. The hot loop of a dump.
 */
#include "dumper/pipeline/encode.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/bits.h"
#include "lib/bytes.h"
#include "lib/hash.h"

#define MAP_BYTES (4u << 20) /* where the source is mapped: 8 KiB of page tables */

int encode_open(struct encoder *e, const struct vmcore *v, const struct writer *w,
		enum dump_codec codec, int level, size_t batch_bytes)
{
	size_t page = 1ul << v->page_shift;

	memset(e, 0, sizeof(*e));
	e->vmcore = v;
	e->writer = w;
	e->window_buf = malloc(batch_bytes);
	e->twin_bytes = malloc(ENCODE_TWINS * page);
	if (!e->window_buf || !e->twin_bytes)
		return -ENOMEM;
	memset(e->twin_pfn, 0xff, sizeof(e->twin_pfn));
	if (vmcore_window_init(&e->window, v, MAP_BYTES, e->window_buf, batch_bytes))
		return -ENOMEM;
	if (w->encoding == WRITER_PAGES)
		return compress_open(&e->zip, codec, level, page);
	if (w->encoding == WRITER_BYTES)
		return 0;
	e->raw = malloc(batch_bytes);
	return e->raw ? frame_open(&e->frame, level, batch_bytes) : -ENOMEM;
}

void encode_close(struct encoder *e)
{
	if (e->window.v)
		vmcore_window_close(&e->window);
	compress_close(&e->zip);
	frame_close(&e->frame);
	free(e->window_buf);
	free(e->raw);
	free(e->twin_bytes);
	memset(e, 0, sizeof(*e));
}

size_t encode_room(const struct writer *w, size_t batch_bytes, size_t page)
{
	/* the last page is compressed with room for all of it */
	if (w->encoding == WRITER_PAGES)
		return batch_bytes + page;
	return w->encoding == WRITER_FRAMES ? frame_bound(batch_bytes) : batch_bytes;
}

static bool is_zero(const uint8_t *page, size_t bytes)
{
	/* a page may stand at any offset of the file */
	for (const uint8_t *p = page; p < page + bytes; p += 64) {
		if (get_u64(p) | get_u64(p + 8) | get_u64(p + 16) | get_u64(p + 24) |
		    get_u64(p + 32) | get_u64(p + 40) | get_u64(p + 48) | get_u64(p + 56))
			return false;
	}
	return true;
}

/* musl's memcmp goes byte by byte. */
static bool is_same(const uint8_t *a, const uint8_t *b, size_t bytes)
{
	for (size_t i = 0; i < bytes; i += 32) {
		if ((get_u64(a + i) ^ get_u64(b + i)) | (get_u64(a + i + 8) ^ get_u64(b + i + 8)) |
		    (get_u64(a + i + 16) ^ get_u64(b + i + 16)) |
		    (get_u64(a + i + 24) ^ get_u64(b + i + 24)))
			return false;
	}
	return true;
}

/* ---------------------------------------------------------------- WRITER_PAGES */

/* The page that was stored as pfn; NULL if it cannot be read again. */
static const uint8_t *twin(struct encoder *e, uint64_t pfn)
{
	unsigned shift = e->vmcore->page_shift, i;

	for (i = 0; i < ENCODE_TWINS; i++) {
		if (e->twin_pfn[i] == pfn)
			return e->twin_bytes + ((size_t)i << shift);
	}
	i = e->next_twin;
	e->twin_pfn[i] = UINT64_MAX;
	if (vmcore_read(e->vmcore, pfn << shift, e->twin_bytes + ((size_t)i << shift),
			1ul << shift))
		return NULL;
	e->twin_pfn[i] = pfn;
	e->next_twin = (i + 1) % ENCODE_TWINS;
	return e->twin_bytes + ((size_t)i << shift);
}

static bool shares(struct encoder *e, const struct page_share_entry *known, const uint8_t *page,
		   struct batch_page *ret)
{
	/* on a running machine that page may be another one by now than was stored */
	const uint8_t *other = known->off && !e->vmcore->live ? twin(e, known->pfn) : NULL;

	if (!other || !is_same(other, page, 1ul << e->vmcore->page_shift))
		return false;
	ret->page.kind = TOKENS_SHARED;
	ret->page.off = known->off;
	ret->page.size = known->size;
	ret->hash = 0;
	return true;
}

static void pack(struct encoder *e, const uint8_t *page, struct batch *b, struct batch_page *ret)
{
	size_t bytes = 1ul << e->vmcore->page_shift;
	size_t n = compress_page(&e->zip, page, b->bytes + b->len);

	/* a larger size cannot stand in the index */
	if (n && n <= TOKENS_SIZE_MAX) {
		ret->page.kind = TOKENS_PACKED;
		ret->page.size = (uint32_t)n;
		b->len += (uint32_t)n;
		return;
	}
	ret->page.kind = TOKENS_RAW;
	memcpy(b->bytes + b->len, page, bytes);
	b->len += (uint32_t)bytes;
}

static void encode_pages(struct encoder *e, uint64_t pfn, const uint8_t *mem, unsigned n,
			 struct batch *b)
{
	unsigned shift = e->vmcore->page_shift;
	struct page_share_entry known[BATCH_PAGES_MAX];
	uint64_t hash[BATCH_PAGES_MAX] = { 0 };

	for (unsigned i = 0; i < n; i++) {
		const uint8_t *page = mem + ((size_t)i << shift);
		bool zero = is_zero(page, 1ul << shift);

		b->page[b->n + i] = (struct batch_page){
			.page = { .pfn = pfn + i, .kind = zero ? TOKENS_ZERO : TOKENS_PACKED }
		};
		hash[i] = zero ? 0 : page_share_key(page, 1ul << shift);
	}
	page_share_find(e->writer->share, hash, n, known);
	for (unsigned i = 0; i < n; i++) {
		struct batch_page *p = &b->page[b->n + i];

		if (p->page.kind == TOKENS_ZERO) {
			b->zero++;
			continue;
		}
		p->hash = hash[i];
		if (shares(e, &known[i], mem + ((size_t)i << shift), p))
			b->shared++;
		else
			pack(e, mem + ((size_t)i << shift), b, p);
	}
	b->n += n;
}

static void lose_page(uint64_t pfn, struct batch *b)
{
	b->page[b->n++] = (struct batch_page){ .page = { .pfn = pfn, .kind = TOKENS_LOST } };
	b->lost++;
}

/* One run of kept pages. */
static void encode_run(struct encoder *e, uint64_t pfn, unsigned n, struct batch *b)
{
	unsigned shift = e->vmcore->page_shift;

	while (n) {
		size_t len = (size_t)n << shift;
		const uint8_t *mem = vmcore_window_get(&e->window, pfn << shift, &len);
		unsigned have = mem ? (unsigned)(len >> shift) : 1;

		if (mem)
			encode_pages(e, pfn, mem, have, b);
		else
			lose_page(pfn, b);
		b->bytes_in += (uint64_t)have << shift;
		pfn += have;
		n -= have;
	}
}

/* ---------------------------------------------------------------- the others */

/* A whole run without a copy in between, where the source is a file of plain memory. */
static bool read_run(struct encoder *e, uint64_t pfn, unsigned n, uint8_t *to)
{
	const struct vmcore *v = e->vmcore;

	return v->fd >= 0 && e->window.no_mmap &&
	       !vmcore_read(v, pfn << v->page_shift, to, (size_t)n << v->page_shift);
}

/* n frames as they are; what is not kept, or cannot be read, is zeros. */
static void copy_run(struct encoder *e, uint64_t pfn, unsigned n, bool kept, uint8_t *to,
		     struct batch *b)
{
	unsigned shift = e->vmcore->page_shift;

	if (kept && read_run(e, pfn, n, to)) {
		b->bytes_in += (uint64_t)n << shift;
		return;
	}
	while (n) {
		size_t len = (size_t)n << shift;
		const uint8_t *mem =
			kept ? vmcore_window_get(&e->window, pfn << shift, &len) : NULL;
		unsigned have = mem ? (unsigned)(len >> shift) : kept ? 1 : n;

		if (mem)
			memcpy(to, mem, (size_t)have << shift);
		else
			memset(to, 0, (size_t)have << shift);
		b->lost += kept && !mem;
		b->bytes_in += kept ? (uint64_t)have << shift : 0;
		to += (size_t)have << shift;
		pfn += have;
		n -= have;
	}
}

static void copy_piece(struct encoder *e, const struct piece *p, uint8_t *to, struct batch *b)
{
	unsigned shift = e->vmcore->page_shift;

	for (unsigned i = p->from; i < p->to;) {
		bool todo = bits_test(p->todo, i), kept = bits_test(p->unit->kept, i);
		unsigned end = bits_next(p->todo, i, p->to, !todo);

		if (todo) {
			unsigned other = bits_next(p->unit->kept, i, end, !kept);

			copy_run(e, p->unit->pfn + i, other - i, kept, to, b);
			to += (size_t)(other - i) << shift;
			b->raw_len += (other - i) << shift;
			end = other;
		}
		i = end;
	}
}

static void encode_bytes(struct encoder *e, const struct piece *p, struct batch *b)
{
	long n;

	if (e->writer->encoding == WRITER_BYTES) {
		copy_piece(e, p, b->bytes, b);
		b->len = b->raw_len;
		return;
	}
	copy_piece(e, p, e->raw, b);
	n = frame_compress(&e->frame, e->raw, b->raw_len, b->bytes, frame_bound(b->raw_len));
	b->error = n < 0 ? (int)n : 0;
	b->len = n < 0 ? 0 : (uint32_t)n;
	b->sum = (uint32_t)hash_bytes(b->bytes, b->len);
}

void encode_batch(struct encoder *e, const struct piece *p, struct batch *b)
{
	b->n = 0;
	b->len = b->raw_len = 0;
	b->error = 0;
	b->zero = b->shared = b->lost = b->bytes_in = 0;
	b->first_pfn = p->unit->pfn + p->from;
	if (e->writer->encoding != WRITER_PAGES) {
		encode_bytes(e, p, b);
		return;
	}
	for (unsigned i = bits_next(p->todo, p->from, p->to, 1); i < p->to;) {
		unsigned end = bits_next(p->todo, i, p->to, 0);

		encode_run(e, p->unit->pfn + i, end - i, b);
		i = bits_next(p->todo, end, p->to, 1);
	}
}
