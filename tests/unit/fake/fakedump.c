/* SPDX-License-Identifier: MIT */
/*
 * The dump maker.
 */
#include "tests/unit/fake/fakedump.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>

#include "lib/hash.h"

#define NOTE "NUMBER(phys_base)=16777216\nOSRELEASE=6.12.0-fake\nCRASHTIME=1795444220\n"

void fakedump_put(struct fakedump_bytes *b, const void *bytes, size_t n)
{
	while (b->len + n > b->room) {
		b->room = b->room ? b->room * 2 : 4096;
		b->p = realloc(b->p, b->room);
		if (!b->p)
			abort();
	}
	if (bytes)
		memcpy(b->p + b->len, bytes, n);
	else
		memset(b->p + b->len, 0, n);
	b->len += n;
}

void fakedump_free(struct fakedump_bytes *b)
{
	free(b->p);
	*b = (struct fakedump_bytes){ 0 };
}

int fakedump_file(const struct fakedump_bytes *b, char *path)
{
	int fd = memfd_create("dump", MFD_CLOEXEC);

	if (fd < 0 || (b->len && write(fd, b->p, b->len) != (ssize_t)b->len))
		abort();
	snprintf(path, 40, "/proc/self/fd/%d", fd);
	return fd;
}

static void put32(struct fakedump_bytes *b, uint32_t v)
{
	fakedump_put(b, &v, sizeof(v));
}

static void put64(struct fakedump_bytes *b, uint64_t v)
{
	fakedump_put(b, &v, sizeof(v));
}

static void pad(struct fakedump_bytes *b, size_t to)
{
	fakedump_put(b, NULL, (to - b->len % to) % to);
}

void fakedump_open(struct fakedump *d, unsigned shift, uint64_t max_mapnr)
{
	memset(d, 0, sizeof(*d));
	d->shift = shift;
	d->max_mapnr = max_mapnr;
	d->end = max_mapnr;
	d->level = 17;
	d->fd = -1;
}

void fakedump_close(struct fakedump *d)
{
	fakedump_free(&d->file);
	if (d->fd >= 0)
		close(d->fd);
}

void fakedump_ram(struct fakedump *d, uint64_t pfn, uint64_t n)
{
	for (; n; n--, pfn++)
		d->ram[pfn / 8] |= (uint8_t)(1u << pfn % 8);
}

void fakedump_pages(struct fakedump *d, uint64_t pfn, uint64_t n, enum fakedump_kind kind)
{
	fakedump_ram(d, pfn, n);
	memset(d->kind + pfn, (int)kind, n);
}

void fakedump_content(const struct fakedump *d, uint64_t pfn, uint8_t *page)
{
	size_t n = 1ul << d->shift;
	uint64_t v = pfn * 0x9e3779b97f4a7c15ull + 1;

	if (d->kind[pfn] == FAKEDUMP_SAME)
		pfn = 0;
	if (d->kind[pfn] == FAKEDUMP_ZERO) {
		memset(page, 0, n);
		return;
	}
	v = pfn * 0x9e3779b97f4a7c15ull + 1;
	for (size_t i = 0; i < n; i += 8) {
		/* each kind as well as it packs */
		if (d->kind[pfn] == FAKEDUMP_RAW || i % 256 == 0)
			v = v * 6364136223846793005ull + 1442695040888963407ull;
		memcpy(page + i, &v, 8);
	}
}

static bool mine(const struct fakedump *d, uint64_t pfn)
{
	return d->kind[pfn] && pfn >= d->start && pfn < d->end;
}

struct desc {
	uint64_t off;
	uint32_t size, flags;
	uint64_t zero;
};

/* The page's packed bytes, if it has any of its own. */
static struct desc pack(const struct fakedump *d, uint64_t pfn, uint8_t *out)
{
	size_t n = 1ul << d->shift;
	uint8_t page[65536];
	uLongf len = 70000;

	fakedump_content(d, pfn, page);
	switch ((enum fakedump_kind)d->kind[pfn]) {
	case FAKEDUMP_ZSTD:
		return (struct desc){ 1, (uint32_t)ZSTD_compress(out, 70000, page, n, 1), 0x20, 0 };
	case FAKEDUMP_ZLIB:
		compress2(out, &len, page, n, 1);
		return (struct desc){ 1, (uint32_t)len, 0x1, 0 };
	case FAKEDUMP_LZO:
		memset(out, 'l', 100);
		return (struct desc){ 1, 100, 0x2, 0 };
	case FAKEDUMP_RAW:
		memcpy(out, page, n);
		return (struct desc){ 1, (uint32_t)n, 0, 0 };
	default:
		return (struct desc){ 0, (uint32_t)n, 0, 0 };
	}
}

