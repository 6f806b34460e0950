/* SPDX-License-Identifier: MIT */
/*
 * The reader.
 */
#include "tests/unit/fake/kdumpread.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

static uint32_t u32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static uint64_t u64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static uint64_t be64(const uint8_t *p)
{
	uint64_t v = 0;

	for (int i = 0; i < 8; i++)
		v = v << 8 | p[i];
	return v;
}

static bool bit(const uint8_t *map, uint64_t i)
{
	return map[i / 8] >> i % 8 & 1;
}

bool kdumpread_open(struct kdumpread *d, const uint8_t *file, uint64_t len)
{
	uint64_t bitmaps, blocks, half;
	const uint8_t *sub;

	*d = (struct kdumpread){ .file = file, .len = len };
	if (len < 8192 || memcmp(file, "KDUMP   ", 8) || u32(file + 8) != 6 || u64(file + 416))
		return false;
	d->block = u32(file + 428);
	if (d->block < 4096 || d->block > 65536 || d->block & (d->block - 1) ||
	    (int32_t)u32(file + 460) < 1)
		return false;
	sub = file + d->block;
	d->level = (int32_t)u32(sub + 8);
	d->info_off = u64(sub + 32);
	d->info_len = u64(sub + 40);
	d->note_off = u64(sub + 48);
	d->note_len = u64(sub + 56);
	d->max_mapnr = u64(sub + 96);
	bitmaps = (1 + (uint64_t)u32(file + 432)) * d->block;
	blocks = u32(file + 436);
	half = blocks / 2 * d->block;
	if (bitmaps > len || 2 * half > len - bitmaps || 8 * half < d->max_mapnr)
		return false;
	d->ram = file + bitmaps;
	d->dumped = d->ram + half;
	d->desc = d->dumped + half;
	d->first = u32(sub + 12) ? u64(sub + 80) : 0;
	d->last = u32(sub + 12) ? u64(sub + 88) : d->max_mapnr;
	for (uint64_t i = d->first; i < d->last; i++)
		d->pages += bit(d->dumped, i);
	return d->pages * 24 <= len - bitmaps - 2 * half && d->note_off + d->note_len <= bitmaps &&
	       d->info_off + d->info_len <= bitmaps;
}

bool kdumpread_ram(const struct kdumpread *d, uint64_t pfn)
{
	return pfn < d->max_mapnr && bit(d->ram, pfn);
}

bool kdumpread_dumped(const struct kdumpread *d, uint64_t pfn)
{
	return pfn >= d->first && pfn < d->last && bit(d->dumped, pfn);
}

enum kdumpread_page kdumpread_page(const struct kdumpread *d, uint64_t pfn, uint8_t *buf,
				   uint64_t *ret_off)
{
	uint64_t n = 0, off;
	const uint8_t *e;
	uint32_t size;

	if (!kdumpread_dumped(d, pfn))
		return KDUMPREAD_EXCLUDED;
	for (uint64_t i = d->first; i < pfn;) {
		bool whole = !(i % 8) && pfn - i >= 8;

		n += whole ? (unsigned)__builtin_popcount(d->dumped[i / 8]) : bit(d->dumped, i);
		i += whole ? 8 : 1;
	}
	e = d->desc + n * 24;
	off = u64(e);
	size = u32(e + 8);
	if (ret_off)
		*ret_off = off;
	if (!off)
		return KDUMPREAD_LOST;
	if (off > d->len || size > d->len - off || size > d->block || u64(e + 16))
		return KDUMPREAD_BAD;
	if (u32(e + 12) == 0x20)
		return ZSTD_decompress(buf, d->block, d->file + off, size) == d->block
			       ? KDUMPREAD_OK
			       : KDUMPREAD_BAD;
	if (u32(e + 12) == 1) {
		unsigned long have = d->block;

		return uncompress(buf, &have, d->file + off, size) == Z_OK && have == d->block
			       ? KDUMPREAD_OK
			       : KDUMPREAD_BAD;
	}
	if (u32(e + 12) || size != d->block)
		return KDUMPREAD_BAD;
	memcpy(buf, d->file + off, size);
	return KDUMPREAD_OK;
}

uint8_t *kdumpread_unflatten(const uint8_t *s, uint64_t len, uint64_t *ret_len)
{
	uint8_t *file = NULL, *put = NULL;
	uint64_t at = 4096, end = 0, room = 0;

	if (len < 4096 || memcmp(s, "makedumpfile\0\0\0\0", 16) || be64(s + 16) != 1 ||
	    be64(s + 24) != 1)
		return NULL;
	while (len - at >= 16) {
		uint64_t off = be64(s + at), n = be64(s + at + 8);

		at += 16;
		if (off == ~0ull && n == ~0ull && at == len) {
			free(put);
			*ret_len = end;
			return file;
		}
		if (!n || n > len - at || off > 1ull << 32)
			break;
		if (off + n > room) {
			file = realloc(file, off + n);
			put = realloc(put, off + n);
			memset(file + room, 0, off + n - room);
			memset(put + room, 0, off + n - room);
			room = off + n;
		}
		if (memchr(put + off, 1, n))
			break;
		memset(put + off, 1, n);
		memcpy(file + off, s + at, n);
		end = off + n > end ? off + n : end;
		at += n;
	}
	free(put);
	free(file);
	return NULL;
}
