/* SPDX-License-Identifier: MIT */
/*
 * The ELF writer: headers from the plan, then the pages in order. A filter over the byte stream
 * makes elf.zst of it.
 */
#include "dumper/write/write_elf.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dumper/format/elf_seek.h"
#include "lib/bytes.h"
#include "lib/cleanup.h"
#include "lib/hash.h"

#define SEEK_ENTRIES 4096u /* to begin with: 1 GiB */

/* ---------------------------------------------------------------- program headers */

/* Goes through the ranges of RAM and what is stored of each. */
struct loads {
	const struct elf_writer *w;
	struct vmcore_range ram; /* end 0: none yet */
	size_t extent;
	uint64_t stored; /* bytes of the extents before this one */
	uint64_t pa;	 /* where in the range the next load begins */
};

static uint64_t extent_begin(const struct loads *l, size_t i)
{
	return l->w->extents.ranges.list[i].first << l->w->core->vmcore.page_shift;
}

static uint64_t extent_end(const struct loads *l, size_t i)
{
	return l->w->extents.ranges.list[i].end << l->w->core->vmcore.page_shift;
}

/* Extents that end at or before pa lie behind. */
static void skip_extents(struct loads *l, uint64_t pa)
{
	while (l->extent < l->w->extents.ranges.n && extent_end(l, l->extent) <= pa) {
		l->stored += extent_end(l, l->extent) - extent_begin(l, l->extent);
		l->extent++;
	}
}

/* The range from pa on: what is stored of it, and the gap up to what comes next. */
static void fill_load(struct loads *l, Elf64_Phdr *ret)
{
	const struct vmcore_range *s = &l->ram;
	const struct ranges *x = &l->w->extents.ranges;
	uint64_t from = l->pa, end = s->end, begin;

	*ret = (Elf64_Phdr){ .p_type = PT_LOAD, .p_flags = PF_R | PF_W | PF_X, .p_paddr = from };
	ret->p_vaddr = s->va == UINT64_MAX ? 0 : s->va + (from - s->pa);
	skip_extents(l, from);
	begin = l->extent < x->n ? extent_begin(l, l->extent) : UINT64_MAX;
	if (begin <= from) {
		uint64_t stop = extent_end(l, l->extent);

		ret->p_offset = l->w->data_off + l->stored + (from - begin);
		ret->p_filesz = (stop < end ? stop : end) - from;
		begin = l->extent + 1 < x->n ? extent_begin(l, l->extent + 1) : UINT64_MAX;
	}
	l->pa = begin < end ? begin : end;
	ret->p_memsz = l->pa - from;
}

/* False: that was the last one. */
static bool next_load(struct loads *l, Elf64_Phdr *ret)
{
	if (l->pa >= l->ram.end) {
		if (!vmcore_next_range(&l->w->core->vmcore, l->ram.end, &l->ram))
			return false;
		l->pa = l->ram.pa;
	}
	fill_load(l, ret);
	return true;
}

/* The kernel image's own mapping: the same bytes as a part of the RAM it lies in. */
static bool text_load(const struct elf_writer *w, Elf64_Phdr *ret)
{
	const struct vmcore *v = &w->core->vmcore;
	struct loads l = { .w = w };
	Elf64_Phdr p;

	while (v->text_len && next_load(&l, &p)) {
		uint64_t off = v->text_pa - p.p_paddr;

		if (v->text_pa < p.p_paddr || off >= p.p_filesz)
			continue;
		*ret = p;
		ret->p_paddr = v->text_pa;
		ret->p_vaddr = v->text_va;
		ret->p_offset += off;
		ret->p_memsz = v->text_len;
		ret->p_filesz = p.p_filesz - off < v->text_len ? p.p_filesz - off : v->text_len;
		return true;
	}
	return false;
}

/* ---------------------------------------------------------------- the byte stream */

/* Room for n frames in all. */
static int make_room(struct elf_writer *w, uint32_t n)
{
	struct elf_seek *seek = realloc(w->seek, (size_t)n * sizeof(*seek));
	uint8_t(*sums)[4];

	if (!seek)
		return -ENOMEM;
	w->seek = seek;
	sums = realloc(w->sums, (size_t)n * sizeof(*sums));
	if (!sums)
		return -ENOMEM;
	w->sums = sums;
	w->room_seek = n;
	return 0;
}

