/* SPDX-License-Identifier: MIT */
/*
 * A file in concatenated zstd frames, as elf.zst is. The seek table at its end (zstd's "seekable
 * format") says where each frame begins; where it is missing, cut off with the end, the frames
 * are walked. A few decoded frames are kept; all readers share them, so that memory stays bounded.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>

#include "dumper/format/elf_seek.h"
#include "dumper/read/source.h"
#include "lib/bytes.h"
#include "lib/fuzz_sizes.h"
#include "lib/hash.h"
#include "lib/io.h"

#define SKIPPABLE_MASK 0xfffffff0u
#define SKIPPABLE      0x184d2a50u
#define SEEK_CHECKSUMS 0x80u
#define SKIP_HEAD      8u
#define BLOCK_HEAD     3u
#define MAX_FRAMES     (1u << 20) /* 8 MiB of table; with 1 MiB each a TiB */
#define MARK	       64u	  /* every so many frames their place is known */
#define MAX_DECODED    FUZZ_SIZE(8u << 20, 96u << 10) /* of a frame */
#define KEPT_BYTES     (4u << 20)		      /* of decoded frames; at least one is kept */
#define MAX_SLOTS      4
#define INPUT_BYTES    (64u << 10)

static const char too_long[] =
	"a zstd frame of more than 8 MiB: not made for reading in parts, unpack it (zstd -d)";
static const char unreadable[] = "cannot read the zstd frames";
static const char too_many[] = "too many zstd frames: unpack it (zstd -d)";

/* Bytes of a frame, packed and unpacked. */
struct size {
	uint32_t packed, raw;
};

/* Where a frame begins, packed and unpacked. */
struct place {
	uint64_t at, off;
};

struct slot {
	uint8_t *buf;
	uint64_t frame; /* UINT64_MAX: none */
	uint64_t used;	/* when */
};

struct zst {
	pthread_mutex_t lock;
	ZSTD_DCtx *context;
	uint8_t *trial; /* MAX_DECODED bytes, once a frame is decoded for its length; else NULL */
	uint8_t *input;
	struct size *sizes;  /* of the n frames */
	struct place *marks; /* of every MARKth */
	uint8_t (*sums)[4];  /* of the first n_sums frames' packed bytes */
	size_t n_sums;
	size_t n, room;
	struct place end;
	uint64_t longest; /* as the headers promise, not as much as there is */
	struct slot slots[MAX_SLOTS];
	unsigned n_slots;
	uint64_t clock;
};

static int grow(struct zst *z, const char **why)
{
	size_t room = z->room ? z->room * 2 : 4 * MARK;
	struct size *sizes;
	struct place *marks;

	*why = too_many;
	if (room > MAX_FRAMES)
		return -EFBIG;
	*why = "no memory";
	sizes = reallocarray(z->sizes, room, sizeof(*sizes));
	if (!sizes)
		return -ENOMEM;
	z->sizes = sizes;
	marks = reallocarray(z->marks, room / MARK, sizeof(*marks));
	if (!marks)
		return -ENOMEM;
	z->marks = marks;
	z->room = room;
	return 0;
}

/* The next frame; a gap between frames is one without content. */
static int add_frame(struct zst *z, uint64_t packed, uint64_t raw, const char **why)
{
	int r = z->n == z->room ? grow(z, why) : 0;

	if (r)
		return r;
	*why = too_long;
	if (packed > UINT32_MAX || raw > MAX_DECODED)
		return -EFBIG;
	if (z->n % MARK == 0)
		z->marks[z->n / MARK] = z->end;
	z->sizes[z->n++] = (struct size){ (uint32_t)packed, (uint32_t)raw };
	z->end.at += packed;
	z->end.off += raw;
	if (raw > z->longest)
		z->longest = raw;
	return 0;
}

/*
 * Decodes the packed bytes [at, end) into dst; *ret_len as far as they go. -EBADMSG: no zstd. The
 * output lies in one piece, so that the library needs no window of its own; it wants room for
 * what the frame's header promises.
 */
static int decode(const struct source *src, uint64_t at, uint64_t end, uint8_t *dst, size_t room,
		  size_t *ret_len)
{
	struct zst *z = src->state;
	ZSTD_outBuffer out = { dst, room, 0 };
	size_t left = 1;

	ZSTD_DCtx_reset(z->context, ZSTD_reset_session_only);
	while (at < end && left) {
		size_t n = end - at < INPUT_BYTES ? end - at : INPUT_BYTES;
		ZSTD_inBuffer in = { z->input, n, 0 };
		int r = io_pread(src->fd, z->input, n, at);

		if (r)
			return r;
		while (in.pos < in.size && left) {
			size_t before = in.pos + out.pos;

			left = ZSTD_decompressStream(z->context, &out, &in);
			*ret_len = out.pos;
			if (ZSTD_isError(left) || before == in.pos + out.pos)
				return -EBADMSG;
		}
		at += n;
	}
	*ret_len = out.pos;
	return left ? -ENODATA : 0;
}

