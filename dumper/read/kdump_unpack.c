/* SPDX-License-Identifier: MIT */
/*
 * The unpacking reader. Page data mostly lies in the order of the pages, so that bytes are read
 * ahead where the last ones continue.
 */
#include "dumper/read/kdump_unpack.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/bytes.h"

#define READ_AHEAD  (64u << 10)
#define READ_SINGLE 4096u /* where nothing says that the next page follows */

int kdump_unpack_open(struct kdump_unpack *u)
{
	memset(u, 0, sizeof(*u));
	u->in = malloc(READ_AHEAD);
	if (!u->in)
		return -ENOMEM;
	return decompress_open(&u->zip);
}

void kdump_unpack_close(struct kdump_unpack *u)
{
	decompress_close(&u->zip);
	free(u->in);
	free(u->block);
	u->in = u->block = NULL;
}

/* size, at most a page of 64 KiB, is in the file. */
static const uint8_t *packed(struct kdump_unpack *u, const struct kdump_file *p, uint64_t off,
			     uint32_t size)
{
	bool goes_on = u->in_part == p && off >= u->in_off && off - u->in_off <= u->in_len;
	uint64_t want = goes_on ? READ_AHEAD : size < READ_SINGLE ? READ_SINGLE : size;

	if (goes_on && bytes_inside(off - u->in_off, size, u->in_len))
		return u->in + (off - u->in_off);
	want = want < p->src.size - off ? want : p->src.size - off;
	u->in_part = NULL;
	if (source_read(&p->src, u->in, want, off))
		return NULL;
	u->in_part = p;
	u->in_off = off;
	u->in_len = want;
	return u->in;
}

static const struct kdump_file *part_of(const struct kdump_set *set, uint64_t pfn)
{
	for (unsigned i = 0; i < set->n; i++) {
		if (pfn >= set->parts[i].start && pfn < set->parts[i].end)
			return &set->parts[i];
	}
	return NULL;
}

int kdump_unpack_find(struct kdump_unpack *u, const struct kdump_set *set, uint64_t pfn,
		      struct kdump_page *ret)
{
	const struct kdump_file *p = part_of(set, pfn);

	*ret = (struct kdump_page){ 0 };
	if (!p)
		return -ENOENT;
	if (u->cursor.part != p)
		kdump_cursor_init(&u->cursor, p);
	return kdump_file_find(&u->cursor, pfn, ret);
}

int kdump_unpack_found(struct kdump_unpack *u, const struct kdump_page *d, void *dst)
{
	const struct kdump_file *p = u->cursor.part;
	size_t page = 1ul << p->shift;
	const uint8_t *src;

	if (d->flags == KDUMP_ZEROS) {
		memset(dst, 0, page);
		return 0;
	}
	src = packed(u, p, d->offset, d->size);
	return src ? decompress_page(&u->zip, d->flags, src, d->size, dst, page) : -EIO;
}

int kdump_unpack_page(struct kdump_unpack *u, const struct kdump_set *set, uint64_t pfn, void *dst)
{
	struct kdump_page d;
	int r = kdump_unpack_find(u, set, pfn, &d);

	return r ? r : kdump_unpack_found(u, &d, dst);
}

int kdump_unpack_part(struct kdump_unpack *u, const struct kdump_set *set, uint64_t pa, void *dst,
		      size_t len)
{
	uint64_t pfn = pa >> set->shift, bytes = 1ull << set->shift;
	int r = 0;

	if (!u->block) {
		u->block = malloc(bytes);
		u->block_pfn = UINT64_MAX;
	}
	if (!u->block)
		return -ENOMEM;
	if (u->block_pfn != pfn) {
		r = kdump_unpack_page(u, set, pfn, u->block);
		u->block_pfn = r ? UINT64_MAX : pfn;
	}
	if (!r)
		memcpy(dst, u->block + pa % bytes, len);
	return r;
}

bool kdump_unpack_knows(uint32_t status)
{
	return !(status & ~(uint32_t)(KDUMP_ZLIB | KDUMP_LZO | KDUMP_SNAPPY | KDUMP_INCOMPLETE |
				      KDUMP_NO_VMEMMAP | KDUMP_ZSTD));
}