static int note_frame(struct elf_writer *w, uint64_t packed, uint64_t raw, uint32_t sum)
{
	int r = w->n_seek == w->room_seek ? make_room(w, 2 * w->room_seek) : 0;

	if (r)
		return r;
	put_le32(w->sums[w->n_seek], sum);
	put_le32(w->seek[w->n_seek].packed, (uint32_t)packed);
	put_le32(w->seek[w->n_seek++].raw, (uint32_t)raw);
	return 0;
}

/* The next bytes of the file, of an elf.zst. */
static int put_packed(struct elf_writer *w, const void *bytes, size_t n)
{
	int r = sink_put(w->out, w->base.bytes, bytes, n);

	w->base.bytes += n;
	return r;
}

static int put_frame(struct elf_writer *w, const void *bytes, size_t packed, size_t raw,
		     uint32_t sum)
{
	int r = note_frame(w, packed, raw, sum);

	w->at += raw;
	return r ? r : put_packed(w, bytes, packed);
}

static int flush_raw(struct elf_writer *w)
{
	long n;
	int r;

	if (!w->raw_len)
		return 0;
	n = frame_compress(&w->frame, w->raw, w->raw_len, w->frame_bytes, frame_bound(ELF_FRAME));
	if (n < 0)
		return (int)n;
	r = put_frame(w, w->frame_bytes, (size_t)n, w->raw_len,
		      (uint32_t)hash_bytes(w->frame_bytes, (size_t)n));
	w->raw_len = 0;
	return r;
}

/* The next bytes of headers and notes. */
static int put_bytes(struct elf_writer *w, const void *bytes, size_t n)
{
	const uint8_t *p = bytes;

	if (!w->packed) {
		int r = sink_put(w->out, w->at, bytes, n);

		w->at += n;
		w->base.bytes = w->at;
		return r;
	}
	while (n) {
		size_t take = ELF_FRAME - w->raw_len < n ? ELF_FRAME - w->raw_len : n;

		memcpy(w->raw + w->raw_len, p, take);
		w->raw_len += (uint32_t)take;
		p += take;
		n -= take;
		if (w->raw_len == ELF_FRAME) {
			int r = flush_raw(w);

			if (r)
				return r;
		}
	}
	return 0;
}

static int put_zeros(struct elf_writer *w, uint64_t n)
{
	static const uint8_t zeros[4096];
	int r = 0;

	for (; n && !r; n -= n < sizeof(zeros) ? n : sizeof(zeros))
		r = put_bytes(w, zeros, n < sizeof(zeros) ? n : sizeof(zeros));
	return r;
}

static int add_notes(struct writer *base, const void *bytes, uint32_t n)
{
	return put_bytes(container_of(base, struct elf_writer, base), bytes, n);
}

/* ---------------------------------------------------------------- the writer */

static int elf_plan(struct writer *base, uint64_t pfn, const uint64_t *bits, unsigned n)
{
	extents_add(&container_of(base, struct elf_writer, base)->extents, pfn, bits, n);
	return 0;
}

static int put_ehdr(struct elf_writer *w, uint32_t n)
{
	Elf64_Ehdr eh = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
			     EV_CURRENT },
		.e_type = ET_CORE,
		.e_machine = w->core->vmcore.machine,
		.e_version = EV_CURRENT,
		.e_phoff = sizeof(eh),
		.e_flags = w->incomplete, /* makedumpfile's bit for it */
		.e_ehsize = sizeof(eh),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = (uint16_t)n,
	};

	return put_bytes(w, &eh, sizeof(eh));
}

static int put_phdrs(struct elf_writer *w, uint64_t note_off, bool has_text)
{
	const struct vmcore *v = &w->core->vmcore;
	Elf64_Phdr p = { .p_type = PT_NOTE,
			 .p_offset = note_off,
			 .p_filesz = v->note_len,
			 .p_memsz = v->note_len };
	struct loads l = { .w = w };
	int r = put_bytes(w, &p, sizeof(p));

	if (!r && has_text && text_load(w, &p))
		r = put_bytes(w, &p, sizeof(p));
	while (!r && next_load(&l, &p))
		r = put_bytes(w, &p, sizeof(p));
	return r;
}

