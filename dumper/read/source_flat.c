/* SPDX-License-Identifier: MIT */
/*
 * The flattened format: records (offset, length, bytes) in any order → a table by offset. Bytes
 * that no record holds are zeros; of two records for one byte the later counts, as with
 * makedumpfile -R.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dumper/format/flat_format.h"
#include "dumper/read/source.h"
#include "lib/bytes.h"
#include "lib/io.h"

#define MAX_PIECES	(1u << 19) /* 12 MiB; of ours, half a TiB of dump */
#define MAX_OVERLAPPING (1u << 16) /* of a stream that needs a look at each of them */

/* [off, end) of the content stands at pos of the file. */
struct piece {
	uint64_t off, end, pos;
};

struct flat {
	struct piece *pieces; /* by offset */
	size_t n, room;
	bool overlaps;
};

static int add_piece(struct flat *f, uint64_t off, uint64_t len, uint64_t pos)
{
	if (f->n == f->room) {
		size_t room = f->room ? f->room * 2 : 256;
		struct piece *p = room > MAX_PIECES ? NULL : realloc(f->pieces, room * sizeof(*p));

		if (!p)
			return room > MAX_PIECES ? -EFBIG : -ENOMEM;
		f->pieces = p;
		f->room = room;
	}
	f->pieces[f->n++] = (struct piece){ off, off + len, pos };
	return 0;
}

/* 0: a record; 1: the end mark, or nothing more. */
static int next_record(struct source *src, struct flat *f, uint64_t *at, const char **why)
{
	uint64_t off, len, have;
	uint8_t head[FLAT_RECORD];
	int r;

	src->truncated = !bytes_inside(*at, sizeof(head), src->file_size);
	if (src->truncated)
		return 1;
	r = io_pread(src->fd, head, sizeof(head), *at);
	if (r)
		return r;
	off = get_be64(head);
	len = get_be64(head + 8);
	if (off == UINT64_MAX && len == UINT64_MAX)
		return 1;
	*why = "a record of the flattened stream has an impossible place or length";
	if (off > INT64_MAX || len > INT64_MAX - off || !len)
		return -EBADMSG;
	*at += sizeof(head);
	have = src->file_size - *at;
	src->truncated = len > have;
	if (src->truncated)
		len = have;
	*why = "too many records: make a file of the flattened stream first (-R)";
	r = len ? add_piece(f, off, len, *at) : 0;
	*at += len;
	return r ? r : src->truncated;
}

static int by_offset(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;

	if (x->off != y->off)
		return x->off < y->off ? -1 : 1;
	return x->pos < y->pos ? -1 : x->pos > y->pos;
}

static int kdump_index_pieces(struct source *src, struct flat *f, const char **why)
{
	uint64_t end = 0;

	/* most streams ascend already but for a few */
	if (f->n)
		qsort(f->pieces, f->n, sizeof(*f->pieces), by_offset);
	for (size_t i = 0; i < f->n; i++) {
		f->overlaps |= f->pieces[i].off < end;
		if (f->pieces[i].end > end)
			end = f->pieces[i].end;
	}
	src->size = end;
	*why = "too many records that overlap: make a file of the flattened stream first (-R)";
	return f->overlaps && f->n > MAX_OVERLAPPING ? -EFBIG : 0;
}

/* Index of the first piece that begins behind off. */
static size_t behind(const struct flat *f, uint64_t off)
{
	size_t lo = 0, hi = f->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (f->pieces[mid].off <= off)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* Of the pieces that hold off, the last of the stream, as far as no later one covers it. */
static const struct piece *newest(const struct flat *f, uint64_t off, size_t next,
				  uint64_t *ret_end)
{
	const struct piece *best = NULL;

	for (size_t i = 0; i < next; i++) {
		const struct piece *p = &f->pieces[i];

		if (p->end > off && (!best || p->pos > best->pos))
			best = p;
	}
	if (!best)
		return NULL;
	*ret_end = best->end;
	for (size_t i = next; i < f->n && f->pieces[i].off < *ret_end; i++) {
		if (f->pieces[i].pos > best->pos)
			*ret_end = f->pieces[i].off;
	}
	return best;
}

/*
 * The piece that holds off and where its say ends; NULL: a hole, up to *ret_end (UINT64_MAX: for
 * ever).
 */
static const struct piece *find_piece(const struct flat *f, uint64_t off, uint64_t *ret_end)
{
	size_t next = behind(f, off);
	const struct piece *p = NULL;

	if (f->overlaps) {
		p = newest(f, off, next, ret_end);
	} else if (next && f->pieces[next - 1].end > off) {
		p = &f->pieces[next - 1];
		*ret_end = p->end;
	}
	if (!p)
		*ret_end = next < f->n ? f->pieces[next].off : UINT64_MAX;
	return p;
}

static int flat_read(const struct source *src, void *buf, size_t len, uint64_t off)
{
	const struct flat *f = src->state;
	uint8_t *to = buf;

	while (len) {
		uint64_t end, n;
		const struct piece *p = find_piece(f, off, &end);
		int r;

		n = end - off < len ? end - off : len;
		if (p) {
			r = io_pread(src->fd, to, n, p->pos + (off - p->off));
			if (r)
				return r;
		} else {
			memset(to, 0, n);
		}
		to += n;
		off += n;
		len -= n;
	}
	return 0;
}

static uint64_t flat_next_data(const struct source *src, uint64_t off)
{
	uint64_t end;

	return find_piece(src->state, off, &end) ? off : end;
}

static uint64_t flat_data_end(const struct source *src, uint64_t off)
{
	uint64_t end;

	return find_piece(src->state, off, &end) ? end : off;
}

static void flat_close(struct source *src)
{
	struct flat *f = src->state;

	free(f->pieces);
	free(f);
}

static const struct source_layer layer = {
	.name = "flattened",
	.read = flat_read,
	.next_data = flat_next_data,
	.data_end = flat_data_end,
	.close = flat_close,
};

int source_flat_open(struct source *src, const char **why)
{
	uint64_t at = FLAT_HEADER;
	uint8_t head[FLAT_SIGNATURE + 16];
	struct flat *f;
	int r;

	*why = "the flattened stream ends in its header";
	if (io_pread(src->fd, head, sizeof(head), 0))
		return -EBADMSG;
	*why = "a flattened stream of an unknown version";
	if (!flat_header_ok(head))
		return -ENOEXEC;
	f = calloc(1, sizeof(*f));
	if (!f)
		return -ENOMEM;
	src->layer = &layer;
	src->state = f;
	do
		r = next_record(src, f, &at, why);
	while (!r);
	return r < 0 ? r : kdump_index_pieces(src, f, why);
}