static void put_header(struct fakedump *d, struct fakedump_bytes *b, uint32_t sub_blocks,
		       uint32_t bitmap_blocks)
{
	size_t at = b->len;

	fakedump_put(b, "KDUMP   ", 8);
	put32(b, 6);
	fakedump_put(b, NULL, 6 * 65 + 6);
	memcpy(b->p + at + 12, "Linux", 5);
	memcpy(b->p + at + 12 + 4 * 65, "x86_64", 6);
	put64(b, 1795444220);
	put64(b, 0);
	put32(b, 0x20);
	put32(b, 1u << d->shift);
	put32(b, sub_blocks);
	put32(b, bitmap_blocks);
	put32(b, (uint32_t)d->max_mapnr);
	for (int i = 0; i < 4; i++)
		put32(b, 0);
	put32(b, 2);
	pad(b, 1ul << d->shift);
}

static void put_sub(struct fakedump *d, struct fakedump_bytes *b)
{
	uint64_t note_off = (1ul << d->shift) + 104, len = sizeof(NOTE) - 1;
	uint64_t size = 12 + 12 + (len + 3) / 4 * 4;

	put64(b, 16777216);
	put32(b, d->level);
	put32(b, d->split);
	put64(b, (uint32_t)d->start);
	put64(b, (uint32_t)d->end);
	put64(b, note_off + 24);
	put64(b, len);
	put64(b, note_off);
	put64(b, size);
	put64(b, 0);
	put64(b, 0);
	put64(b, d->start);
	put64(b, d->end);
	put64(b, d->max_mapnr);
	put32(b, 11);
	put32(b, (uint32_t)len);
	put32(b, 0);
	fakedump_put(b, "VMCOREINFO\0", 12);
	fakedump_put(b, NOTE, len);
	pad(b, 1ul << d->shift);
}

static void put_bitmaps(struct fakedump *d, struct fakedump_bytes *b, uint32_t half)
{
	size_t at;

	d->ram_off = b->len;
	fakedump_put(b, NULL, half);
	memcpy(b->p + d->ram_off, d->ram, d->max_mapnr / 8 + 1);
	at = d->bits_off = b->len;
	fakedump_put(b, NULL, half);
	for (uint64_t pfn = 0; pfn < d->max_mapnr; pfn++) {
		if (mine(d, pfn))
			b->p[at + pfn / 8] |= (uint8_t)(1u << pfn % 8);
	}
	d->desc_off = b->len;
}

struct chunk {
	struct fakedump_bytes tokens, data;
	uint32_t flag;
	bool shared;
};

static void token(struct chunk *c, unsigned t)
{
	fakedump_put(&c->tokens, &(uint16_t){ (uint16_t)t }, 2);
}

/* Frames without a page, in both ways to say it. */
static void put_run(struct chunk *c, uint64_t run)
{
	if (run > 0x7ffe || run % 2) {
		token(c, 0xffff);
		put64(&c->tokens, run);
	} else if (run) {
		token(c, 0x8000 + (unsigned)run);
	}
}

/* The bytes of frame 0. */
static void put_same(struct chunk *c, const struct desc *p)
{
	token(c, c->shared ? 0x7ff1 : 0x7ff0);
	if (!c->shared) {
		put64(&c->tokens, p->off);
		token(c, p->flags ? p->size : 0);
	}
	c->flag = p->flags ? p->flags : c->flag;
	c->shared = true;
}

/* False: the page needs another codec than the chunk has. Its place is relative for now. */
static bool put_page(struct fakedump *d, struct chunk *c, uint64_t pfn, struct desc *descs)
{
	uint8_t out[70000];
	struct desc p = pack(d, pfn, out);

	if (p.flags && c->flag && p.flags != c->flag)
		return false;
	if (d->kind[pfn] == FAKEDUMP_SAME) {
		descs[pfn] = descs[0];
		put_same(c, &descs[pfn]);
		return true;
	}
	c->flag = p.flags ? p.flags : c->flag;
	token(c, d->kind[pfn] == FAKEDUMP_ZERO ? 0 : !p.off ? 0x8000 : p.flags ? p.size : 0x7fff);
	descs[pfn] = p;
	if (p.off) {
		descs[pfn].off = c->data.len + (1ull << 63);
		fakedump_put(&c->data, out, p.size);
	}
	return true;
}