static int elf_begin(struct writer *base)
{
	struct elf_writer *w = container_of(base, struct elf_writer, base);
	struct loads l = { .w = w };
	uint64_t n = 1, note_off;
	Elf64_Phdr p;
	bool has_text;
	int r;

	extents_end(&w->extents);
	has_text = text_load(w, &p);
	for (n += has_text; next_load(&l, &p); n++)
		;
	if (n >= PN_XNUM)
		return -EFBIG;
	note_off = sizeof(Elf64_Ehdr) + n * sizeof(p);
	/*
	 * Not at a page's beginning: makedumpfile 1.7.8 reads a part that is left out, which ends
	 * with its mapping, through mmap windows there, and dies.
	 */
	w->data_off = bytes_round_up(note_off + w->core->vmcore.note_len, 4096) + 64;
	r = put_ehdr(w, (uint32_t)n);
	if (!r)
		r = put_phdrs(w, note_off, has_text);
	if (!r)
		r = writer_put_notes(&w->base, &w->core->vmcore, add_notes);
	if (!r)
		r = put_zeros(w, w->data_off - note_off - w->core->vmcore.note_len);
	w->base.stored = &w->extents.ranges;
	return r || !w->packed ? r : flush_raw(w);
}

static int elf_emit(struct writer *base, const struct batch *b)
{
	struct elf_writer *w = container_of(base, struct elf_writer, base);
	int r;

	if (w->packed)
		return put_frame(w, b->bytes, b->len, b->raw_len, b->sum);
	r = sink_put(w->out, w->at, b->bytes, b->len);
	w->at += b->len;
	w->base.bytes = w->at;
	return r;
}

static int put_sums(struct elf_writer *w)
{
	uint8_t head[ELF_SUMS_HEAD];
	size_t sums = w->n_seek * sizeof(*w->sums);
	int r;

	put_le32(head, ELF_SUMS_FRAME_MAGIC);
	put_le32(head + 4, (uint32_t)(sizeof(head) - 8 + sums));
	memcpy(head + 8, ELF_SUMS_MAGIC, sizeof(head) - 8);
	r = put_packed(w, head, sizeof(head));
	if (!r)
		r = put_packed(w, w->sums, sums);
	return r ? r : note_frame(w, sizeof(head) + sums, 0, 0);
}

/* The sizes of all frames, and a footer. */
static int put_seek_table(struct elf_writer *w)
{
	uint8_t head[8], foot[ELF_SEEK_FOOTER];
	size_t table = w->n_seek * sizeof(*w->seek);
	int r;

	put_le32(head, ELF_SEEK_FRAME_MAGIC);
	put_le32(head + 4, (uint32_t)(table + sizeof(foot)));
	put_le32(foot, w->n_seek);
	foot[4] = 0; /* no checksums in the table */
	put_le32(foot + 5, ELF_SEEK_MAGIC);
	r = put_packed(w, head, sizeof(head));
	if (!r)
		r = put_packed(w, w->seek, table);
	return r ? r : put_packed(w, foot, sizeof(foot));
}

static int elf_finish(struct writer *base)
{
	struct elf_writer *w = container_of(base, struct elf_writer, base);
	int r = w->packed ? put_sums(w) : 0;

	return r || !w->packed ? r : put_seek_table(w);
}

static void elf_close(struct writer *base)
{
	struct elf_writer *w = container_of(base, struct elf_writer, base);

	extents_close(&w->extents);
	frame_close(&w->frame);
	free(w->raw);
	free(w->frame_bytes);
	free(w->seek);
	free(w->sums);
}

static int open_packed(struct elf_writer *w, int level)
{
	w->raw = malloc(ELF_FRAME);
	w->frame_bytes = malloc(frame_bound(ELF_FRAME));
	if (!w->raw || !w->frame_bytes || make_room(w, SEEK_ENTRIES))
		return -ENOMEM;
	return frame_open(&w->frame, level, ELF_FRAME);
}

int elf_open(struct elf_writer *w, struct crash *c, const struct dump_options *opt,
	     struct sink *out)
{
	size_t page = 1ul << c->vmcore.page_shift;
	int r;

	*w = (struct elf_writer){
		.base = { .encoding = WRITER_BYTES,
			  .plan = elf_plan,
			  .begin = elf_begin,
			  .emit = elf_emit,
			  .finish = elf_finish,
			  .close = elf_close,
			  .batch_pages = (unsigned)((256u << 10) / page) },
		.out = out,
		.core = c,
		.packed = opt->format == DUMP_ELF_ZST,
		.incomplete = opt->incomplete,
	};
	/* frames as large as a second-level cache holds well: 1 MiB takes 1.08 of the time */
	if (w->packed)
		w->base.encoding = WRITER_FRAMES;
	r = extents_open(&w->extents);
	if (!r && w->packed)
		r = open_packed(w, opt->codec_level);
	if (r)
		elf_close(&w->base);
	return r;
}
