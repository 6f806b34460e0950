/* SPDX-License-Identifier: MIT */
/*
 * Reads the records of the printk ring in order. First product of a capture, so it trusts
 * little: each record is checked by itself, and a broken one costs that record alone.
 */
#include "dumper/kernel/dmesg.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "dumper/kernel/printk.h"
#include "lib/bytes.h"
#include "lib/text.h"

/* state_var: two bits of state above the descriptor's id */
#define STATE_SHIFT 62
#define ID_MASK	    (~0ull >> 2)
enum { DESC_RESERVED, DESC_COMMITTED, DESC_FINALIZED, DESC_REUSABLE };

/* begin and next of records without a data block have bit 0 set: 1 failed, 3 an empty line */
#define LPOS_DATALESS	1ull
#define LPOS_EMPTY_LINE 3ull

#define RECORD_MAX     65536		 /* text_len is 16 bits wide; with a NUL */
#define LINE_BYTES     (RECORD_MAX + 64) /* with its time stamp */
#define BLOCK_ID_BYTES 8
#define CUT_BYTES      1024 /* no record of the kernel's has more in its first line */

struct record {
	uint64_t seq; /* UINT64_MAX: not known */
	uint64_t ts_nsec;
	uint16_t text_len;
	uint64_t begin, next;
};

/* The descriptor and info of one id; false: the slot holds another id or no finished record. */
static bool read_record(struct kmem *k, const struct printk_ring *r, uint64_t id,
			struct record *ret)
{
	uint64_t slot = id & ((1ull << r->count_bits) - 1), state;
	uint8_t desc[512], info[512];

	if (kmem_read(k, r->descs + slot * r->desc_bytes, desc, r->desc_bytes) ||
	    kmem_read(k, r->infos + slot * r->info_bytes, info, r->info_bytes))
		return false;
	state = get_u64(desc + r->off_state);
	if ((state & ID_MASK) != id)
		return false;
	if (state >> STATE_SHIFT != DESC_COMMITTED && state >> STATE_SHIFT != DESC_FINALIZED)
		return false;
	ret->begin = get_u64(desc + r->off_begin);
	ret->next = get_u64(desc + r->off_next);
	ret->seq = r->has_seq ? get_u64(info + r->off_seq) : UINT64_MAX;
	ret->ts_nsec = get_u64(info + r->off_ts);
	ret->text_len = get_u16(info + r->off_len);
	return true;
}

/*
 * The record's text into buf; its length, or -1 if there is none. A block wraps if its last
 * byte lies in the next turn of the ring: begin and next - 1 differ above size_bits. (Comparing
 * the reduced positions instead misreads a block that ends exactly at the ring's end, which
 * kernels since 6.19, 67e1b0052f6b, write.) A wrapped block's data starts at the beginning of
 * the ring.
 */
static int read_text(struct kmem *k, const struct printk_ring *r, const struct record *rec,
		     char *buf)
{
	uint64_t size = 1ull << r->size_bits, at = rec->begin & (size - 1), len;
	uint64_t turns = (rec->next - 1) / size - rec->begin / size;

	if (rec->begin & LPOS_DATALESS && rec->next & LPOS_DATALESS)
		return (rec->begin & LPOS_EMPTY_LINE) == LPOS_EMPTY_LINE ? 0 : -1;
	/* positions start one turn below 0, so that the first wrap of all goes through it */
	if (!turns) {
		len = rec->next - rec->begin;
	} else if ((turns & (~0ull >> r->size_bits)) == 1) {
		at = 0;
		len = rec->next & (size - 1);
	} else {
		return -1;
	}
	if (len < BLOCK_ID_BYTES || len > size - at)
		return -1;
	len -= BLOCK_ID_BYTES;
	if (len > rec->text_len)
		len = rec->text_len;
	return kmem_read(k, r->text + at + BLOCK_ID_BYTES, buf, len) ? -1 : (int)len;
}

struct walk {
	int (*line)(void *ctx, const char *text, size_t len);
	void *ctx;
	struct dmesg_stats *stats;
	uint64_t room; /* in the ring, for the texts that follow */
	char text[RECORD_MAX];
	char out[LINE_BYTES];
};

/*
 * Each record has bytes of the ring to itself. Where records claim more than it holds, the rest of them come with
 * one line alone: a log that a target has no room for would cost it the dump, too.
 */
static size_t fit(struct walk *w, size_t len)
{
	uint64_t need = len ? len + BLOCK_ID_BYTES : 0;
	const char *newline;

	if (need <= w->room) {
		w->room -= need;
		return len;
	}
	len = len < CUT_BYTES ? len : CUT_BYTES;
	newline = memchr(w->text, '\n', len);
	return newline ? (size_t)(newline - w->text) : len;
}

/*
 * A log is read on terminals: of the character at from, which is no newline, the bytes, with what is a control
 * character replaced. Bytes that are no UTF-8 stay, unless they are one by themselves.
 */
