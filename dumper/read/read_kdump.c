/* SPDX-License-Identifier: MIT */
/*
 * Dumps in the kdump-compressed format, in one file or in several parts.
 */
#include "dumper/read/reader.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dumper/read/kdump_unpack.h"
#include "lib/bits.h"
#include "lib/bytes.h"
#include "lib/cleanup.h"

#define NOTES_LOOKED_AT 65536u
#define NOTES_WALKED	256u /* device dumps come before those of the CPUs */

static const struct machine {
	const char *name; /* as uname has it */
	uint16_t e_machine;
	uint16_t prstatus; /* size of its NT_PRSTATUS */
	const char *key;   /* a word of its VMCOREINFO alone; NULL: none is known */
} machines[] = {
	{ "x86_64", EM_X86_64, 336, "NUMBER(phys_base)" },
	{ "aarch64", EM_AARCH64, 392, "NUMBER(kimage_voffset)" },
	{ "riscv64", EM_RISCV, 376, "NUMBER(phys_ram_base)" },
	/* for the header of an ELF core, no more */
	{ "ppc64le", EM_PPC64, 0, NULL },
	{ "loongarch64", EM_LOONGARCH, 0, NULL },
};

const struct kdump_set *read_kdump_set(const struct vmcore *v)
{
	return v->format == VMCORE_KDUMP ? v->state : NULL;
}

static uint16_t machine_by_vmcoreinfo(const struct kdump_file *p)
{
	size_t n = p->note_len < NOTES_LOOKED_AT ? p->note_len : NOTES_LOOKED_AT;
	uint64_t off = p->note_off + p->note_len - n;
	uint16_t found = 0;
	char *buf = n ? malloc(n) : NULL;

	/* VMCOREINFO is the last note */
	if (buf && !source_read(&p->src, buf, n, off)) {
		for (size_t i = 0; i < ARRAY_LEN(machines); i++) {
			if (machines[i].key &&
			    memmem(buf, n, machines[i].key, strlen(machines[i].key)))
				found = machines[i].e_machine;
		}
	}
	free(buf);
	return found;
}

static uint16_t machine_by_prstatus(const struct kdump_file *p)
{
	uint64_t off = 0;
	Elf64_Nhdr nh;

	for (unsigned i = 0; i < NOTES_WALKED; i++) {
		if (!bytes_inside(off, sizeof(nh), p->note_len) ||
		    source_read(&p->src, &nh, sizeof(nh), p->note_off + off))
			break;
		for (size_t k = 0; k < ARRAY_LEN(machines); k++) {
			if (nh.n_type == NT_PRSTATUS && nh.n_descsz == machines[k].prstatus)
				return machines[k].e_machine;
		}
		off += sizeof(nh) + bytes_round_up(nh.n_namesz, 4) + bytes_round_up(nh.n_descsz, 4);
	}
	return 0;
}

/* QEMU since 9.0 writes "Unknown" as the machine's name; a header may be missing altogether. */
static uint16_t machine_of(const struct kdump_file *p)
{
	const char *name = p->header.utsname[4];
	uint16_t found;

	for (size_t i = 0; i < ARRAY_LEN(machines); i++) {
		if (!strncmp(name, machines[i].name, sizeof(p->header.utsname[4])))
			return machines[i].e_machine;
	}
	if (name[0] && strncmp(name, "Unknown", sizeof(p->header.utsname[4])))
		return 0;
	found = machine_by_vmcoreinfo(p);
	return found ? found : machine_by_prstatus(p);
}