/* As decode(), for the length alone. -ENOMEM. */
static int try_decode(const struct source *src, uint64_t at, uint64_t end, size_t *ret_len)
{
	struct zst *z = src->state;

	if (!z->trial)
		z->trial = malloc(MAX_DECODED);
	return z->trial ? decode(src, at, end, z->trial, MAX_DECODED, ret_len) : -ENOMEM;
}

/* Where the frame at `at` ends, by its blocks' headers; *ret_cut: behind the file's end. */
static int walk_blocks(const struct source *src, uint64_t at, unsigned head, bool checksum,
		       uint64_t *ret_end, bool *ret_cut)
{
	uint8_t b[BLOCK_HEAD];
	bool last = false;

	for (at += head; !last;) {
		uint32_t h, size;
		int r;

		*ret_cut = !bytes_inside(at, sizeof(b), src->file_size);
		if (*ret_cut)
			break;
		r = io_pread(src->fd, b, sizeof(b), at);
		if (r)
			return r;
		h = b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16;
		last = h & 1;
		size = (h >> 1 & 3) == 1 ? 1 : h >> 3; /* a run is one byte */
		if ((h >> 1 & 3) == 3)
			return -EBADMSG;
		at += sizeof(b) + size;
	}
	at += checksum && !*ret_cut ? 4 : 0;
	*ret_cut |= at > src->file_size;
	*ret_end = *ret_cut ? src->file_size : at;
	return 0;
}

/* Its length as the header has it; else it is decoded once. */
static int frame_length(const struct source *src, const ZSTD_frameHeader *fh, uint64_t at,
			uint64_t end, bool cut, uint64_t *ret, const char **why)
{
	size_t len = 0;
	int r;

	*why = too_long;
	if (fh->frameContentSize != ZSTD_CONTENTSIZE_UNKNOWN && fh->frameContentSize > MAX_DECODED)
		return -EFBIG;
	*ret = fh->frameContentSize;
	if (fh->frameContentSize != ZSTD_CONTENTSIZE_UNKNOWN && !cut)
		return 0;
	r = try_decode(src, at, end, &len);
	*why = r == -ENOMEM			? "no memory"
	       : r == -EBADMSG || r == -ENODATA ? "a zstd frame is damaged or longer than 8 MiB"
						: unreadable;
	*ret = len;
	return cut && r != -ENOMEM ? 0 : r;
}

/* 0: a frame; 1: the end. */
static int walk_frame(struct source *src, const char **why)
{
	struct zst *z = src->state;
	uint64_t at = z->end.at, end, len;
	uint8_t head[ZSTD_FRAMEHEADERSIZE_MAX];
	size_t n = src->file_size - at < sizeof(head) ? src->file_size - at : sizeof(head);
	ZSTD_frameHeader fh;
	bool cut = false;
	int r = io_pread(src->fd, head, n, at);

	*why = unreadable;
	if (r)
		return r;
	if (n >= SKIP_HEAD && (get_le32(head) & SKIPPABLE_MASK) == SKIPPABLE) {
		len = SKIP_HEAD + (uint64_t)get_le32(head + 4);
		return len >= src->file_size - at ? 1 : add_frame(z, len, 0, why);
	}
	r = ZSTD_getFrameHeader(&fh, head, n) || fh.frameType != ZSTD_frame
		    ? -EBADMSG
		    : walk_blocks(src, at, fh.headerSize, fh.checksumFlag, &end, &cut);
	/* rubbish behind good frames ends them */
	if (r == -EBADMSG) {
		src->truncated = true;
		return 1;
	}
	if (r)
		return r;
	r = frame_length(src, &fh, at, end, cut, &len, why);
	if (!r)
		r = add_frame(z, end - at, len, why);
	if (cut && fh.frameContentSize != ZSTD_CONTENTSIZE_UNKNOWN)
		z->longest = fh.frameContentSize > z->longest ? fh.frameContentSize : z->longest;
	src->checksums += fh.checksumFlag && !cut;
	src->truncated |= cut;
	return r ? r : end >= src->file_size;
}

static int walk_frames(struct source *src, const char **why)
{
	int r;

	do
		r = walk_frame(src, why);
	while (!r);
	return r < 0 ? r : 0;
}