/* Head, data, tokens. */
static void put_whole(struct fakedump_bytes *b, const struct chunk *c, uint64_t first)
{
	size_t at = b->len;

	fakedump_put(b, "KDUMPCHK", 8);
	put32(b, 0);
	put32(b, (uint32_t)c->tokens.len / 2);
	put64(b, first);
	put32(b, (uint32_t)c->data.len);
	put32(b, c->flag);
	put64(b, hash_two(b->p + at, 32, c->tokens.p, c->tokens.len));
	put64(b, hash_bytes(c->data.p, c->data.len));
	fakedump_put(b, c->data.p, c->data.len);
	fakedump_put(b, c->tokens.p, c->tokens.len);
}

/* One chunk of the pages from *pfn on; their places go into descs. */
static void put_chunk(struct fakedump *d, struct fakedump_bytes *b, uint64_t *pfn,
		      struct desc *descs)
{
	uint64_t first = *pfn, at = b->len + 48;
	struct chunk c = { .flag = 0 };

	for (unsigned pages = 0; pages < FAKEDUMP_CHUNK; pages++, (*pfn)++) {
		uint64_t run = 0;

		while (*pfn + run < d->max_mapnr && !mine(d, *pfn + run))
			run++;
		put_run(&c, run);
		*pfn += run;
		if (*pfn >= d->max_mapnr || !put_page(d, &c, *pfn, descs))
			break;
	}
	for (uint64_t i = first; i < *pfn; i++) {
		if (descs[i].off >> 63)
			descs[i].off = (descs[i].off & ~(1ull << 63)) + at;
	}
	put_whole(b, &c, first);
	fakedump_free(&c.tokens);
	fakedump_free(&c.data);
}

/* A chunk that is no page data: the zero page, or a spilled index. */
static uint64_t put_other(struct fakedump_bytes *b, uint32_t kind, const void *data, uint32_t len,
			  uint32_t flag)
{
	size_t at = b->len;

	fakedump_put(b, "KDUMPCHK", 8);
	put32(b, kind);
	put32(b, 0);
	put64(b, 0);
	put32(b, len);
	put32(b, flag);
	put64(b, hash_bytes(b->p + at, 32));
	put64(b, kind == 1 ? 0 : hash_bytes(data, len));
	fakedump_put(b, data, len);
	return at + 48;
}

static struct desc put_zero_page(struct fakedump *d, struct fakedump_bytes *b, bool chunk)
{
	static const uint8_t zeros[65536];
	uint8_t out[1000];
	uint32_t n = (uint32_t)ZSTD_compress(out, sizeof(out), zeros, 1ul << d->shift, 1);
	uint64_t off = b->len;

	if (chunk)
		off = put_other(b, 2, out, n, 0x20);
	else
		fakedump_put(b, out, n);
	return (struct desc){ off, n, 0x20, 0 };
}

/* Page data as the classic layout has it. */
static void put_pages(struct fakedump *d, struct fakedump_bytes *b, struct desc *descs)
{
	uint8_t out[70000];

	for (uint64_t pfn = 0; pfn < d->max_mapnr; pfn++) {
		if (!mine(d, pfn))
			continue;
		descs[pfn] = d->kind[pfn] == FAKEDUMP_SAME ? descs[0] : pack(d, pfn, out);
		if (!descs[pfn].off || d->kind[pfn] == FAKEDUMP_SAME)
			continue;
		descs[pfn].off = b->len;
		fakedump_put(b, out, descs[pfn].size);
	}
}

static void put_descs(struct fakedump *d, uint8_t *to, struct desc *descs, struct desc zero)
{
	for (uint64_t pfn = 0; pfn < d->max_mapnr; pfn++) {
		if (!mine(d, pfn))
			continue;
		if (d->kind[pfn] == FAKEDUMP_ZERO)
			descs[pfn] = zero;
		memcpy(to, &descs[pfn], sizeof(*descs));
		to += sizeof(*descs);
	}
}

static void put_chunks(struct fakedump *d, struct fakedump_bytes *b, struct desc *descs)
{
	uint64_t half = d->backwards ? d->max_mapnr / 2 : 0, pfn = half, end = d->max_mapnr;

	/* backwards: the upper half of the frames first */
	while (pfn < end)
		put_chunk(d, b, &pfn, descs);
	put_other(b, 1, "spilled tokens", 14, 0);
	pfn = 0;
	d->max_mapnr = half;
	while (pfn < half)
		put_chunk(d, b, &pfn, descs);
	d->max_mapnr = end;
}