static int by_start(const void *a, const void *b)
{
	const struct kdump_file *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

/* Parts of one dump have the same page size, frames and crash; their ranges do not overlap. */
static int check_parts(struct vmcore *v, const struct kdump_set *s, const char **why)
{
	uint64_t end = 0;

	*why = "the files are not the parts of one split dump";
	for (unsigned i = 0; i < s->n; i++) {
		const struct kdump_file *p = &s->parts[i], *first = &s->parts[0];

		if (s->n > 1 && (!p->sub.split || p->start < end))
			return -EINVAL;
		if (p->shift != first->shift || p->max_mapnr != first->max_mapnr)
			return -EINVAL;
		if (!p->headless && !first->headless &&
		    (memcmp(p->header.utsname, first->header.utsname, sizeof(p->header.utsname)) ||
		     p->header.crash_s != first->header.crash_s))
			return -EINVAL;
		v->parts_missing |= p->start != end;
		end = p->end;
	}
	v->parts_missing |= end != s->parts[0].max_mapnr;
	return 0;
}

/* All parts together: their words about the dump. */
static void describe(struct vmcore *v, const struct kdump_set *s)
{
	const struct kdump_file *first = &s->parts[0];

	v->page_shift = s->shift;
	v->page_fixed = true;
	v->size = first->src.size;
	v->machine = machine_of(first);
	v->utsname = first->header.utsname;
	v->note_off = first->note_off;
	v->note_len = first->note_len;
	v->phys_base = first->sub.phys_base;
	v->parts = first->sub.split ? s->n : 0;
	for (unsigned i = 0; i < s->n; i++) {
		const struct kdump_file *p = &s->parts[i];

		v->truncated |= p->truncated;
		v->recovered |= p->headless || !p->bits_off;
		v->dump_level |= p->headless || p->header.header_version >= 1
					 ? (unsigned)p->sub.dump_level
					 : 0;
		v->status |= p->header.status;
	}
}

/* The n blocks from the first on; as vmcore_ram_bits. */
static void block_bits(const struct kdump_set *s, uint64_t first, unsigned n, uint64_t *ram,
		       uint64_t *data)
{
	uint64_t words = (n + 63) / 64, some[512];

	memset(ram, 0, words * sizeof(*ram));
	memset(data, 0, words * sizeof(*data));
	for (unsigned i = 0; i < s->n; i++) {
		const struct kdump_file *p = &s->parts[i];

		/* in pieces that fit the buffer, each but the last of whole words */
		for (unsigned at = 0; at < n; at += KDUMP_PIECE) {
			unsigned m = n - at < KDUMP_PIECE ? n - at : KDUMP_PIECE;

			if (p->start < first + at + m && first + at < p->end) {
				kdump_file_data(p, first + at, m, some);
				for (unsigned k = 0; k < (m + 63) / 64; k++)
					data[at / 64 + k] |= some[k];
			}
			/* every part has the whole of it */
			if (!i) {
				kdump_file_ram(p, first + at, m, some);
				memcpy(ram + at / 64, some, (m + 63) / 64 * sizeof(*some));
			}
		}
	}
	for (uint64_t k = 0; k < words; k++)
		ram[k] |= data[k];
}

/*
 * A block has 2 to the power of this frames. QEMU writes blocks of 64 KiB for each aarch64 machine, whatever
 * pages its kernel has; everybody else, of one page.
 */
static unsigned block_frames_shift(const struct vmcore *v)
{
	return ((const struct kdump_set *)v->state)->shift - v->page_shift;
}

/* The n frames from pfn on have the bits of their blocks, of which the first in from is of frame first. */
static void spread_bits(const uint64_t *from, unsigned blocks, unsigned shift, uint64_t first,
			uint64_t pfn, unsigned n, uint64_t *ret)
{
	unsigned end;

	memset(ret, 0, (n + 63) / 64 * sizeof(*ret));
	for (unsigned i = bits_next(from, 0, blocks, 1); i < blocks;
	     i = bits_next(from, end, blocks, 1)) {
		uint64_t start = first + ((uint64_t)i << shift), stop;

		end = bits_next(from, i, blocks, 0);
		stop = first + ((uint64_t)end << shift);
		bits_set(ret, start > pfn ? (unsigned)(start - pfn) : 0,
			 stop < pfn + n ? (unsigned)(stop - pfn) : n);
	}
}

static void kdump_ram_bits(const struct vmcore *v, uint64_t pfn, unsigned n, uint64_t *ram,
			   uint64_t *data)
{
	uint64_t some_ram[KDUMP_PIECE / 64], some_data[KDUMP_PIECE / 64];
	unsigned shift = block_frames_shift(v), m;

	if (!shift) {
		block_bits(v->state, pfn, n, ram, data);
		return;
	}
	for (unsigned at = 0; at < n; at += m) {
		uint64_t from = pfn + at, block = from >> shift;
		unsigned blocks;

		m = n - at < KDUMP_PIECE ? n - at : KDUMP_PIECE;
		blocks = (unsigned)(((from + m - 1) >> shift) - block + 1);
		block_bits(v->state, block, blocks, some_ram, some_data);
		spread_bits(some_ram, blocks, shift, block << shift, from, m, ram + at / 64);
		spread_bits(some_data, blocks, shift, block << shift, from, m, data + at / 64);
	}
}

/* No block before this one is RAM. */
static uint64_t skip(const struct kdump_set *s, uint64_t block)
{
	uint64_t min = UINT64_MAX;

	for (unsigned i = 0; i < s->n; i++) {
		uint64_t next = kdump_file_skip(&s->parts[i], block);

		min = next < min ? next : min;
	}
	return min;
}

/* The first block from this one on that is RAM (want 1) or none (want 0). Mostly it is near. */
static uint64_t find_block(const struct kdump_set *s, uint64_t block, int want)
{
	uint64_t ram[KDUMP_PIECE / 64], data[KDUMP_PIECE / 64];
	unsigned n = 1024;

	while (block < s->max_mapnr) {
		uint64_t start = block / n * n;
		unsigned at;

		block_bits(s, start, n, ram, data);
		at = bits_next(ram, (unsigned)(block - start), n, want);
		if (at < n)
			return start + at < s->max_mapnr || want ? start + at : s->max_mapnr;
		block = start + n;
		n = KDUMP_PIECE;
		if (want)
			block = skip(s, block);
	}
	return want ? UINT64_MAX : s->max_mapnr;
}

static uint64_t kdump_next_ram(const struct vmcore *v, uint64_t pfn)
{
	unsigned shift = block_frames_shift(v);
	uint64_t block = find_block(v->state, pfn >> shift, 1);

	if (block == UINT64_MAX)
		return UINT64_MAX;
	return block << shift > pfn ? block << shift : pfn;
}

static void count_ram(struct kdump_set *s)
{
	uint64_t ram[KDUMP_PIECE / 64], data[KDUMP_PIECE / 64];

	for (uint64_t block = skip(s, 0); block < s->max_mapnr;) {
		uint64_t start = block / KDUMP_PIECE * KDUMP_PIECE;
		unsigned n;

		block_bits(s, start, KDUMP_PIECE, ram, data);
		n = bits_count(ram, KDUMP_PIECE);
		s->ram_blocks += n;
		for (unsigned i = KDUMP_PIECE / 64; n && i--;) {
			if (!ram[i])
				continue;
			s->ram_end = start + i * 64 + 64 - (unsigned)__builtin_clzll(ram[i]);
			break;
		}
		block = skip(s, start + KDUMP_PIECE);
	}
}

static uint64_t kdump_ram_pages(const struct vmcore *v)
{
	return ((const struct kdump_set *)v->state)->ram_blocks << block_frames_shift(v);
}

static uint64_t kdump_end(const struct vmcore *v)
{
	const struct kdump_set *s = v->state;

	return s->ram_end << s->shift;
}

static uint64_t kdump_pages_lost(const struct vmcore *v)
{
	struct kdump_set *s = v->state;
	uint64_t ram[KDUMP_PIECE / 64], data[KDUMP_PIECE / 64], lost = 0;

	pthread_mutex_lock(&s->lock);
	for (uint64_t block = find_block(s, 0, 1); block != UINT64_MAX;
	     block = find_block(s, block + KDUMP_PIECE, 1)) {
		block = block / KDUMP_PIECE * KDUMP_PIECE;
		block_bits(s, block, KDUMP_PIECE, ram, data);
		for (unsigned i = bits_next(data, 0, KDUMP_PIECE, 1); i < KDUMP_PIECE;
		     i = bits_next(data, i + 1, KDUMP_PIECE, 1)) {
			struct kdump_page d;

			lost += kdump_unpack_find(&s->shared, s, block + i, &d) == -EIO &&
				!d.offset;
		}
	}
	pthread_mutex_unlock(&s->lock);
	return lost << block_frames_shift(v);
}

static bool kdump_next_range(const struct vmcore *v, uint64_t pa, struct vmcore_range *ret)
{
	const struct kdump_set *s = v->state;
	uint64_t first = find_block(s, pa >> s->shift, 1);

	if (first == UINT64_MAX)
		return false;
	*ret = (struct vmcore_range){
		.pa = first << s->shift,
		.end = find_block(s, first, 0) << s->shift,
		.va = UINT64_MAX,
	};
	return true;
}

static int kdump_notes_read(const struct vmcore *v, uint64_t off, void *buf, size_t len)
{
	const struct kdump_set *s = v->state;

	return source_read(&s->parts[0].src, buf, len, v->note_off + off);
}

/* From the pages unpacked last, or unpacks it over the oldest of them. */
static const uint8_t *recent_page(struct kdump_set *s, uint64_t pfn)
{
	unsigned i = pfn % UNPACK_RECENT;
	uint8_t *page = s->recent + ((size_t)i << s->shift);

	if (s->recent_pfn[i] == pfn)
		return page;
	s->recent_pfn[i] = UINT64_MAX;
	if (kdump_unpack_page(&s->shared, s, pfn, page))
		return NULL;
	s->recent_pfn[i] = pfn;
	return page;
}

static int kdump_read(const struct vmcore *v, uint64_t pa, void *buf, size_t len)
{
	struct kdump_set *s = v->state;
	uint64_t page = 1ull << s->shift;
	uint8_t *to = buf;
	int r = 0;

	pthread_mutex_lock(&s->lock);
	while (len && !r) {
		const uint8_t *p = recent_page(s, pa >> s->shift);
		uint64_t n = page - pa % page;

		n = n < len ? n : len;
		if (p)
			memcpy(to, p + pa % page, n);
		else
			r = -EFAULT;
		to += n;
		pa += n;
		len -= n;
	}
	pthread_mutex_unlock(&s->lock);
	return r;
}

static int kdump_window_init(struct vmcore_window *w)
{
	struct kdump_unpack *u = malloc(sizeof(*u));
	int r;

	w->no_mmap = true;
	if (!u)
		return -ENOMEM;
	r = kdump_unpack_open(u);
	if (r) {
		kdump_unpack_close(u);
		free(u);
		return r;
	}
	w->state = u;
	return 0;
}

static void kdump_window_close(struct vmcore_window *w)
{
	if (!w->state)
		return;
	kdump_unpack_close(w->state);
	free(w->state);
	w->state = NULL;
}

static int window_page(struct vmcore_window *w, uint64_t pa, uint8_t *to)
{
	const struct kdump_set *s = w->v->state;

	return block_frames_shift(w->v)
		       ? kdump_unpack_part(w->state, s, pa, to, 1ul << w->v->page_shift)
		       : kdump_unpack_page(w->state, s, pa >> s->shift, to);
}

static const uint8_t *kdump_window_get(struct vmcore_window *w, uint64_t pa, size_t *len)
{
	size_t page = 1ul << w->v->page_shift, want = *len < w->buf_size ? *len : w->buf_size,
	       have = 0;

	*len = page;
	if (!w->state && kdump_window_init(w))
		return NULL;
	while (have + page <= want) {
		if (window_page(w, pa + have, w->buf + have))
			break;
		have += page;
	}
	if (!have)
		return NULL;
	*len = have;
	return w->buf;
}

static void kdump_close(struct vmcore *v)
{
	struct kdump_set *s = v->state;

	for (unsigned i = 0; i < s->n; i++)
		kdump_file_close(&s->parts[i]);
	kdump_unpack_close(&s->shared);
	pthread_mutex_destroy(&s->lock);
	free(s->recent);
	free(s->parts);
	free(s);
}

static const struct vmcore_reader read_kdump = {
	.close = kdump_close,
	.notes_read = kdump_notes_read,
	.read = kdump_read,
	.end = kdump_end,
	.next_ram = kdump_next_ram,
	.ram_pages = kdump_ram_pages,
	.pages_lost = kdump_pages_lost,
	.ram_bits = kdump_ram_bits,
	.next_range = kdump_next_range,
	.window_init = kdump_window_init,
	.window_close = kdump_window_close,
	.window_get = kdump_window_get,
};

/* An empty set, so that the reader's close can follow whatever happens. */
static struct kdump_set *new_set(struct vmcore *v, unsigned n)
{
	struct kdump_set *s = calloc(1, sizeof(*s));
	struct kdump_file *parts = calloc(n, sizeof(*parts));

	if (!s || !parts) {
		free(s);
		free(parts);
		return NULL;
	}
	s->parts = parts;
	pthread_mutex_init(&s->lock, NULL);
	memset(s->recent_pfn, 0xff, sizeof(s->recent_pfn));
	v->state = s;
	v->reader = &read_kdump;
	v->format = VMCORE_KDUMP;
	return s;
}

/* All sources are the parts' afterwards, or closed. */
static int open_parts(struct kdump_set *s, struct source *src, unsigned n, bool damaged,
		      const char **why)
{
	int r = 0;

	for (unsigned i = 0; i < n; i++) {
		if (r)
			source_close(&src[i]);
		else
			r = kdump_file_open(&s->parts[i], &src[i], damaged, why);
		s->n += !r;
	}
	return r;
}

int read_kdump_open(struct vmcore *v, struct source *src, unsigned n, unsigned flags,
		    const char **why)
{
	struct kdump_set *s = new_set(v, n);
	int r;

	*why = "no memory";
	if (!s) {
		for (unsigned i = 0; i < n; i++)
			source_close(&src[i]);
		return -ENOMEM;
	}
	r = open_parts(s, src, n, flags & VMCORE_DAMAGED, why);
	if (r)
		return r;
	qsort(s->parts, s->n, sizeof(*s->parts), by_start);
	r = check_parts(v, s, why);
	if (r)
		return r;
	s->shift = s->parts[0].shift;
	s->max_mapnr = s->parts[0].max_mapnr;
	describe(v, s);
	*why = "no memory";
	s->recent = malloc((size_t)UNPACK_RECENT << s->shift);
	if (!s->recent || kdump_unpack_open(&s->shared))
		return -ENOMEM;
	v->codec_unknown = !kdump_unpack_knows(v->status);
	count_ram(s);
	return 0;
}