/* The table's place and the number of entries; false: there is none that fits the file. */
static bool find_table(const struct source *src, uint64_t *ret_at, uint32_t *ret_n,
		       unsigned *ret_size)
{
	uint8_t foot[ELF_SEEK_FOOTER], head[SKIP_HEAD];
	uint64_t size;

	if (src->file_size < ELF_SEEK_FOOTER + SKIP_HEAD ||
	    io_pread(src->fd, foot, sizeof(foot), src->file_size - sizeof(foot)) ||
	    get_le32(foot + 5) != ELF_SEEK_MAGIC)
		return false;
	*ret_n = get_le32(foot);
	*ret_size = foot[4] & SEEK_CHECKSUMS ? 12 : 8;
	size = (uint64_t)*ret_n * *ret_size + ELF_SEEK_FOOTER;
	if (size + SKIP_HEAD > src->file_size)
		return false;
	*ret_at = src->file_size - size;
	return !io_pread(src->fd, head, sizeof(head), *ret_at - SKIP_HEAD) &&
	       get_le32(head) == ELF_SEEK_FRAME_MAGIC && get_le32(head + 4) == size;
}

/* Does the frame begin as the table says, and is it as long? Counts its checksum. */
static bool frame_fits(struct source *src, uint64_t at, const struct size *size)
{
	uint8_t head[ZSTD_FRAMEHEADERSIZE_MAX];
	uint64_t left = src->file_size - at;
	size_t n = left < sizeof(head) ? left : sizeof(head);
	ZSTD_frameHeader fh;

	if (io_pread(src->fd, head, n, at) || ZSTD_getFrameHeader(&fh, head, n))
		return false;
	src->checksums += fh.frameType == ZSTD_frame && fh.checksumFlag;
	return fh.frameType != ZSTD_frame || fh.frameContentSize == ZSTD_CONTENTSIZE_UNKNOWN ||
	       fh.frameContentSize == size->raw;
}

/*
 * Where a frame and the table contradict each other, one of them is damaged: the table if the
 * frame is whole, and then it is of no use. A damaged frame costs itself alone.
 */
static bool table_fits(struct source *src)
{
	const struct zst *z = src->state;
	uint64_t at = 0;
	bool fits = true;

	for (size_t i = 0; i < z->n && fits; at += z->sizes[i++].packed) {
		size_t len;

		if (frame_fits(src, at, &z->sizes[i]))
			continue;
		fits = try_decode(src, at, at + z->sizes[i].packed, &len);
	}
	return fits;
}

static int add_entries(struct source *src, uint64_t table, uint32_t n, unsigned size,
		       const char **why)
{
	uint8_t e[12 * 64];

	for (uint32_t i = 0; i < n; i++) {
		const uint8_t *p = e + i % 64 * size;
		int r = i % 64 ? 0
			       : io_pread(src->fd, e, (n - i < 64 ? n - i : 64) * size,
					  table + (uint64_t)i * size);

		if (!r)
			r = add_frame(src->state, get_le32(p), get_le32(p + 4), why);
		if (r)
			return r;
	}
	return 0;
}

/* 0; 1: no table, or one that cannot be read or does not fit the file. */
static int read_table(struct source *src, const char **why)
{
	struct zst *z = src->state;
	uint64_t table;
	unsigned size;
	uint32_t n;
	int r;

	if (!find_table(src, &table, &n, &size))
		return 1;
	r = add_entries(src, table, n, size, why);
	if (r == -ENOMEM)
		return r;
	if (!r && z->end.at == table - SKIP_HEAD && table_fits(src))
		return 0;
	src->checksums = 0;
	z->n = 0;
	z->longest = 0;
	z->end = (struct place){ 0 };
	return 1;
}

/* A dump of ours has the sums of its frames in the last one. */
static int read_sums(struct source *src)
{
	struct zst *z = src->state;
	uint8_t head[ELF_SUMS_HEAD];
	size_t n = z->n ? z->n - 1 : 0, bytes = n * sizeof(*z->sums);
	uint64_t at;

	if (!n || z->sizes[n].raw || z->sizes[n].packed != sizeof(head) + bytes)
		return 0;
	at = z->end.at - z->sizes[n].packed;
	if (io_pread(src->fd, head, sizeof(head), at) || get_le32(head) != ELF_SUMS_FRAME_MAGIC ||
	    memcmp(head + 8, ELF_SUMS_MAGIC, sizeof(head) - 8))
		return 0;
	z->sums = malloc(bytes);
	if (!z->sums)
		return -ENOMEM;
	if (io_pread(src->fd, z->sums, bytes, at + sizeof(head)))
		return 0;
	z->n_sums = n;
	src->checksums += n;
	return 0;
}

/* Are the packed bytes of frame i, which begin at `at`, those that were written? */
static bool sum_fits(const struct source *src, size_t i, uint64_t at)
{
	struct zst *z = src->state;
	uint64_t end = at + z->sizes[i].packed;
	struct hash sum;

	hash_start(&sum);
	while (at < end) {
		size_t n = end - at < INPUT_BYTES ? end - at : INPUT_BYTES;

		if (io_pread(src->fd, z->input, n, at))
			return false;
		hash_add(&sum, z->input, n);
		at += n;
	}
	return (uint32_t)hash_value(&sum) == get_le32(z->sums[i]);
}