static size_t put_character(const char *from, char *to)
{
	size_t n = text_utf8_len(from);
	unsigned char c = (unsigned char)from[0], last = (unsigned char)from[n > 1];
	bool c1 = last >= 0x80 && last < 0xa0 && (!n || (n == 2 && c == 0xc2));

	n = n ? n : 1;
	memcpy(to, from, n);
	if (c1 || (c < ' ' && c != '\t') || c == 0x7f)
		memset(to, '.', n);
	return n;
}

/* Splits a record at its newlines; further lines are indented below the first one's text. */
static int emit(struct walk *w, const struct record *rec, size_t len)
{
	size_t head, n, start = 0;
	int r = 0;

	/* nothing of a record before it ends a character */
	w->text[len] = '\0';
	head = (size_t)snprintf(w->out, 64, "[%5llu.%06llu] ",
				(unsigned long long)(rec->ts_nsec / 1000000000),
				(unsigned long long)(rec->ts_nsec % 1000000000 / 1000));
	do {
		n = 0;
		while (start + n < len && w->text[start + n] != '\n')
			n += put_character(w->text + start + n, w->out + head + n);
		r = w->line(w->ctx, w->out, head + n);
		memset(w->out, ' ', head);
		start += n + 1;
		w->stats->bytes += head + n + 1;
	} while (!r && start <= len);
	w->stats->records++;
	return r;
}

int dmesg_cleared(struct kmem *k, const struct vmcoreinfo *vi, uint64_t *ret)
{
	uint64_t addr, seq[2] = { 0 };
	uint32_t val = 0, off;
	int r;

	if (!vmcoreinfo_symbol(vi, "clear_seq", &addr) ||
	    !vmcoreinfo_offset(vi, "printk_info.seq", &off))
		return -ENODATA;
	/*
	 * A plain number at first, later latched ("printk: use seqcount_latch for clear_seq"): two
	 * copies, of which the second may still be the old one.
	 */
	if (vmcoreinfo_offset(vi, "latched_seq.val", &val))
		r = kmem_read(k, addr + val, seq, sizeof(seq));
	else
		r = kmem_read(k, addr, seq, sizeof(seq[0]));
	if (!r)
		*ret = seq[0] > seq[1] ? seq[0] : seq[1];
	return r;
}

int dmesg_each(struct kmem *k, const struct vmcoreinfo *vi,
	       int (*line)(void *ctx, const char *text, size_t len), void *ctx,
	       struct dmesg_stats *ret)
{
	return dmesg_each_from(k, vi, 0, line, ctx, ret);
}

int dmesg_each_from(struct kmem *k, const struct vmcoreinfo *vi, uint64_t from,
		    int (*line)(void *ctx, const char *text, size_t len), void *ctx,
		    struct dmesg_stats *ret)
{
	struct walk w;
	struct printk_ring r;
	struct record rec;
	uint64_t n;

	*ret = (struct dmesg_stats){ 0 };
	if (printk_ring_find(&r, k, vi))
		return -ENODATA;
	w.line = line;
	w.ctx = ctx;
	w.stats = ret;
	w.room = 1ull << r.size_bits;
	n = ((r.head_id - r.tail_id) & ID_MASK) + 1;
	if (n > 1ull << r.count_bits)
		n = 1ull << r.count_bits;
	for (uint64_t i = 0; i < n; i++) {
		int len, err;

		if (!read_record(k, &r, (r.tail_id + i) & ID_MASK, &rec) || rec.seq < from)
			continue;
		len = read_text(k, &r, &rec, w.text);
		if (len < 0)
			continue;
		err = emit(&w, &rec, fit(&w, (size_t)len));
		if (err)
			return err;
	}
	return 0;
}

struct save {
	struct sink *out;
	uint64_t off;
	size_t len;
	char buf[LINE_BYTES];
};

static int save_flush(struct save *s)
{
	int r = s->len ? sink_put(s->out, s->off, s->buf, s->len) : 0;

	s->off += s->len;
	s->len = 0;
	return r;
}

static int save_line(void *ctx, const char *text, size_t len)
{
	struct save *s = ctx;
	int r;

	if (len + 1 > sizeof(s->buf) - s->len) {
		r = save_flush(s);
		if (r)
			return r;
	}
	memcpy(s->buf + s->len, text, len);
	s->len += len;
	s->buf[s->len++] = '\n';
	return 0;
}

int dmesg_save(struct kmem *k, const struct vmcoreinfo *vi, struct sink *out,
	       struct dmesg_stats *ret)
{
	return dmesg_save_from(k, vi, 0, out, ret);
}

int dmesg_save_from(struct kmem *k, const struct vmcoreinfo *vi, uint64_t from, struct sink *out,
		    struct dmesg_stats *ret)
{
	struct save s;
	int r;

	s.out = out;
	s.off = 0;
	s.len = 0;
	r = dmesg_each_from(k, vi, from, save_line, &s, ret);
	return r ? r : save_flush(&s);
}