void fakedump_write(struct fakedump *d, enum fakedump_layout layout)
{
	struct desc *descs = calloc(d->max_mapnr, sizeof(*descs)), zero;
	uint32_t block = 1u << d->shift, half = (uint32_t)((d->max_mapnr + 7) / 8 + block - 1);
	struct fakedump_bytes *b = &d->file;
	uint64_t n = 0;

	half = half / block * block;
	for (uint64_t pfn = 0; pfn < d->max_mapnr; pfn++)
		n += mine(d, pfn);
	fakedump_free(b);
	put_header(d, b, 1, 2 * half / block);
	put_sub(d, b);
	d->data_off = b->len;
	if (layout == FAKEDUMP_CLASSIC) {
		put_bitmaps(d, b, half);
		fakedump_put(b, NULL, n * sizeof(*descs));
		d->data_off = b->len;
		zero = put_zero_page(d, b, false);
		put_pages(d, b, descs);
	} else {
		zero = put_zero_page(d, b, true);
		put_chunks(d, b, descs);
		pad(b, block);
		n = b->len / block - 1;
		memcpy(b->p + 432, &n, 4);
		put_bitmaps(d, b, half);
		for (uint64_t pfn = 0; pfn < d->max_mapnr; pfn++)
			fakedump_put(b, NULL, mine(d, pfn) ? sizeof(*descs) : 0);
	}
	put_descs(d, b->p + d->desc_off, descs, zero);
	free(descs);
	fakedump_save(d);
}

void fakedump_save(struct fakedump *d)
{
	if (d->fd >= 0)
		close(d->fd);
	d->fd = fakedump_file(&d->file, d->path);
}

static void put_be64_(struct fakedump_bytes *b, uint64_t v)
{
	v = __builtin_bswap64(v);
	put64(b, v);
}

void fakedump_flatten(struct fakedump_bytes *ret, const struct fakedump_bytes *file, size_t piece,
		      bool backwards)
{
	size_t n = (file->len + piece - 1) / piece;

	*ret = (struct fakedump_bytes){ 0 };
	fakedump_put(ret, "makedumpfile\0\0\0", 16);
	put_be64_(ret, 1);
	put_be64_(ret, 1);
	pad(ret, 4096);
	for (size_t i = 0; i < n; i++) {
		size_t at = (backwards ? n - 1 - i : i) * piece;
		size_t len = file->len - at < piece ? file->len - at : piece;

		if (file->p[at] == 0 && !memcmp(file->p + at, file->p + at + 1, len - 1))
			continue;
		put_be64_(ret, at);
		put_be64_(ret, len);
		fakedump_put(ret, file->p + at, len);
	}
	put_be64_(ret, ~0ull);
	put_be64_(ret, ~0ull);
}

void fakedump_zst(struct fakedump_bytes *ret, const struct fakedump_bytes *file, size_t piece,
		  bool table, bool content_size)
{
	struct fakedump_bytes entries = { 0 };
	ZSTD_CCtx *z = ZSTD_createCCtx();
	size_t room = ZSTD_compressBound(piece);
	uint8_t *out = malloc(room);
	uint32_t frames = 0;

	*ret = (struct fakedump_bytes){ 0 };
	ZSTD_CCtx_setParameter(z, ZSTD_c_checksumFlag, 1);
	ZSTD_CCtx_setParameter(z, ZSTD_c_contentSizeFlag, content_size);
	for (size_t at = 0; at < file->len; at += piece, frames++) {
		size_t len = file->len - at < piece ? file->len - at : piece;
		size_t n = ZSTD_compress2(z, out, room, file->p + at, len);

		fakedump_put(ret, out, n);
		put32(&entries, (uint32_t)n);
		put32(&entries, (uint32_t)len);
	}
	if (table) {
		put32(ret, 0x184d2a5e);
		put32(ret, (uint32_t)entries.len + 9);
		fakedump_put(ret, entries.p, entries.len);
		put32(ret, frames);
		fakedump_put(ret, "", 1);
		put32(ret, 0x8f92eab1);
	}
	fakedump_free(&entries);
	ZSTD_freeCCtx(z);
	free(out);
}

int fakedump_vmcore(const char *path, unsigned flags, struct vmcore *v)
{
	const char *why = NULL;
	int r = vmcore_open_set(&path, 1, flags, v, &why);

	return why && (!r || why[0]) ? r : -ENOTSUP;
}