static int alloc_slots(struct zst *z)
{
	uint64_t n = z->longest ? KEPT_BYTES / z->longest : 0;

	z->n_slots = n > MAX_SLOTS ? MAX_SLOTS : n ? (unsigned)n : 1;
	for (unsigned i = 0; i < z->n_slots; i++) {
		z->slots[i].frame = UINT64_MAX;
		z->slots[i].buf = malloc(z->longest ? z->longest : 1);
		if (!z->slots[i].buf)
			return -ENOMEM;
	}
	return 0;
}

/* Index and place of the frame that holds off, which is inside the content. */
static size_t find_frame(const struct zst *z, uint64_t off, struct place *ret)
{
	size_t lo = 0, hi = (z->n + MARK - 1) / MARK;

	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;

		if (z->marks[mid].off <= off)
			lo = mid;
		else
			hi = mid;
	}
	*ret = z->marks[lo];
	for (lo *= MARK; off - ret->off >= z->sizes[lo].raw; lo++) {
		ret->at += z->sizes[lo].packed;
		ret->off += z->sizes[lo].raw;
	}
	return lo;
}

/* The decoded frame, which begins at `at`; NULL: damaged. */
static const uint8_t *frame(const struct source *src, size_t i, uint64_t at)
{
	struct zst *z = src->state;
	struct slot *s = &z->slots[0];
	size_t len = 0;
	int r;

	for (unsigned k = 0; k < z->n_slots; k++) {
		const struct slot *other = &z->slots[k];

		if (other->frame == i || (s->frame != i && other->used < s->used))
			s = &z->slots[k];
	}
	s->used = ++z->clock;
	if (s->frame == i)
		return s->buf;
	s->frame = UINT64_MAX;
	if (i < z->n_sums && !sum_fits(src, i, at))
		return NULL;
	r = decode(src, at, at + z->sizes[i].packed, s->buf, z->longest, &len);
	/* the last frame of a cut file has no end, only as many bytes as were found before */
	if ((r && !(src->truncated && i == z->n - 1)) || len != z->sizes[i].raw)
		return NULL;
	s->frame = i;
	return s->buf;
}

static int zst_read(const struct source *src, void *buf, size_t len, uint64_t off)
{
	struct zst *z = src->state;
	uint8_t *to = buf;
	int r = 0;

	pthread_mutex_lock(&z->lock);
	while (len && !r) {
		struct place p;
		size_t i = find_frame(z, off, &p);
		uint64_t n = z->sizes[i].raw - (off - p.off);
		const uint8_t *from = frame(src, i, p.at);

		n = n < len ? n : len;
		if (from)
			memcpy(to, from + (off - p.off), n);
		else
			r = -EIO;
		to += n;
		off += n;
		len -= n;
	}
	pthread_mutex_unlock(&z->lock);
	return r;
}

static uint64_t zst_next_data(const struct source *src, uint64_t off)
{
	(void)src;
	return off;
}

static uint64_t zst_data_end(const struct source *src, uint64_t off)
{
	(void)off;
	return src->size;
}

static void zst_close(struct source *src)
{
	struct zst *z = src->state;

	for (unsigned i = 0; i < z->n_slots; i++)
		free(z->slots[i].buf);
	ZSTD_freeDCtx(z->context);
	pthread_mutex_destroy(&z->lock);
	free(z->sizes);
	free(z->marks);
	free(z->sums);
	free(z->input);
	free(z->trial);
	free(z);
}

static const struct source_layer layer = {
	.name = "zstd frames",
	.read = zst_read,
	.next_data = zst_next_data,
	.data_end = zst_data_end,
	.close = zst_close,
};

int source_zst_open(struct source *src, const char **why)
{
	struct zst *z = calloc(1, sizeof(*z));
	int r;

	*why = "no memory";
	if (!z)
		return -ENOMEM;
	pthread_mutex_init(&z->lock, NULL);
	src->layer = &layer;
	src->state = z;
	z->input = malloc(INPUT_BYTES);
	z->context = ZSTD_createDCtx();
	if (!z->input || !z->context ||
	    ZSTD_isError(ZSTD_DCtx_setParameter(z->context, ZSTD_d_stableOutBuffer, 1)))
		return -ENOMEM;
	r = read_table(src, why);
	if (r > 0)
		r = walk_frames(src, why);
	if (r)
		return r;
	free(z->trial);
	z->trial = NULL;
	src->size = z->end.off;
	*why = "no memory";
	r = read_sums(src);
	return r ? r : alloc_slots(z);
}
